"""The ledger's Merkle tree while it grows: RFC 6962 section 2.1, kept as the hashes of its tiles."""

from collections.abc import Iterable
from itertools import batched
from typing import NamedTuple

from muniment.core.errors import WrongUseError
from muniment.core.merkle import EMPTY_ROOT, node_hash, parents, tree_root

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
AT_ONCE = 1 << 14  # leaves; more would only take memory


class Mark(NamedTuple):
    """A size to which a tree can go back."""

    size: int
    peaks: tuple[bytes, ...]


class Tree:
    """Leaf hashes, and at level n the root of every full subtree of 256 to the power n leaves."""

    def __init__(self) -> None:
        self.size = 0
        self.levels: list[bytearray] = [bytearray()]
        self._peaks: list[bytes] = []  # roots of the full subtrees, from the largest

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append leaf hashes."""
        for some in batched(leaves, AT_ONCE):
            self._extend(list(some))

    def _extend(self, nodes: list[bytes]) -> None:
        """Level by level: each odd one out waits as a peak for its neighbour."""
        self.levels[0] += b"".join(nodes)
        waiting, below, height = list[bytes](), self.size, 0
        self.size += len(nodes)
        while nodes:
            if below & 1:
                nodes.insert(0, self._peaks.pop())
            if len(nodes) & 1:
                waiting.append(nodes.pop())
            nodes, below, height = parents(nodes), below >> 1, height + 1
            if nodes and not height % TILE_HEIGHT:
                self._level(height // TILE_HEIGHT).extend(b"".join(nodes))
        self._peaks += reversed(waiting)

    def mark(self) -> Mark:
        """Remember the present size, for `revert`."""
        return Mark(self.size, tuple(self._peaks))

    def revert(self, mark: Mark) -> None:
        """Forget every leaf appended since `mark`."""
        for level, hashes in enumerate(self.levels):
            del hashes[(mark.size >> TILE_HEIGHT * level) * HASH_BYTES :]
        self.size = mark.size
        self._peaks = list(mark.peaks)

    def root(self, size: int | None = None) -> bytes:
        """The root over all leaves, or over the first `size`."""
        if size is not None and size != self.size:
            return self._range(0, self._within(size)) if size else EMPTY_ROOT
        if not self._peaks:
            return EMPTY_ROOT
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = node_hash(peak, node)
        return node

    def leaf(self, seq: int) -> bytes:
        """The hash of one leaf."""
        return bytes(self.levels[0][seq * HASH_BYTES : (seq + 1) * HASH_BYTES])

    def hashes(self, level: int, first: int, last: int) -> bytes:
        """The hashes `first` to `last` − 1 of a level, joined as in a tile."""
        return bytes(self.levels[level][first * HASH_BYTES : last * HASH_BYTES])

    def inclusion(self, seq: int, size: int) -> list[bytes]:
        """The audit path of leaf `seq` in the tree of the first `size` leaves (RFC 6962, 2.1.1)."""
        if not 0 <= seq < self._within(size):
            raise WrongUseError(f"Leaf {seq} is not in a tree of {size} leaves.")
        path, first, last = [], 0, size
        while last - first > 1:
            middle = first + _split(last - first)
            if seq < middle:
                path.append(self._range(middle, last))
                last = middle
            else:
                path.append(self._range(first, middle))
                first = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the first `old` leaves are a prefix of the first `new` (RFC 6962, 2.1.2)."""
        if not 0 < old <= self._within(new):
            raise WrongUseError(f"There is no consistency proof from {old} to {new} leaves.")
        path, first, last, whole = [], 0, new, True
        while old != last:
            middle = first + _split(last - first)
            if old <= middle:
                path.append(self._range(middle, last))
                last = middle
            else:
                path.append(self._range(first, middle))
                first, whole = middle, False
        return ([] if whole else [self._range(first, last)]) + path[::-1]

    def _level(self, level: int) -> bytearray:
        if level == len(self.levels):
            self.levels.append(bytearray())
        return self.levels[level]

    def _within(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise WrongUseError(f"The ledger has {self.size} leaves, not {size}.")
        return size

    def _range(self, first: int, last: int) -> bytes:
        width = last - first
        if width & (width - 1):
            middle = first + _split(width)
            return node_hash(self._range(first, middle), self._range(middle, last))
        level = (width.bit_length() - 1) // TILE_HEIGHT
        shift = level * TILE_HEIGHT
        joined = self.hashes(level, first >> shift, last >> shift)
        return tree_root([joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)])


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << (count - 1).bit_length() - 1
