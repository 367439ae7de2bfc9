"""Finding all damage in packs: what is where, compared with what the ledger's other files say.

The walk goes through each pack with the reference in hand. An entry is recognised by its random
identifier; where a header is damaged, the reference tells how long the frame is, so that the walk
continues with the next one and names only what is really hurt.
"""

from dataclasses import dataclass, field

from muniment.core.ids import RecordId
from muniment.vault.checkpoint import Checkpoint
from muniment.vault.faults import FaultKind, FaultList
from muniment.vault.frames import (
    COMMIT_BYTES,
    COMMIT_MAGIC,
    COMMITMENT_BYTES,
    HEADER_BYTES,
    Header,
    Kind,
    chain_start,
    make_commit,
    pack_commit,
    parse_commit,
    parse_stored,
    stored_leaf,
)
from muniment.vault.index import Place
from muniment.vault.layout import Layout
from muniment.vault.orders import erased_record
from muniment.vault.packs import ANY_ENTRY
from muniment.vault.recovery import Ledger
from muniment.vault.reference import Known, Reference, gather

NO_LEAF = bytes(32)


@dataclass
class Diagnosis:
    """What could be made out: a ledger rebuilt from reference and packs, and what is hurt."""

    ledger: Ledger
    orders: set[bytes] = field(default_factory=set)
    unreadable: set[int] = field(default_factory=set)
    stubs: set[int] = field(default_factory=set)
    authentic: bool = False
    records: int = 0


@dataclass(frozen=True)
class Seen:
    """A frame as it stands in a pack; `leaf` is None if its header is damaged.

    `length` is what it had when it was sealed, also where a `stub` is left of it.
    """

    place: Place
    leaf: bytes | None
    clear: bytes
    length: int
    stub: bool = False


@dataclass(frozen=True)
class SeenCommit:
    """Bytes where a commit frame stands, and the leaves before it since the last one."""

    pack: int
    offset: int
    data: bytes
    leaves: tuple[int, ...]


