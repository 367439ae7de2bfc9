"""What a ledger shows of itself to those who anchor and witness it: signed heads, and how shards follow.

The keeper answers with them; nothing readable of any record is in one.
"""

import msgspec


class PublishedHead(msgspec.Struct, frozen=True):
    """The signed head of `size` leaves, and the audit path that shows that it extends the one of `old`.

    `shards` are the numbers of all shards there are.
    """

    note: str
    size: int
    old: int
    path: tuple[bytes, ...]
    shards: tuple[int, ...] = (1,)


class Witnessed(msgspec.Struct, frozen=True):
    """A leaf's data and its tlog-proof, with the signed checkpoint of its shard."""

    leaf: bytes
    proof: str


class Succession(msgspec.Struct, frozen=True):
    """What shows to a stranger that a shard follows another: the last entry of that, and its own first."""

    frozen: Witnessed
    opened: Witnessed
