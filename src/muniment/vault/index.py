"""The index: where each entry lies, its identifier and leaf. Derived from the packs, never trusted.

In memory it is the file's image, 64 bytes for each leaf, and a table of identifiers, about 8.
"""

import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from muniment.core.errors import FaultFoundError
from muniment.core.ids import RecordId
from muniment.vault.frames import Kind
from muniment.vault.id_table import IdTable

INDEX_BYTES = 64
INDEX_LABEL = b"muniment/index/v1"
ENTRY = struct.Struct("<II16s32s")  # kind and pack, offset, id, leaf
CHECK_BYTES = 8
KIND_SHIFT = 24
KIND_AT, ID_AT, ID_BYTES = 3, 8, 16
KINDS = frozenset(Kind)
CHECK = sha256(INDEX_LABEL)


class Place(NamedTuple):
    """Where an entry lies: pack and offset in bytes; with its identifier and leaf hash."""

    kind: Kind
    pack: int
    offset: int
    id: RecordId
    leaf: bytes


def pack_place(place: Place) -> bytes:
    """The 64 bytes of one place."""
    return bytes(pack_places((place,)))


def pack_places(places: Iterable[Place]) -> bytearray:
    """As `pack_place`, for many."""
    pack, begin, image = ENTRY.pack, CHECK.copy, bytearray()
    for kind, number, offset, record, leaf in places:
        body = pack(kind << KIND_SHIFT | number, offset, record, leaf)
        check = begin()
        check.update(body)
        image += body
        image += check.digest()[:CHECK_BYTES]
    return image


def parse_place(data: bytes | bytearray) -> Place | None:
    """The place in 64 bytes, or None if they are damaged."""
    if len(data) != INDEX_BYTES:
        return None
    body = bytes(data[: ENTRY.size])
    if data[ENTRY.size :] != sha256(INDEX_LABEL + body).digest()[:CHECK_BYTES]:
        return None
    return _place(body)


class Index:
    """Places by sequence and by identifier."""

    def __init__(self) -> None:
        self.image = bytearray()
        self._known = IdTable(self._id)

    def __len__(self) -> int:
        return len(self.image) // INDEX_BYTES

    def add(self, place: Place) -> None:
        """Append the place of the next leaf."""
        self.extend((place,))

    def extend(self, places: Iterable[Place]) -> None:
        """Append the places of the next leaves."""
        self.append(pack_places(places))

    def append(self, image: bytes | bytearray) -> None:
        """Append places that `pack_places` has made."""
        self.image += image
        if self._known.count:
            self._known.grow(len(self))

    def cut(self, size: int) -> None:
        """Forget every place from the leaf `size` on."""
        del self.image[size * INDEX_BYTES :]
        self._known = IdTable(self._id)

    def place(self, seq: int) -> Place:
        """The place of one leaf. The caller has checked that it exists."""
        start = seq * INDEX_BYTES
        return _place(bytes(self.image[start : start + ENTRY.size]))

    def pack(self, seq: int) -> int:
        """The pack of one leaf, quickly."""
        return int.from_bytes(self.image[seq * INDEX_BYTES : seq * INDEX_BYTES + 3], "little")

    def within(self, pack: int) -> range:
        """The leaves of one pack: they follow one another."""
        every = range(len(self))
        first = bisect_left(every, pack, key=self.pack)
        return range(first, bisect_right(every, pack, lo=first, key=self.pack))

    def renew(self, first: int, places: Sequence[Place]) -> None:
        """Say where the entries from `first` on lie now; FaultFoundError unless they are the same entries."""
        self.compare(first, places)
        image = b"".join(map(pack_place, places))
        self.image[first * INDEX_BYTES : first * INDEX_BYTES + len(image)] = image

    def compare(self, first: int, places: Sequence[Place]) -> None:
        """FaultFoundError unless these are the entries from `first` on, wherever in their pack they lie."""
        for seq, place in enumerate(places, first):
            if seq >= len(self) or self.place(seq)._replace(offset=place.offset) != place:
                raise FaultFoundError(
                    f"Entry {seq} in pack {place.pack} is not the one that the ledger has.",
                    remedy="Run `muniment verify`, then restore the pack from a backup.",
                )

    def leaves(self) -> Iterator[bytes]:
        """The leaf hashes in order."""
        for start in range(ENTRY.size - 32, len(self.image), INDEX_BYTES):
            yield bytes(self.image[start : start + 32])

    def kind(self, seq: int) -> int:
        """The kind of one leaf, quickly."""
        return self.image[seq * INDEX_BYTES + KIND_AT]

    def of_kind(self, kind: Kind) -> Iterator[int]:
        """The leaves of one kind, in order, of those that are there now."""
        kinds = bytes(self.image[KIND_AT::INDEX_BYTES])
        seq = kinds.find(kind)
        while seq >= 0:
            yield seq
            seq = kinds.find(kind, seq + 1)

    def count(self, kind: Kind) -> int:
        """How many leaves are of one kind."""
        return self.image[KIND_AT::INDEX_BYTES].count(kind)

    def sequence(self, record: RecordId) -> int | None:
        """The leaf that has this identifier, or None. Who never asks pays nothing for it."""
        self._known.grow(len(self))
        return self._known.find(record)

    @classmethod
    def load(cls, data: bytes, size: int) -> "Index | None":
        """The first `size` places of a stored index; None if any is missing or damaged."""
        index, begin = cls(), CHECK.copy
        if len(data) < size * INDEX_BYTES:
            return None
        for start in range(0, size * INDEX_BYTES, INDEX_BYTES):
            end = start + ENTRY.size
            check = begin()
            check.update(data[start:end])
            if (
                data[start + KIND_AT] not in KINDS
                or data[end : end + CHECK_BYTES] != check.digest()[:CHECK_BYTES]
            ):
                return None
        index.image += memoryview(data)[: size * INDEX_BYTES]
        return index

    def _id(self, seq: int) -> bytes:
        start = seq * INDEX_BYTES + ID_AT
        return bytes(self.image[start : start + ID_BYTES])


def _place(body: bytes) -> Place:
    word, offset, record, leaf = ENTRY.unpack(body)
    return Place(Kind(word >> KIND_SHIFT), word & (1 << KIND_SHIFT) - 1, offset, RecordId(record), leaf)
