"""Merkle tree hashing as RFC 6962 section 2.1 defines it, over SHA-256."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from muniment.core.ids import RecordId

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf: SHA-256(0x00 ‖ data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, in order."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(a, b) for a, b in zip(level[::2], level[1::2], strict=False)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def root_of_records(records: Iterable[RecordId]) -> bytes:
    """The root over a set of record ids, sorted: what a warrant names instead of the list."""
    return tree_root([leaf_hash(record) for record in sorted(set(records))])
