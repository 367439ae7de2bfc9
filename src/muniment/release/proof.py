"""The evidence bundle of one record: a BagIt bag in a ZIP, streamed as it is made (RFC 8493).

Of a recording no more than a segment is in memory. Where the keeper ends the opening in the middle, the ZIP has
no directory at its end and opens nowhere: half a bundle proves nothing.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator

from muniment.core.errors import RefusedError
from muniment.governance import denials
from muniment.governance.desk import Desk
from muniment.people.views import PersonView
from muniment.release import opening
from muniment.release.views import Download
from muniment.release.withheld import require_nothing_withheld
from muniment.vault.evidence import BagFile, EvidenceBundle, stream_bundle


def bundle(desk: Desk, actor: PersonView, token: str) -> Download:
    """Everything that a stranger needs to check a record that the actor has open for export.

    It holds the readable content, so it takes the same grant as any copy. `muniment prove` checks it
    without keys and without a network.
    """
    reading = opening.reading_of(actor, token)
    with denials.written(desk, actor, "export", reading.grant_id, reading.record):
        if reading.action != "export":
            raise RefusedError(
                "Evidence holds the record itself, and your grant lets you read, not take copies.",
                remedy="Ask for copies in a new request; two persons decide about it.",
            )
        require_nothing_withheld(actor.organisation, reading.record)
        named = (actor.organisation, reading.grant.warrant_hash, reading.record, bytes(reading.session))
        found = desk.evidence(*named)
    sealed = (desk.segment(*named, number) for number in range(found.segments))
    files = stream_bundle(
        EvidenceBundle(
            original=b"",
            statement=bytes(reading.statement),
            head=found.head,
            commitment=found.commitment,
            ciphertext=found.ciphertext,
            key=found.key,
            proof=found.proof,
            ledger_key=found.verifier,
            leaves=found.leaves,
            shards=found.shards,
        ),
        opening.chunks(desk, reading),
        ((each.head, each.ciphertext) for each in sealed),
        reading.length,
    )
    return Download(f"{reading.record}.zip", "application/zip", _zipped(reading.record, files))


class _Pipe(io.RawIOBase):
    """What `zipfile` writes into and the stream takes out of: never seekable, never on disk."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: object) -> int:
        """Keep what is written until it is taken."""
        piece = bytes(data)  # type: ignore[call-overload]  # whatever the buffer protocol offers
        self._held += piece
        return len(piece)

    def take(self) -> bytes:
        """What was written since the last time."""
        piece, self._held = bytes(self._held), bytearray()
        return piece


def _zipped(folder: str, files: Iterable[BagFile]) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:
        for file in files:
            # A fixed date: two bundles of one record at one checkpoint are the same bytes.
            about = zipfile.ZipInfo(f"{folder}/{file.path}", (1980, 1, 1, 0, 0, 0))
            about.file_size = file.length
            with archive.open(about, "w") as target:
                for chunk in file.chunks:
                    target.write(chunk)
                    if piece := pipe.take():
                        yield piece
    yield pipe.take()
