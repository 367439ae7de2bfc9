"""Packs: reading groups of frames, strictly, and single entries by their place."""

import os
from collections import OrderedDict
from collections.abc import Iterator
from hashlib import sha256
from threading import Lock
from typing import NamedTuple

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.core.ids import RecordId, record_text
from muniment.core.merkle import leaf_hash
from muniment.vault.frames import (
    COMMIT_BODY_BYTES,
    COMMIT_BYTES,
    COMMIT_MAGIC,
    COMMITMENT_BYTES,
    HEADER_BYTES,
    CommitFrame,
    Kind,
    commit_digest,
    entry_leaf,
    parse_commit,
    parse_header,
)
from muniment.vault.index import Place
from muniment.vault.layout import Layout

FIRST_READ = 8192  # bytes; most mails, compressed, come with one read
MOST_OPEN_PACKS = 64


class Entry(NamedTuple):
    """One entry of the ledger as it lies in its pack, still sealed."""

    seq: int
    kind: Kind
    id: RecordId
    clear: bytes
    head: bytes
    commitment: bytes
    ciphertext: bytes


class Group(NamedTuple):
    """Entries that became durable together, their commit frame, and where it ends in the pack."""

    places: list[Place]
    commit: CommitFrame
    end: int

    @property
    def leaves(self) -> list[bytes]:
        """The leaf hashes, in order."""
        return [place.leaf for place in self.places]


def read_group(data: bytes, start: int, pack: int, base: int = 0) -> Group | None:
    """The group that begins at `start` in `data`, or None unless all of it is there and whole.

    `base` is where `data` begins in the pack. Whether the group follows the one before is the
    caller's to check.
    """
    view, places, at = memoryview(data), [], start
    while header := parse_header(data, at):
        middle = at + HEADER_BYTES + header.clear_length + COMMITMENT_BYTES
        end = middle + header.payload_length
        if end > len(data):
            return None
        leaf = leaf_hash(data[at:middle] + sha256(view[middle:end]).digest())
        places.append(Place(header.kind, pack, base + at, header.id, leaf))
        at = end
    commit = parse_commit(data, at)
    if commit is None or commit.count != len(places) or commit.body_length != at - start:
        return None
    group = Group(places, commit, base + at + COMMIT_BYTES)
    if commit_digest(view[at : at + COMMIT_BODY_BYTES], group.leaves) != commit.digest:
        return None
    return group


def read_groups(data: bytes, pack: int, base: int = 0) -> Iterator[Group]:
    """Every whole group from the start of `data` up to the first that is not."""
    at = 0
    while group := read_group(data, at, pack, base):
        yield group
        at = group.end - base


def find_group(data: bytes, start: int, pack: int) -> Group | None:
    """The first whole group anywhere after `start`: where there is one, a tail is not merely torn."""
    at = data.find(COMMIT_MAGIC, start)
    while at >= 0:
        commit = parse_commit(data, at)
        if commit and start <= at - commit.body_length:
            group = read_group(data, at - commit.body_length, pack)
            if group and group.end == at + COMMIT_BYTES:
                return group
        at = data.find(COMMIT_MAGIC, at + 1)
    return None


class PackReader:
    """Reads from packs, keeping the last few open."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._open: OrderedDict[int, int] = OrderedDict()
        self._lock = Lock()  # a descriptor must not be closed while another thread reads from it

    def close(self) -> None:
        """Close every pack."""
        with self._lock:
            while self._open:
                os.close(self._open.popitem()[1])

    def tail(self, number: int, offset: int) -> bytes:
        """Everything in a pack from `offset` on."""
        with self._layout.pack(number).open("rb") as file:
            file.seek(offset)
            return file.read()

    def commit_after(self, place: Place) -> tuple[CommitFrame, int] | None:
        """The commit frame that follows the entry at `place`, and where it ends."""
        header = parse_header(self._read(place.pack, place.offset, HEADER_BYTES))
        if header is None:
            return None
        start = place.offset + header.frame_length
        commit = parse_commit(self._read(place.pack, start, COMMIT_BYTES))
        return (commit, start + COMMIT_BYTES) if commit else None

    def entry(self, seq: int, place: Place) -> Entry:
        """The entry at `place`; FaultFoundError unless its leaf is the one the ledger has."""
        data = self._read(place.pack, place.offset, FIRST_READ)
        header = parse_header(data)
        if header and header.frame_length > len(data):
            data += self._read(place.pack, place.offset + len(data), header.frame_length - len(data))
        if header is None or header.frame_length > len(data):
            raise damaged(seq, place)
        clear_end = HEADER_BYTES + header.clear_length
        start = clear_end + COMMITMENT_BYTES
        head, commitment = data[:clear_end], data[clear_end:start]
        ciphertext = data[start : header.frame_length]
        if entry_leaf(head, commitment, ciphertext) != place.leaf:
            raise damaged(seq, place)
        return Entry(seq, header.kind, header.id, head[HEADER_BYTES:], head, commitment, ciphertext)

    def _read(self, number: int, offset: int, length: int) -> bytes:
        try:
            with self._lock:
                return os.pread(self._descriptor(number), length, offset)
        except FileNotFoundError as error:
            raise FaultFoundError(
                f"Pack {number} is missing.",
                remedy="Restore it from a backup; `muniment verify` lists what it held.",
            ) from error
        except OSError as error:
            raise NotAvailableError(f"Pack {number} cannot be read.", why=f"{error.strerror}.") from error

    def _descriptor(self, number: int) -> int:
        descriptor = self._open.get(number)
        if descriptor is None:
            if len(self._open) >= MOST_OPEN_PACKS:
                os.close(self._open.popitem(last=False)[1])
            descriptor = os.open(self._layout.pack(number), os.O_RDONLY | os.O_CLOEXEC)
            self._open[number] = descriptor
        return descriptor


def damaged(seq: int, place: Place) -> FaultFoundError:
    """The error for an entry that is not what the ledger says."""
    return FaultFoundError(
        f"Entry {seq} ({record_text(place.id)}) is damaged in pack {place.pack}.",
        remedy="Run `muniment verify`, then restore the pack from a backup.",
    )
