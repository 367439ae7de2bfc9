"""Changes one byte of one record in a pack, and puts it back. Works in the home of a demo only."""

import os
from pathlib import Path

import msgspec

from muniment.core import ids
from muniment.core.errors import FaultFoundError, WrongUseError
from muniment.core.home import Home
from muniment.demo import card as cards
from muniment.vault.frames import HEADER_BYTES, Kind, parse_header
from muniment.vault.index import INDEX_BYTES, Place, parse_place
from muniment.vault.layout import Layout

NOTE = "damage.json"


class Damage(msgspec.Struct, frozen=True):
    """Which byte of which file was changed, what it was, and whose it is."""

    record: str
    file: str
    offset: int
    was: int


def damage(home: Home, record: str = "") -> Damage:
    """Flip every bit of one byte in the middle of a record's ciphertext.

    WrongUseError if a byte is changed already or the record is unknown; NotAvailableError where the home
    is no demo.
    """
    card = cards.read(home)
    note = home.path / NOTE
    if note.exists():
        raise WrongUseError(
            "One byte is changed already.", remedy="Put it back first: muniment demo damage --undo"
        )
    layout = Layout(home.vault(card.organisations[0].organisation))
    place = _find(layout, record)
    path = layout.pack(place.pack)
    with path.open("rb") as pack:
        pack.seek(place.offset)
        header = parse_header(pack.read(HEADER_BYTES))
        if header is None:
            raise FaultFoundError("The record is damaged as it is.", remedy="See muniment verify.")
        offset = place.offset + header.frame_length // 2
        pack.seek(offset)
        was = pack.read(1)[0]
    done = Damage(ids.record_text(place.id), str(path.relative_to(home.path)), offset, was)
    note.write_bytes(msgspec.json.encode(done))  # first the way back, then the damage
    _put(path, offset, was ^ 0xFF)
    return done


def undo(home: Home) -> str:
    """Put the byte back; the record that it belongs to. WrongUseError if nothing was changed."""
    cards.read(home)
    note = home.path / NOTE
    if not note.exists():
        raise WrongUseError("No byte was changed.")
    done = msgspec.json.decode(note.read_bytes(), type=Damage)
    _put(home.path / done.file, done.offset, done.was)
    note.unlink()
    return done.record


def _find(layout: Layout, record: str) -> Place:
    data = layout.index.read_bytes()
    places = [parse_place(data[start : start + INDEX_BYTES]) for start in range(0, len(data), INDEX_BYTES)]
    records = [place for place in places if place is not None and place.kind is Kind.RECORD]
    if record:
        wanted = ids.record_bytes(record)
        records = [place for place in records if place.id == wanted]
    if not records:
        raise WrongUseError(f"There is no record {record} to damage.")
    return records[len(records) // 2]


def _put(path: Path, offset: int, value: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.pwrite(descriptor, bytes([value]), offset)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
