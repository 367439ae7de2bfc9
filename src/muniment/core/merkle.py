"""Merkle tree hashing as RFC 6962 section 2.1 defines it, over SHA-256."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from muniment.core.ids import RecordId

EMPTY_ROOT = sha256(b"").digest()
LEAF = sha256(b"\x00")
NODE = sha256(b"\x01")
"""Begun hashes: to copy one is quicker than to begin again, and most of a ledger is short hashes."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf: SHA-256(0x00 ‖ data)."""
    leaf = LEAF.copy()
    leaf.update(data)
    return leaf.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees: SHA-256(0x01 ‖ left ‖ right)."""
    node = NODE.copy()
    node.update(left)
    node.update(right)
    return node.digest()


def parents(nodes: Sequence[bytes]) -> list[bytes]:
    """The hashes one level above: of each two neighbours. One that is left over has none."""
    above, begin = [], NODE.copy
    pairs = iter(nodes)
    for left, right in zip(pairs, pairs, strict=False):
        node = begin()
        node.update(left)
        node.update(right)
        above.append(node.digest())
    return above


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, in order."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        paired = parents(level)
        level = paired + level[len(paired) * 2 :]
    return level[0]


def root_of_records(records: Iterable[RecordId]) -> bytes:
    """The root over a set of record ids, sorted: what a warrant names instead of the list."""
    return tree_root([leaf_hash(record) for record in sorted(set(records))])