@dataclass
class Walk:
    """The state of the walk: the leaf expected next and all that was met."""

    reference: Reference
    faults: FaultList
    expected: int = 0
    seen: dict[int, Seen] = field(default_factory=dict)
    commits: list[SeenCommit] = field(default_factory=list)
    pending: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ids = self.reference.by_id()

    def pack(self, data: bytes, number: int, *, last: bool) -> None:
        """Walk through one pack."""
        at = 0
        while at < len(data):
            step = self._commit(data, at, number) or self._entry(data, at, number)
            if not step:
                step = self._lost(data, at, number, last=last)
            at += step
        if self.pending:
            self._without_commit(number, len(data), last=last)

    def _without_commit(self, number: int, end: int, *, last: bool) -> None:
        """The pack ends after entries, without the commit frame that must follow them."""
        name, first = f"packs/{number:06d}.pack", self.pending[0]
        if last and first >= len(self.reference.leaves):
            self.faults.add(FaultKind.TORN_TAIL, f"{name} from byte {self.seen[first].place.offset}")
            for seq in self.pending:
                del self.seen[seq]
        else:
            self.faults.add(FaultKind.DAMAGED_COMMIT, f"{name}, missing at byte {end}")
        self.pending = []

    def _commit(self, data: bytes, at: int, number: int) -> int:
        if len(data) - at < COMMIT_BYTES or not self.pending:
            return 0
        if data[at : at + 4] != COMMIT_MAGIC and not self._hidden_commit(data, at):
            return 0
        self.commits.append(SeenCommit(number, at, data[at : at + COMMIT_BYTES], tuple(self.pending)))
        self.pending = []
        return COMMIT_BYTES

    def _hidden_commit(self, data: bytes, at: int) -> bool:
        """Whether a commit frame with a damaged magic stands here: what must follow it does."""
        after = at + COMMIT_BYTES
        if parse_stored(data, at) or parse_commit(data, at):
            return False
        if after == len(data):
            return self.expected >= len(self.reference.leaves) or not self._fits(data, at)
        header = parse_stored(data, after)
        return header is not None and header.id == self._id(self.expected)

    def _fits(self, data: bytes, at: int) -> bool:
        known = self.reference.get(self.expected)
        return bool(known and known.header and at + known.header.frame_length <= len(data))

    def _entry(self, data: bytes, at: int, number: int) -> int:
        header = parse_stored(data, at)
        seq = self._ids.get(header.id) if header else None
        if header is None or (seq is None and self._id(self.expected) is not None):
            return self._hurt(data, at, number)
        seq = self.expected if seq is None else seq
        known = self.reference.get(seq)
        if known and known.header and known.header != header._replace(stub=False):
            return self._hurt(data, at, number)
        if at + header.stored_length > len(data) or self._other_form(data, at, header, seq):
            return self._hurt(data, at, number)
        leaf = stored_leaf(memoryview(data), at, header)
        clear = data[at + HEADER_BYTES : at + header.body_start - COMMITMENT_BYTES]
        place = Place(header.kind, number, at, header.id, leaf)
        self._meet(seq, Seen(place, leaf, clear, header.frame_length, header.stub))
        return header.stored_length

    def _other_form(self, data: bytes, at: int, header: Header, seq: int) -> bool:
        """Whether a frame's magic calls it a stub, or no stub, and it is the other, by what follows it."""
        other = header._replace(stub=not header.stub)
        right, wrong = (self._follows(data, at + form.stored_length, seq) for form in (header, other))
        return header.kind is not Kind.ACTION and wrong and not right

    def _hurt(self, data: bytes, at: int, number: int) -> int:
        """A damaged header: the reference says whose frame this is, and how long, whole or as a stub."""
        known = self.reference.get(self.expected)
        if known is None or known.id is None or known.header is None:
            return 0
        header = known.header
        forms = [header] if header.kind is Kind.ACTION else [header._replace(stub=True), header]
        lengths = [form.stored_length for form in forms if at + form.stored_length <= len(data)]
        after = [each for each in lengths if self._follows(data, at + each, self.expected)]
        after += [each for each in reversed(lengths) if self._plausible(data, at + each)]
        if not after:
            return 0
        place = Place(header.kind, number, at, known.id, NO_LEAF)
        self._meet(self.expected, Seen(place, None, b"", header.frame_length))
        return after[0]

    def _follows(self, data: bytes, after: int, seq: int) -> bool:
        """Whether what must come after an entry stands here: a commit frame, or the next entry."""
        header = parse_stored(data, after)
        return data[after : after + 4] == COMMIT_MAGIC or (
            header is not None and header.id == self._id(seq + 1)
        )

    def _plausible(self, data: bytes, after: int) -> bool:
        """Whether anything begins here, be it behind a commit frame with a damaged magic."""
        if parse_stored(data, after):
            return True
        return len(data) - after >= COMMIT_BYTES and (
            len(data) - after == COMMIT_BYTES or parse_stored(data, after + COMMIT_BYTES) is not None
        )

    def _lost(self, data: bytes, at: int, number: int, *, last: bool) -> int:
        """Nothing can be made of this place: go on at the next frame that can be recognised."""
        following = self._next_frame(data, at + 1)
        torn = following == len(data) and last and self.expected >= len(self.reference.leaves)
        kind = FaultKind.TORN_TAIL if torn else FaultKind.DAMAGED_PACK
        if not (torn and self.pending):
            self.faults.add(kind, f"packs/{number:06d}.pack, bytes {at} to {following}")
        if following < len(data):
            self.pending = []
        return following - at

    def _next_frame(self, data: bytes, start: int) -> int:
        for found in ANY_ENTRY.finditer(data, start):
            header = parse_stored(data, found.start())
            if header and (header.id in self._ids or not self._ids):
                return found.start()
        return len(data)

    def _meet(self, seq: int, frame: Seen) -> None:
        if seq in self.seen:
            where = f"packs/{frame.place.pack:06d}.pack at byte {frame.place.offset}"
            self.faults.add(FaultKind.DUPLICATE_ENTRY, where, frame.place.id)
            return
        self.seen[seq] = frame
        self.pending.append(seq)
        self.expected = seq + 1

    def _id(self, seq: int) -> RecordId | None:
        known = self.reference.get(seq)
        return known.id if known else None


def diagnose(layout: Layout, organisation: str, head: Checkpoint | None, faults: FaultList) -> Diagnosis:
    """Walk all packs and name every fault in them."""
    walk = Walk(gather(layout, head), faults)
    numbers = layout.pack_numbers()
    for number in range(1, max(numbers, default=0) + 1):
        if number in numbers:
            walk.pack(layout.pack(number).read_bytes(), number, last=number == numbers[-1])
        else:
            faults.add(FaultKind.MISSING_FILE, f"packs/{number:06d}.pack")
    result = _rebuild(walk, organisation)
    _compare_commits(walk, result, organisation)
    _compare_head(result, head, faults)
    return result


