"""What the ledger's tiles and the index say of each leaf, when the packs themselves are in doubt.

Three witnesses tell of a leaf: its entry bundle, its hash tile and its place in the index. A leaf
hash that two of them give is believed; if all leaves up to the checkpoint together give the signed
root, the whole is proved right.
"""

from dataclasses import dataclass, field

from muniment.core.errors import FaultFoundError
from muniment.core.ids import RecordId
from muniment.core.merkle import leaf_hash
from muniment.vault.checkpoint import Checkpoint
from muniment.vault.frames import HEADER_BYTES, Header, parse_header
from muniment.vault.index import INDEX_BYTES, Place, parse_place
from muniment.vault.layout import Layout
from muniment.vault.tiles import ENTRIES, split_bundle, split_hashes, tile_name
from muniment.vault.tree import TILE_WIDTH, Tree


@dataclass(frozen=True)
class Known:
    """One leaf as the witnesses describe it; what none of them tells is None."""

    leaf: bytes | None
    header: Header | None
    clear: bytes
    place: Place | None

    @property
    def id(self) -> RecordId | None:
        """The identifier of the entry."""
        if self.header:
            return self.header.id
        return self.place.id if self.place else None


@dataclass
class Reference:
    """All leaves up to the checkpoint, and whether together they give its root."""

    leaves: list[Known] = field(default_factory=list)
    proved: bool = False

    def get(self, seq: int) -> Known | None:
        """What is known of a leaf."""
        return self.leaves[seq] if seq < len(self.leaves) else None

    def by_id(self) -> dict[RecordId, int]:
        """The leaf of each known identifier."""
        return {known.id: seq for seq, known in enumerate(self.leaves) if known.id is not None}


def gather(layout: Layout, head: Checkpoint | None) -> Reference:
    """Ask the witnesses for every leaf that the checkpoint covers (or that the index has)."""
    image = layout.index.read_bytes() if layout.index.is_file() else b""
    size = head.size if head else len(image) // INDEX_BYTES
    reference = Reference()
    for start in range(0, size, TILE_WIDTH):
        width = min(TILE_WIDTH, size - start)
        data = _bundle(layout, start // TILE_WIDTH, width)
        hashes = split_hashes(_read(layout, tile_name(0, start // TILE_WIDTH, width)))
        for at in range(width):
            place = parse_place(image[(start + at) * INDEX_BYTES : (start + at + 1) * INDEX_BYTES])
            reference.leaves.append(_agree(_at(data, at), _at(hashes, at), place))
    leaves = [known.leaf for known in reference.leaves]
    if head and all(leaves):
        tree = Tree()
        tree.extend(leaf for leaf in leaves if leaf)
        reference.proved = tree.root() == head.root
    return reference


def _agree(data: bytes, tile: bytes, place: Place | None) -> Known:
    bundled = leaf_hash(data) if data else None
    indexed = place.leaf if place else None
    told = [leaf for leaf in (bundled, indexed, tile or None) if leaf]
    leaf = max(told, key=told.count) if told else None
    header = parse_header(data) if bundled == leaf else None
    clear = data[HEADER_BYTES : HEADER_BYTES + header.clear_length] if header else b""
    return Known(leaf, header, clear, place if indexed == leaf else None)


def _bundle(layout: Layout, number: int, width: int) -> list[bytes]:
    try:
        return split_bundle(_read(layout, tile_name(ENTRIES, number, width)))
    except FaultFoundError:
        return []


def _read(layout: Layout, name: str) -> bytes:
    try:
        return layout.tile(name).read_bytes()
    except OSError:
        return b""


def _at(items: list[bytes], at: int) -> bytes:
    return items[at] if at < len(items) else b""
