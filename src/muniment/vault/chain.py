"""How the shards of one organisation follow one another: what the last entry of one and the first of the next say.

The last entry of a frozen shard names the key of the next; the first entry of that one names the origin,
size and root of the one before. So whoever trusts one of their keys can tell every other: forwards, for the
key is named under a signed root; backwards, for the root is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import msgspec

from muniment.core import canonical
from muniment.core.errors import WrongUseError
from muniment.core.tags import EventTag
from muniment.vault.checkpoint import Checkpoint, LedgerVerifier, shard_of

FROZEN = EventTag.SHARD_FROZEN.encode()


class Previous(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shard before as it was frozen: its origin, how many entries, and their root in hex."""

    origin: str
    size: int
    root: str


class Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The clear part of a frozen shard's last entry. `next` is the verifier key of the next shard's ledger."""

    tag: Literal["vault:shard:frozen"]
    time: int
    next: str
    demo: bool = False

    @property
    def verifier(self) -> LedgerVerifier:
        """The key that signs the next shard; WrongUseError if it is none."""
        return LedgerVerifier.parse(self.next)


class Opened(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The clear part of a later shard's first entry. `sequence` is its own place among all entries.

    After a restore `range` holds the first and the last entry known to be lost, counted among all, and
    `backup` the generation of keys that was restored.
    """

    tag: Literal["vault:shard:opened"]
    time: int
    previous: Previous
    sequence: int
    reason: Literal["rotation", "restore"]
    range: tuple[int, int] | None = None
    backup: str = ""
    demo: bool = False

    @property
    def base(self) -> int:
        """How many entries stand before the shard that was frozen."""
        return self.sequence - self.previous.size

    @property
    def lost(self) -> tuple[int, int] | None:
        """The first and the last entry known to be lost, counted within the shard that was frozen."""
        return (self.range[0] - self.base, self.range[1] - self.base) if self.range else None


def read_frozen(clear: bytes) -> Frozen | None:
    """What the last entry of a frozen shard says; None if it is no such entry."""
    return _read(clear, Frozen) if FROZEN in clear else None


def read_opened(clear: bytes) -> Opened | None:
    """What the first entry of a later shard says; None if it is no such entry."""
    return _read(clear, Opened)


@dataclass(frozen=True)
class Span:
    """One shard as far as the chain needs it: key, whole size and root, clear parts of both ends."""

    verifier: LedgerVerifier | None
    size: int
    root: bytes
    first: bytes
    last: bytes

    @property
    def opened(self) -> Opened | None:
        """How it says that it follows another."""
        return read_opened(self.first)

    @property
    def frozen(self) -> Frozen | None:
        """How it says that another follows it."""
        return read_frozen(self.last)


def breaks(spans: Sequence[Span], organisation: str, base: int = 0) -> list[tuple[int, str]]:
    """Where the shards do not follow one another, as the later one's place in `spans` and the reason.

    `base` counts the entries before the first of them.
    """
    found = []
    for at, (before, after) in enumerate(pairwise(spans), 1):
        base += before.size
        if why := _break(before, after, organisation, base):
            found.append((at, why))
    return found


def excuses(opened: Opened, shard: int, head: Checkpoint, organisation: str) -> bool:
    """Whether a head that contradicts what was restored is of entries that the restore declares lost.

    It is one of the shard that was frozen, or of one between that and the new one, number `shard`, which is
    lost whole.
    """
    if opened.lost is None:
        return False
    first, last = opened.lost
    if head.origin == opened.previous.origin:
        return first < head.size <= last + 1
    lost_whole = shard_of(opened.previous.origin, organisation) < shard_of(head.origin, organisation) < shard
    return lost_whole and head.size <= last - first  # one at least froze the shard before


def _break(before: Span, after: Span, organisation: str, base: int) -> str:
    frozen, opened = before.frozen, after.opened
    if frozen is None:
        return "the shard before was never frozen"
    if after.verifier is None or frozen.next != after.verifier.text:
        return "the shard before names another key"
    if opened is None:
        return "it does not begin with the shard before"
    origin = before.verifier.origin if before.verifier else opened.previous.origin
    if opened.previous != Previous(origin, before.size, before.root.hex()):
        return "it names another root, size or origin of the shard before"
    rising = shard_of(origin, organisation) < shard_of(after.verifier.origin, organisation)
    lost = opened.lost is None or opened.reason == "restore"
    if opened.sequence != base or not rising or not lost:
        return "it does not state its own place rightly"
    return ""


def _read[T](clear: bytes, kind: type[T]) -> T | None:
    try:
        return msgspec.convert(canonical.loads(clear), kind)
    except (WrongUseError, msgspec.ValidationError):
        return None
