"""A redacted copy of a recording: stretches or a whole channel covered by a tone or by silence.

1. Only under a grant to take copies, for the copy is made to leave; more than one record takes two persons.
2. The covered sound is replaced in the decoding child; what was under a cover never comes back from there.
3. The copy (Opus in Ogg) is sealed as a record of its own, under a key of its own; its capture statement
   names the original. The original is untouched, and erasing one leaves the other.
4. The ledger gets the certificate: of which record, what was covered, why, by whom, under which grant, and
   the SHA-256 of the copy.
5. It leaves as a bundle: the copy and the certificate. As long as the opening lasts the copy is derived anew,
   and leaves only if it is the sealed one bit by bit; afterwards it takes a grant of its own.
"""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, Protocol

import msgspec
from django.db import transaction

from muniment.capture import statement as capture
from muniment.core import canonical, clock, ids
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.governance.authorisation import AbsentError
from muniment.governance.desk import Desk, write
from muniment.governance.views import PersonName
from muniment.people.views import PersonView
from muniment.readers.calls.known import read_statement
from muniment.release import files
from muniment.release.models import Reading, Redaction
from muniment.release.sound import listening
from muniment.release.sound.messages import Covered, Heard
from muniment.release.views import Download
from muniment.vault import sealing
from muniment.vault.content import pack_content
from muniment.vault.frames import Kind
from muniment.vault.messages import Receipt
from muniment.vault.sealing import Document, EpochKey

MOST_COVERS: Final = 200
LONGEST_REASON: Final = 500  # characters
_STAMP: Final = (1980, 1, 1, 0, 0, 0)  # in the bundle: the same bytes whenever it is made

type Manner = Literal["beep", "silence"]


class Sealer(Protocol):
    """What sealing asks of the keeper: `muniment.vault.client.CaptureDoor` fills it."""

    def epoch(self, organisation: str) -> EpochKey:
        """The public half that keys are wrapped to."""

    def seal(self, batch: sealing.SealedBatch) -> Receipt:
        """Write a sealed batch."""


class RedactionView(msgspec.Struct, frozen=True):
    """A redaction's certificate, as people read it. Times of covers are in ms since the sound began."""

    id: str
    original: str
    record: str
    covers: tuple[Covered, ...]
    reason: str
    sha256: str
    made_by: PersonName
    made: datetime
    ledger_sequence: int


def cover(start: int, end: int, channel: int | None, manner: Manner, length: int) -> Covered:
    """One cover; WrongUseError where it covers nothing of a sound of this length (ms)."""
    if not 0 <= start < end or start >= length:
        raise WrongUseError("A stretch ends after it begins, within the recording.")
    return Covered(start, min(end, length), channel, manner == "beep")


def make(
    desk: Desk, sealer: Sealer, actor: PersonView, token: str, covers: Sequence[Covered], reason: str
) -> RedactionView:
    """Make the copy, seal it and write the certificate."""
    reading = files.for_export(desk, actor, token)
    if not covers or len(covers) > MOST_COVERS:
        raise WrongUseError(f"A redaction covers from 1 to {MOST_COVERS} stretches.")
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise WrongUseError(f"Say why it is redacted, in up to {LONGEST_REASON} characters.")
    covers = sorted(covers, key=lambda one: (one.start, one.end, one.channel is not None, one.channel or 0))
    copy = _derived(desk, reading, covers)
    row = Redaction(
        organisation_id=actor.organisation,
        grant=reading.grant,
        original=reading.record,
        covers=[_plain(one) for one in covers],
        reason=reason.strip(),
        copy_digest=capture.digest(copy),
        made_by_id=actor.id,
        made=clock.now(),
    )
    document = Document(Kind.RECORD, pack_content(_statement(reading, row), copy), id=ids.new_record_id())
    assert document.id is not None  # noqa: S101  it was just given
    row.record = ids.record_text(document.id)
    sealer.seal(sealing.seal_batch(sealer.epoch(actor.organisation), [document]))
    with transaction.atomic():
        write(desk, actor.organisation, row, record=reading.record, warrant=reading.grant.warrant_hash)
    return _view(row)


