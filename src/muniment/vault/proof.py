"""Inclusion proofs: checking them, and the C2SP tlog-proof text that carries one to a stranger."""

import base64
import binascii
import re
from dataclasses import dataclass

from muniment.core.errors import FaultFoundError
from muniment.core.merkle import node_hash

FIRST_LINE = "c2sp.org/tlog-proof@v1"
INDEX_LINE = re.compile(r"index (0|[1-9][0-9]{0,18})")
HASH_BYTES = 32


@dataclass(frozen=True)
class Proof:
    """One leaf's audit path, and the signed checkpoint to which it leads, as text."""

    seq: int
    path: tuple[bytes, ...]
    checkpoint: str

    def text(self) -> str:
        """The proof as c2sp.org/tlog-proof writes it."""
        hashes = (base64.b64encode(node).decode() for node in self.path)
        return "\n".join((FIRST_LINE, f"index {self.seq}", *hashes, "", self.checkpoint))

    @classmethod
    def parse(cls, text: str) -> "Proof":
        """Read a tlog-proof without extra data; FaultFoundError unless it is exactly one."""
        head, mark, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        index = INDEX_LINE.fullmatch(lines[1]) if len(lines) > 1 else None
        try:
            path = tuple(base64.b64decode(line, validate=True) for line in lines[2:])
        except (binascii.Error, ValueError):
            path = (b"",)
        if lines[0] != FIRST_LINE or not index or not mark or any(len(node) != HASH_BYTES for node in path):
            raise FaultFoundError("The text is not a tlog-proof.")
        return cls(int(index[1]), path, checkpoint)


def root_from_inclusion(leaf: bytes, seq: int, size: int, path: tuple[bytes, ...] | list[bytes]) -> bytes:
    """The root that an audit path leads to (RFC 9162 section 2.1.3.2).

    FaultFoundError if the path does not have the length that `seq` and `size` demand.
    """
    if not 0 <= seq < size:
        raise FaultFoundError(f"Leaf {seq} cannot be in a tree of {size} leaves.")
    node, at, last = leaf, seq, size - 1
    for step in path:
        if not last:
            raise FaultFoundError("The inclusion proof is too long.")
        if at & 1 or at == last:
            node = node_hash(step, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, step)
        at, last = at >> 1, last >> 1
    if last:
        raise FaultFoundError("The inclusion proof is too short.")
    return node


def roots_from_consistency(old: int, new: int, old_root: bytes, path: list[bytes]) -> tuple[bytes, bytes]:
    """The two roots that a consistency proof leads to (RFC 9162 section 2.1.4.2).

    The caller compares them with the roots that it knows. FaultFoundError if the path is too short or long.
    """
    if not 0 < old <= new:
        raise FaultFoundError(f"A ledger does not grow from {old} to {new} leaves.")
    if old == new:
        return old_root, old_root
    steps = [old_root, *path] if not old & (old - 1) else list(path)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if not steps:
        raise FaultFoundError("The consistency proof is empty.")
    before = after = steps[0]
    for step in steps[1:]:
        if not last:
            raise FaultFoundError("The consistency proof is too long.")
        if at & 1 or at == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, step)
        at, last = at >> 1, last >> 1
    if last:
        raise FaultFoundError("The consistency proof is too short.")
    return before, after
