"""Hearing an opened recording: each request is decided anew, and the keeper is asked each time.

1. The opening must be the actor's, younger than half an hour, under a grant that stands (`opening`).
2. The keeper must still have it open, even where the window that is asked for is at hand.
3. Then the window is decoded from the bytes that the keeper gives, and kept in memory for a while.

The ledger has one entry for each opening, not for each window.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final

import msgspec

from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.governance import denials
from muniment.governance.desk import Desk
from muniment.people.views import PersonView
from muniment.readers.calls.known import Statement, read_statement
from muniment.release import opening
from muniment.release.calls import Opened
from muniment.release.models import Reading
from muniment.release.sound import ranges
from muniment.release.sound.kept import Kept
from muniment.release.sound.messages import (
    Answer,
    Covered,
    Deed,
    Described,
    Drawn,
    Form,
    Heard,
    Task,
    Unreadable,
)
from muniment.release.sound.pool import Pool
from muniment.release.sound.ranges import Stretch
from muniment.release.sound.wave import Wave
from muniment.release.withheld import withheld

HEARING: Final = frozenset({"listen", "export"})
"""The actions under which a recording can be heard."""
MOST_AT_ONCE: Final = 1024 * 1024  # bytes that one answer to a range gives: a player asks again for more
MOST_PEAKS: Final = 4000
_PEAKS_EACH_SECOND: Final = 20


class Piece(msgspec.Struct, frozen=True):
    """An answer to a request for bytes: `stretch` of a file of `size`; None is the whole of it."""

    stretch: Stretch | None
    size: int
    chunks: Iterator[bytes]


class Outline(msgspec.Struct, frozen=True):
    """What the waveform is drawn from: for each channel pairs of lowest and highest, -1 to 1.

    `length` is in ms, `holes` are (from, to, channel) in ms since the sound began, channel -1 for all.
    """

    length: int
    channels: tuple[tuple[float, ...], ...]
    holes: tuple[tuple[int, int, int], ...]
    notes: tuple[str, ...]


@cache
def children() -> Pool:
    """The decoding children of this process."""
    return Pool()


@cache
def kept() -> Kept:
    """The decoded windows of this process."""
    return Kept()


def piece(desk: Desk, actor: PersonView, token: str, header: str) -> Piece:
    """The bytes that a Range header asks for; UnsatisfiableError where the file has none there.

    RefusedError where the opening has ended or does not let its holder listen; NotAvailableError where the
    recording cannot be decoded.
    """
    reading = heard_reading(desk, actor, token)
    file = wave(desk, reading)
    asked = ranges.asked(header, file.size) if header else None
    if asked is not None:
        asked = Stretch(asked.first, min(asked.last, asked.first + MOST_AT_ONCE - 1))

    def window(number: int) -> bytes:
        return _window(desk, reading, file, number)

    chunks = file.pieces(asked or Stretch(0, file.size - 1), window)
    first = next(chunks, b"")  # what cannot be decoded is said before an answer begins
    return Piece(asked, file.size, _joined(first, chunks))


def outline(desk: Desk, actor: PersonView, token: str) -> Outline:
    """The waveform, from all of the recording; it is worked out once for each opening."""
    reading = heard_reading(desk, actor, token)
    file = wave(desk, reading)
    per_thousand = min(_PEAKS_EACH_SECOND * 1000, MOST_PEAKS * 1_000_000 // max(file.length, 1))

    def make() -> bytes:
        drawn = ask(desk, reading, "peaks", Drawn, rate=max(per_thousand, 1))
        return msgspec.msgpack.encode(drawn)

    drawn = msgspec.msgpack.decode(
        kept().get((reading.digest, _named("peaks", reading), 0), make), type=Drawn
    )
    channels = tuple(
        tuple(round(value / 127, 3) for value in memoryview(one).cast("b").tolist()) for one in drawn.channels
    )
    return Outline(file.length, channels, drawn.holes, drawn.notes)


def wave(desk: Desk, reading: Reading) -> Wave:
    """The file of samples that this opening can be heard as."""

    def make() -> bytes:
        return msgspec.msgpack.encode(ask(desk, reading, "describe", Described))

    found = msgspec.msgpack.decode(kept().get((reading.digest, "wave", 0), make), type=Described)
    return Wave(found.rate, found.channels, found.length, found.notes)


def heard_reading(desk: Desk, actor: PersonView, token: str) -> Reading:
    """An opening under which its holder may listen; refusals are written and listed."""
    reading = opening.reading_of(actor, token)
    with denials.written(desk, actor, "listen", reading.grant_id, reading.record):
        if reading.action not in HEARING:
            raise RefusedError(
                "Your grant lets you read what is known of this call, not listen to it.",
                remedy="Ask to listen in a new request.",
            )
    opening.require_open(desk, reading)
    return reading


def ask[T: Answer](
    desk: Desk,
    reading: Reading,
    deed: Deed,
    kind: type[T],
    *,
    span: tuple[int, int] = (0, 0),
    rate: int = 0,
    covers: tuple[Covered, ...] = (),
) -> T:
    """Let the child of this opening do something; NotAvailableError where it cannot."""
    said = read_statement(bytes(reading.statement))
    if said is None:
        raise WrongUseError("This record is no call.", remedy="Open it to read it.")
    source = Opened(desk, reading)
    silent = withheld(reading.grant.organisation_id, reading.record)
    task = Task(deed, form_of(said), source.size, said.origin, said.call, *span, rate, (*covers, *silent))
    found = children().do(reading.digest, task, source.read)
    if isinstance(found, Unreadable):
        raise NotAvailableError(
            "This recording cannot be heard here.", why=found.why, remedy="It is kept exactly as it arrived."
        )
    if not isinstance(found, kind):
        raise NotAvailableError("The decoder answered something else.", remedy="Open the record again.")
    return found


def form_of(said: Statement) -> Form:
    """What a recording is to the child that decodes."""
    return "audio" if said.form == "redaction" else said.form


def _window(desk: Desk, reading: Reading, file: Wave, number: int) -> bytes:
    def make() -> bytes:
        heard = ask(desk, reading, "hear", Heard, span=file.span(number))
        return file.fitted(number, heard.data)

    return kept().get((reading.digest, _named("window", reading), number), make)


def _named(what: str, reading: Reading) -> str:
    """The name of what is kept: another once stretches are to be silent."""
    return f"{what} {len(withheld(reading.grant.organisation_id, reading.record))}"


def _joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