def of_opening(actor: PersonView, reading: Reading) -> tuple[RedactionView, ...]:
    """The redacted copies of an opened record that were made under its grant, newest first."""
    rows = Redaction.objects.filter(
        organisation_id=actor.organisation, original=reading.record, grant=reading.grant
    ).select_related("made_by")
    return tuple(map(_view, rows))


def bundle(desk: Desk, actor: PersonView, token: str, redaction: str) -> Download:
    """The copy with its certificate, in a zip file, while the opening of the original lasts."""
    reading = files.for_export(desk, actor, token)
    row = Redaction.objects.filter(
        pk=redaction, organisation_id=actor.organisation, original=reading.record, grant=reading.grant
    ).first()
    if row is None:
        raise AbsentError("There is no such redaction, or it was made under another grant.")
    copy = _derived(desk, reading, [_covered(one) for one in row.covers])
    if capture.digest(copy) != row.copy_digest:
        raise NotAvailableError(
            "The copy cannot be made again bit by bit.",
            why="Another version of the encoder is at work than the one that made it.",
            remedy=f"Ask to take a copy of the record {row.record}, which is the sealed copy.",
        )
    certificate = {
        **row.facts(), "ledger_sequence": row.ledger_sequence, "ledger_digest": row.ledger_digest,
    }  # fmt: skip
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as file:
        file.writestr(zipfile.ZipInfo(f"{row.record}.opus", _STAMP), copy)
        file.writestr(zipfile.ZipInfo("certificate.json", _STAMP), canonical.dumps(certificate))
        file.writestr(zipfile.ZipInfo("READ ME.txt", _STAMP), _read_me(_view(row)))
    return Download(f"{row.record}.zip", "application/octet-stream", iter((written.getvalue(),)))


def _derived(desk: Desk, reading: Reading, covers: Sequence[Covered]) -> bytes:
    return listening.ask(desk, reading, "opus", Heard, covers=tuple(covers)).data


def _statement(reading: Reading, row: Redaction) -> bytes:
    """The copy's way in. It keeps the facts of the call, so that it is found beside the original."""
    said = read_statement(bytes(reading.statement))
    if said is None:
        raise WrongUseError("This record is no call.")
    facts = msgspec.structs.replace(
        said.facts,
        evidence={"redaction of": row.original, "certificate": row.pk},
        defects=(
            *said.defects,
            f"a redacted copy of {row.original}: {len(row.covers)} stretches are covered",
        ),
    )
    return capture.CaptureStatement(
        source="redaction",
        received=clock.seconds(),
        form="redaction",
        sha256=row.copy_digest,
        origin=f"{row.original}.opus",
        channel=said.channel,
        call=facts,
    ).encode()


def _plain(one: Covered) -> list[int | str]:
    return [one.start, one.end, -1 if one.channel is None else one.channel, "beep" if one.beep else "silence"]


def _covered(written: Sequence[int | str]) -> Covered:
    start, end, channel, manner = written
    return Covered(int(start), int(end), None if int(channel) < 0 else int(channel), manner == "beep")


def _view(row: Redaction) -> RedactionView:
    return RedactionView(
        row.pk, row.original, row.record, tuple(map(_covered, row.covers)), row.reason, row.copy_digest,
        PersonName(row.made_by_id, row.made_by.name), row.made, row.ledger_sequence,
    )  # fmt: skip


def _read_me(made: RedactionView) -> str:
    lines = "\n".join(
        f"- {one.start / 1000:.3f} s to {one.end / 1000:.3f} s, "
        f"{'both channels' if one.channel is None else f'channel {one.channel + 1}'}, "
        f"{'a tone' if one.beep else 'silence'}"
        for one in made.covers
    )
    return (
        f"This is a redacted copy of the record {made.original}. These stretches are covered:\n{lines}\n"
        f"Why: {made.reason}\nThe original is kept unaltered. The certificate stands in the organisation's\n"
        f"proof log as number {made.ledger_sequence}; the copy's SHA-256 is {made.sha256}.\n"
    )
