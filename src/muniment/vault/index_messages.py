"""What is asked of the keeper at its index door, for catalogue, index and anchors (see `messages`)."""

import msgspec

from muniment.vault.authority.signing import SignedStatement
from muniment.vault.call_messages import Request


class Examined(msgspec.Struct, frozen=True):
    """One entry of the ledger as a system purpose sees it.

    A record has `statement` and `original`, an action `clear` and `body`; `kind` is 1 or 2. An erased
    record has its id and `erased` only; one that cannot be opened its id and `fault`, the reason. A
    recording kept in segments has its `statement`, `size` (octets of the original) and `beginning` (the first of
    them, in which a notice would be heard), and no `original`.
    """

    seq: int
    kind: int
    record: str
    statement: bytes = b""
    original: bytes = b""
    clear: bytes = b""
    body: bytes = b""
    erased: bool = False
    fault: str = ""
    size: int = 0
    beginning: bytes = b""


class Batch(msgspec.Struct, frozen=True):
    """Entries `first` … `last` in order; `last` is the next call's `after`. Empty: last = after."""

    first: int
    last: int
    entries: tuple[Examined, ...]


class NextBatch(Request, frozen=True):
    """The entries after a place, for a system purpose. Answer: Batch."""

    purpose: str
    analyser: str
    after: int
    limit: int


class Locate(Request, frozen=True):
    """May this search be made? Answer, once it is in the ledger: Receipt."""

    warrant: str
    assertion: SignedStatement
    query: str


class MarkPrivate(Request, frozen=True):
    """These records are marked private, by this rule. Answer: Receipt."""

    records: tuple[str, ...]
    rule: str


class AskHead(Request, frozen=True):
    """The published head of a shard (0: the last), with the proof that it extends the one of `old` leaves.

    Answer: PublishedHead.
    """

    old: int
    shard: int = 0


class AskSuccession(Request, frozen=True):
    """How a shard follows the one before. Answer: Succession."""

    shard: int


class KeepAnchor(Request, frozen=True):
    """Keep what came back from outside for a signed head. Answer, once durable: the file's name."""

    note: str
    data: bytes
    source: str
    ending: str
