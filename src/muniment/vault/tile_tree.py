"""The ledger's hashes under a signed head, read from tiles as they are needed, and never believed unchecked.

The right edge of every level gives the root, which must be the signed one; each full tile is compared with the
hash that stands for it one level up. So one leaf costs a few files, however large the ledger is.
"""

from muniment.core.errors import FaultFoundError
from muniment.core.merkle import node_hash, tree_root
from muniment.vault.checkpoint import Checkpoint
from muniment.vault.layout import Layout
from muniment.vault.tiles import split_hashes, tile_name, widths
from muniment.vault.tree import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH


class TileTree:
    """The tree of one head. FaultFoundError, there and later, if a tile is missing or not what it must be."""

    def __init__(self, layout: Layout, head: Checkpoint) -> None:
        self._layout, self._size = layout, head.size
        self._known: dict[tuple[int, int], list[bytes]] = {}
        if self._edge() != head.root:
            raise FaultFoundError("The tiles do not give the signed root.")

    def leaf(self, seq: int) -> bytes:
        """The hash of one leaf; it is under the signed root."""
        return self._hash(0, seq)

    def _hash(self, level: int, number: int) -> bytes:
        tile, at = divmod(number, TILE_WIDTH)
        known = self._known.get((level, tile))
        if known is None:
            known = self._read(level, tile, TILE_WIDTH)
            if tree_root(known) != self._hash(level + 1, tile):
                raise FaultFoundError(f"log/{tile_name(level, tile)} is not what the ledger says.")
            self._known[level, tile] = known
        return known[at]

    def _edge(self) -> bytes:
        """The root, from the partial tile of every level: subtrees from the largest to the smallest."""
        peaks: list[tuple[int, bytes]] = []
        levels = [level for level in range(64) if self._size >> TILE_HEIGHT * level]
        for level in reversed(levels):
            full, partial = widths(level, self._size)
            if partial:
                self._known[level, full] = self._read(level, full, partial)
                for each in self._known[level, full]:
                    peaks.append((TILE_HEIGHT * level, each))
                    while len(peaks) > 1 and peaks[-2][0] == peaks[-1][0]:
                        (height, right), (_, left) = peaks.pop(), peaks.pop()
                        peaks.append((height + 1, node_hash(left, right)))
        if not peaks:
            return tree_root([])
        root = peaks.pop()[1]
        while peaks:
            root = node_hash(peaks.pop()[1], root)
        return root

    def _read(self, level: int, number: int, width: int) -> list[bytes]:
        name = tile_name(level, number, width)
        try:
            data = self._layout.tile(name).read_bytes()
        except OSError as error:
            raise FaultFoundError(f"log/{name} cannot be read.") from error
        if len(data) != width * HASH_BYTES:
            raise FaultFoundError(f"log/{name} is of the wrong length.")
        return split_hashes(data)
