"""Tiles: the ledger as static files that other people's tools read (c2sp.org/tlog-tiles)."""

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence

from muniment.core.errors import FaultFoundError
from muniment.vault.tree import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, Tree

LENGTH = struct.Struct(">H")
ENTRIES = "entries"


def tile_name(level: int | str, number: int, width: int = TILE_WIDTH) -> str:
    """The path of a tile, `tile/<L>/<N>[.p/<W>]`; `level` is a number or `entries`."""
    digits = [f"{number % 1000:03d}"]
    while number := number // 1000:
        digits.insert(0, f"x{number % 1000:03d}")
    part = f".p/{width}" if width < TILE_WIDTH else ""
    return f"tile/{level}/{'/'.join(digits)}{part}"


def widths(level: int, size: int) -> tuple[int, int]:
    """How many full tiles a level has in a tree of `size` leaves, and the width of the partial one."""
    return divmod(size >> TILE_HEIGHT * level, TILE_WIDTH)


def changed(level: int, old: int, new: int) -> Iterator[tuple[int, int]]:
    """The tiles of a level, as (number, width), that a tree of `new` leaves has and one of `old` not."""
    full, partial = widths(level, new)
    first, before = widths(level, old)
    for number in range(first, full):
        yield number, TILE_WIDTH
    if partial and (full, partial) != (first, before):
        yield full, partial


def hash_tiles(tree: Tree, old: int, new: int) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each hash tile that is new between two sizes."""
    for level in range(len(tree.levels)):
        for number, width in changed(level, old, new):
            start = number * TILE_WIDTH
            yield tile_name(level, number, width), tree.hashes(level, start, start + width)


def superseded(old: int, new: int) -> Iterator[str]:
    """Folders of partial tiles whose full tile has come between two sizes."""
    level = 0
    while new >> TILE_HEIGHT * level:
        first, _ = widths(level, old)
        full, _ = widths(level, new)
        for number in range(first, full):
            yield f"{tile_name(level, number)}.p"
            if level == 0:
                yield f"{tile_name(ENTRIES, number)}.p"
        level += 1


def pack_bundle(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry with its length in two bytes, big-endian, before it."""
    return b"".join(part for entry in entries for part in (LENGTH.pack(len(entry)), entry))


class Bundles:
    """The full entry bundles of a ledger that is read from its first leaf on, each as `make` gives it."""

    def __init__(self, make: Callable[[bytes], bytes]) -> None:
        self.full: list[bytes] = []
        self._make = make
        self._parts: list[bytes] = []

    def extend(self, entries: Iterable[bytes]) -> None:
        """Take in the data of the next leaves."""
        parts, pack = self._parts, LENGTH.pack
        for entry in entries:
            parts += (pack(len(entry)), entry)
        while len(parts) >= 2 * TILE_WIDTH:
            self.full.append(self._make(b"".join(parts[: 2 * TILE_WIDTH])))
            del parts[: 2 * TILE_WIDTH]


def split_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle; FaultFoundError if its lengths do not fit."""
    entries, start, whole = list[bytes](), LENGTH.size, len(data)
    while start <= whole:
        end = start + (data[start - 2] << 8 | data[start - 1])
        entries.append(data[start:end])
        start = end + LENGTH.size
    if start != whole + LENGTH.size:
        raise FaultFoundError("An entry bundle ends within an entry.")
    return entries


def split_hashes(data: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