def _rebuild(walk: Walk, organisation: str) -> Diagnosis:
    result = Diagnosis(Ledger(chain_start(organisation)))
    before: tuple[int, int] = (0, -1)
    for seq in range(max(len(walk.reference.leaves), max(walk.seen, default=-1) + 1)):
        known, frame = walk.reference.get(seq), walk.seen.get(seq)
        place = _settle(walk, result, seq, known, frame)
        result.ledger.tree.extend((place.leaf,))
        result.ledger.index.add(place)
        result.records += place.kind is Kind.RECORD
        record = erased_record(_clear(known, frame)) if place.kind is Kind.ACTION else None
        if record:
            result.orders.add(record)
        if frame:
            position = (frame.place.pack, frame.place.offset)
            if position < before:
                walk.faults.add(FaultKind.MOVED_ENTRY, _where(frame.place, seq), place.id)
            before = max(before, position)
    return result


def _settle(walk: Walk, result: Diagnosis, seq: int, known: Known | None, frame: Seen | None) -> Place:
    """The place of one leaf, after noting what is wrong with its frame."""
    leaf = known.leaf if known else None
    record = (known.id if known else None) or (frame.place.id if frame else None)
    header: Header | None = known.header if known else None
    kind = header.kind if header else (known.place.kind if known and known.place else None)
    kind = kind or (frame.place.kind if frame else Kind.RECORD)
    if frame is None:
        result.unreadable.add(seq)
        walk.faults.add(FaultKind.MISSING_ENTRY, f"entry {seq}", record)
    elif frame.leaf is None or (leaf is not None and frame.leaf != leaf):
        result.unreadable.add(seq)
        hurt = FaultKind.DAMAGED_ACTION if kind is Kind.ACTION else FaultKind.DAMAGED_RECORD
        walk.faults.add(hurt, _where(frame.place, seq), record)
    elif frame.stub:
        result.stubs.add(seq)
    pack, offset = (frame.place.pack, frame.place.offset) if frame else (0, 0)
    if known and known.place and (pack, offset) != (known.place.pack, known.place.offset):
        # The index is right about where the entry belongs; it cannot be read from there now.
        pack, offset = known.place.pack, known.place.offset
        result.unreadable.add(seq)
    if leaf is None:
        leaf = frame.leaf if frame and frame.leaf else NO_LEAF
    return Place(kind, pack, offset, record or RecordId(bytes(16)), leaf)


def _clear(known: Known | None, frame: Seen | None) -> bytes:
    return known.clear if known and known.clear else (frame.clear if frame else b"")


def _where(place: Place, seq: int) -> str:
    return f"entry {seq}, packs/{place.pack:06d}.pack at byte {place.offset}"


def _compare_commits(walk: Walk, result: Diagnosis, organisation: str) -> None:
    """Every commit frame is made again from its leaves: what differs is damage in the frame itself."""
    chain = chain_start(organisation)
    tree = result.ledger.tree
    for found in walk.commits:
        first, count = found.leaves[0], len(found.leaves)
        length = sum(walk.seen[seq].length for seq in found.leaves)
        leaves = [tree.leaf(first + at) for at in range(count)] if first + count <= tree.size else []
        right = make_commit(first, length, tree.root(min(first + count, tree.size)), chain, leaves)
        in_order = list(found.leaves) == list(range(first, first + count))
        if in_order and found.data != pack_commit(right):
            where = f"packs/{found.pack:06d}.pack, commit frame at byte {found.offset}"
            walk.faults.add(FaultKind.DAMAGED_COMMIT, where)
        parsed = parse_commit(found.data)
        chain = right.digest if in_order or parsed is None else parsed.digest


def _compare_head(result: Diagnosis, head: Checkpoint | None, faults: FaultList) -> None:
    if head is None:
        return
    tree = result.ledger.tree
    if tree.size < head.size:
        faults.add(FaultKind.ROLLED_BACK, f"{tree.size} entries, and the checkpoint has {head.size}")
        return
    result.authentic = tree.root(head.size) == head.root
    if not result.authentic and not faults:
        faults.add(FaultKind.REWRITTEN, f"the root over {head.size} entries is not the signed one")
