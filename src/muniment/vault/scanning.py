"""Reading a pack from end to end, a window at a time: what it takes of memory does not grow with the pack.

The window is read into again and again. Fresh memory for a whole pack costs as much time as hashing it, and a
mapped file would end the process at the first bad sector instead of naming it.
"""

import os
import struct
from collections.abc import Iterator
from hashlib import sha256
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from muniment.core.ids import RecordId
from muniment.core.merkle import leaf_hash
from muniment.vault.frames import (
    COMMIT_BODY_BYTES,
    COMMIT_BYTES,
    COMMITMENT_BYTES,
    DIGEST_BYTES,
    ENTRY_MAGIC,
    HEADER_BYTES,
    LARGEST_CLEAR,
    LARGEST_PAYLOAD,
    STUB_MAGIC,
    TAG_BYTES,
    Kind,
    commit_digest,
    pack_header,
    parse_commit,
)
from muniment.vault.index import Place
from muniment.vault.layout import Layout
from muniment.vault.orders import erased_record
from muniment.vault.packs import Group

WINDOW = 1 << 19  # bytes; more than any head, and small enough for a processor's own memory
AFTER_CLEAR = COMMITMENT_BYTES + 32  # bytes of a leaf's data: commitment and hash of the ciphertext
HEADER = struct.Struct("<8sIQ16s")  # start clear payload id
FRAMES = {
    pack_header(kind, 0, TAG_BYTES, RecordId(bytes(16)), segmented=segmented)[:8]: kind
    for kind in Kind
    for segmented in (False, kind is Kind.RECORD)
}
STUBS = {
    STUB_MAGIC + start[len(STUB_MAGIC) :]: kind for start, kind in FRAMES.items() if kind is not Kind.ACTION
}
KINDS = FRAMES | STUBS
"""What the first eight bytes of a header may be, of a frame or a stub, and the kind that they tell."""


class Scanned(NamedTuple):
    """A whole group, the data of its leaves, and the records whose erasure its actions order."""

    group: Group
    leaf_data: list[bytes]
    orders: tuple[RecordId, ...]


def scan(path: Path, pack: int, start: int = 0) -> Iterator[Scanned]:
    """Every whole group of a pack from `start` up to the first that is not; OSError if it cannot be read."""
    with path.open("rb", buffering=0) as file:
        window = _Window(file)
        while found := _group(window, start, pack):
            yield found
            start = found.group.end


def places_in(layout: Layout, number: int, first: int) -> list[Place]:
    """Where the entries of a pack lie, read from the pack itself, up to the first group that is not whole.

    `first` is the sequence of its first entry. OSError if the pack cannot be read.
    """
    places = list[Place]()
    for scanned in scan(layout.pack(number), number):
        if scanned.group.commit.first != first + len(places):
            break
        places += scanned.group.places
    return places


def read_part(path: Path, start: int, end: int) -> bytes:
    """The bytes of a file between two places, as far as they are there."""
    with path.open("rb") as file:
        file.seek(start)
        return file.read(max(0, end - start))


class _Window:
    """A part of a file in memory: `data`, which begins at byte `first` of the file and ends before `end`."""

    def __init__(self, file: FileIO) -> None:
        self._file = file.fileno()
        self._buffer = memoryview(bytearray(WINDOW))
        self.data, self.first, self.end = self._buffer[:0], 0, 0

    def move(self, at: int, length: int) -> None:
        """Begin at byte `at`, with `length` bytes at least, as far as they are there."""
        filled = 0
        while filled < length:
            got = os.preadv(self._file, (self._buffer[filled:],), at + filled)
            if not got:
                break
            filled += got
        self.data, self.first, self.end = self._buffer[:filled], at, at + filled

    def digest(self, at: int, length: int) -> bytes:
        """SHA-256 of a part that is longer than a window; nothing if it is not all there."""
        digest = sha256()
        while length:
            part = min(length, WINDOW)
            self.move(at, part)
            if len(self.data) < part:
                return b""
            digest.update(self.data[:part])
            at, length = at + part, length - part
        return digest.digest()


class _Read:
    """The entries of a group so far: their places and leaf data, which are stubs, and what those saved in bytes."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.leaf_data: list[bytes] = []
        self.stubs: list[int] = []
        self.saved = 0

    def stub(self, head: bytes, digest: bytes, payload: int) -> bytes:
        """The leaf data of an entry of which only a stub is left."""
        self.stubs.append(len(self.places))
        self.saved += payload - DIGEST_BYTES
        return ENTRY_MAGIC + head[len(ENTRY_MAGIC) :] + digest


def _group(window: _Window, start: int, pack: int) -> Scanned | None:
    read = _Read()
    end = _entries(window, start, pack, read)
    if not window.first <= end <= window.end - COMMIT_BYTES:
        window.move(end, COMMIT_BYTES)
    at = end - window.first
    commit = parse_commit(window.data, at)
    if commit is None or (commit.count, commit.body_length) != (len(read.places), end - start + read.saved):
        return None
    group = Group(read.places, commit, end + COMMIT_BYTES, tuple(read.stubs))
    if commit_digest(window.data[at : at + COMMIT_BODY_BYTES], group.leaves) != commit.digest:
        return None
    return Scanned(group, read.leaf_data, tuple(_orders(group, read.leaf_data)))


def _orders(group: Group, data: list[bytes]) -> Iterator[RecordId]:
    for place, leaf in zip(group.places, data, strict=True):
        if place.kind is Kind.ACTION and (record := erased_record(leaf[HEADER_BYTES:-AFTER_CLEAR])):
            yield record


def _entries(window: _Window, at: int, pack: int, read: _Read) -> int:
    """Take in the entries from `at` on; where they end.

    In one piece and without a call for each part: this is what a whole vault goes through.
    """
    data, first, end = window.data, window.first, window.end
    while True:
        if at + HEADER_BYTES > end:
            window.move(at, HEADER_BYTES)
            data, first, end = window.data, window.first, window.end
            if at + HEADER_BYTES > end:
                return at
        start, clear, payload, record = HEADER.unpack_from(data, at - first)
        kind = KINDS.get(start)
        if kind is None or not _possible(kind, clear, payload):
            return at
        before, whole = HEADER_BYTES + clear + COMMITMENT_BYTES, start in FRAMES
        length = before + (payload if whole else DIGEST_BYTES)
        if at + length > end:
            window.move(at, min(length, WINDOW))
            data, first, end = window.data, window.first, window.end
            if at + min(length, WINDOW) > end:
                return at
        place = at - first
        head = data[place : place + before].tobytes()
        if not whole:
            leaf = read.stub(head, data[place + before : place + length].tobytes(), payload)
        elif length <= WINDOW:
            leaf = head + sha256(data[place + before : place + length]).digest()
        elif not (digest := window.digest(at + before, payload)):
            return at
        else:
            leaf = head + digest
            data, first, end = window.data, window.first, window.end
        read.leaf_data.append(leaf)
        read.places.append(Place(kind, pack, at, record, leaf_hash(leaf)))
        at += length


def _possible(kind: Kind, clear: int, payload: int) -> bool:
    """Whether a header may state these lengths."""
    most = LARGEST_CLEAR if kind is Kind.ACTION else 0
    return clear <= most and TAG_BYTES <= payload <= LARGEST_PAYLOAD
