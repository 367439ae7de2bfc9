"""Verifying what came since the last verification without a fault.

What was verified before is in the ledger itself, as an action that names the first and last entry, so that
nobody can claim more. A file outside the ledger only says where those actions are: without it, or with a false
one, everything is read. Everything is read too where a full verification is older than 30 days, where the epoch
has turned since (every key slot was written anew), and whenever anything at all is not as it should be.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from muniment.core import canonical
from muniment.core.errors import FaultFoundError, MunimentError
from muniment.core.ids import RecordId
from muniment.core.merkle import leaf_hash
from muniment.core.tags import EventTag
from muniment.vault.anchors.checking import AnchorCheck, Trust
from muniment.vault.checkpoint import Checkpoint, LedgerVerifier
from muniment.vault.faults import Checked, FaultList, Report
from muniment.vault.frames import Kind
from muniment.vault.index import INDEX_BYTES, Index, parse_place
from muniment.vault.key_check import EpochKeys
from muniment.vault.key_look import KeyLook
from muniment.vault.layout import Layout
from muniment.vault.orders import destroyed_by, erased_record
from muniment.vault.packs import PackReader, read_groups
from muniment.vault.recovery import Ledger
from muniment.vault.slots import State
from muniment.vault.store import read_ledger_key
from muniment.vault.survey import Survey
from muniment.vault.tile_tree import TileTree
from muniment.vault.tiles import ENTRIES, split_bundle, tile_name
from muniment.vault.tree import TILE_WIDTH, Tree

FULL = "full"
INCREMENTAL = "incremental"
FULL_LASTS = 30 * 24 * 3600
"""Seconds after which everything is read again."""
NOBODY = Trust()
ALL_AGAIN = frozenset({EventTag.EPOCH_TURNED})
"""Actions after which key slots stand anew that were verified before."""


class Mark(msgspec.Struct, frozen=True):
    """Which entries of the ledger say what was verified: the last full verification, and the last of any kind."""

    full: int
    last: int


def since(
    path: Path,
    organisation: str,
    mark: Mark | None,
    now: int,
    *,
    keys: EpochKeys | None = None,
    ledger_key: LedgerVerifier | None = None,
    outside: tuple[str, ...] = (),
    trust: Trust = NOBODY,
) -> Report | None:
    """Check what came after `mark`, also while a server runs; None if everything must be read. `now` in seconds."""
    layout = Layout(path)
    if mark is None:
        return None
    try:
        anchors, faults = FaultList(), FaultList()
        check = AnchorCheck(layout, anchors, trust)
        verifier = ledger_key or read_ledger_key(layout)
        head = verifier.open(layout.checkpoint.read_bytes().decode())
        run = _Since(layout, organisation, head)
        first = run.begin(mark, now)
        run.packs()
        run.keys(first, keys)
        run.derived(first)
        notes = [*check.check(verifier, run.found, outside), *check.missing(outside)]
    except (MunimentError, OSError, ValueError):  # text that is none is a ValueError
        return None
    if anchors or faults:
        return None
    size = len(run.found.index)
    checked = Checked(INCREMENTAL, size - first, size)
    return Report(run.found.records, size - first, (), tuple(notes), checked)


@dataclass
class _Since:
    """One run. Each step raises a MunimentError where it finds anything that is not as it should be."""

    layout: Layout
    organisation: str
    head: Checkpoint

    def begin(self, mark: Mark, now: int) -> int:
        """Take up the ledger where the last verification ended; the first entry that is new."""
        self.tiles = TileTree(self.layout, self.head)
        known, reader = self.layout.index.read_bytes(), PackReader(self.layout)
        try:
            first = self._verified(mark, now, known, reader)
            index = Index.load(known, first)
            if index is None:
                raise FaultFoundError("The index is damaged or too short.")
            self.found = Survey(self._ledger(index, reader))
            self._earlier_packs(index, reader)
        finally:
            reader.close()
        return first

    def _verified(self, mark: Mark, now: int, known: bytes, reader: PackReader) -> int:
        full, last = (self._verification(seq, known, reader) for seq in (mark.full, mark.last))
        age = now - int(str(full.get("time")))
        if full.get("rule") != FULL or not 0 <= age < FULL_LASTS:
            raise FaultFoundError("The last full verification is too long ago.")
        reached = last.get("range")
        if not isinstance(reached, list) or len(reached) != 2 or not isinstance(reached[1], int):  # noqa: PLR2004
            raise FaultFoundError("The mark names no range.")
        first = reached[1] + 1
        if not 0 < first <= mark.last or mark.full > mark.last:
            raise FaultFoundError("The mark does not fit the ledger.")
        return first

    def _verification(self, seq: int, known: bytes, reader: PackReader) -> dict[str, canonical.Json]:
        """The clear part of an entry that says what was verified; it is under the signed root."""
        place = parse_place(known[seq * INDEX_BYTES : (seq + 1) * INDEX_BYTES]) if seq >= 0 else None
        if place is None or seq >= self.head.size or place.leaf != self.tiles.leaf(seq):
            raise FaultFoundError("The mark is of another ledger.")
        action = canonical.loads(reader.entry(seq, place).clear)
        if not isinstance(action, dict) or action.get("tag") != EventTag.LEDGER_VERIFIED:
            raise FaultFoundError("The mark is of no verification.")
        return action

    def _ledger(self, index: Index, reader: PackReader) -> Ledger:
        tree = Tree()
        tree.extend(index.leaves())
        last = index.place(tree.size - 1)
        found = reader.commit_after(last)
        if found is None or found[0].root != tree.root() or found[0].first + found[0].count != tree.size:
            raise FaultFoundError("The last verification did not end between two commits.")
        return Ledger(found[0].digest, tree, index, last.pack, found[1])

    def _earlier_packs(self, index: Index, reader: PackReader) -> None:
        """What was verified is still as long as it was, and no pack is missing or of no one's."""
        numbers = self.layout.pack_numbers()
        if numbers != list(range(1, len(numbers) + 1)):
            raise FaultFoundError("A pack is missing.")
        ends: dict[int, int] = {}
        for seq in range(len(index)):
            ends[index.place(seq).pack] = seq
        for number, seq in ends.items():
            found = reader.commit_after(index.place(seq))
            size = self.layout.pack(number).stat().st_size
            if found is None or (size != found[1] if number < self.found.ledger.pack else size < found[1]):
                raise FaultFoundError(f"Pack {number} is not as long as it was.")

    def packs(self) -> None:
        """Read every group that came since, and compare the whole with the signed head."""
        ledger = self.found.ledger
        numbers = self.layout.pack_numbers()
        for number in range(ledger.pack, numbers[-1] + 1):
            start = ledger.end if number == ledger.pack else 0
            with self.layout.pack(number).open("rb") as stream:
                stream.seek(start)
                data = stream.read()
            end = start
            for group in read_groups(data, number, start):
                ledger.take(group, number)
                end = group.end
                self.found.records += sum(place.kind is Kind.RECORD for place in group.places)
            if end != start + len(data) and number != numbers[-1]:
                raise FaultFoundError(f"Pack {number} is damaged.")
        tree = ledger.tree
        if tree.size < self.head.size or tree.root(self.head.size) != self.head.root:
            raise FaultFoundError("The packs are not those of the signed ledger.")

    def keys(self, first: int, keys: EpochKeys | None) -> None:
        """Check the slot of every new entry under the head, and that what is ordered to be erased is."""
        index, reader = self.found.index, PackReader(self.layout)
        look = KeyLook(self.layout, self.organisation, keys)
        try:
            empty: set[int] = set()
            for seq in range(first, self.head.size):
                entry, slot = reader.entry(seq, index.place(seq)), look.slot(seq)
                if slot.state is State.LIVE:
                    look.check(entry, slot)
                else:
                    empty.add(seq)
                if entry.kind is Kind.ACTION:
                    self._action(entry.clear)
            self._destroyed(empty, look, reader)
        finally:
            reader.close()
            look.close()

    def _action(self, clear: bytes) -> None:
        record = erased_record(clear)
        if record:
            self.found.orders.add(record)
        elif any(tag.encode() in clear for tag in ALL_AGAIN):
            raise FaultFoundError("Every key slot stands anew.")

    def _destroyed(self, empty: set[int], look: KeyLook, reader: PackReader) -> None:
        index = self.found.index
        for seq in range(
            self.head.size, len(index)
        ):  # orders beyond the head may have been carried out already
            if index.kind(seq) == Kind.ACTION:
                self._action(reader.entry(seq, index.place(seq)).clear)
        ordered = set[int]().union(
            *(destroyed_by(RecordId(record), index.sequence) for record in self.found.orders)
        )
        if empty - ordered:
            raise FaultFoundError("A key is gone without an order.")
        if any(look.slot(seq).state is State.LIVE for seq in ordered if seq < len(index)):
            raise FaultFoundError("A key is there whose destruction is ordered.")

    def derived(self, first: int) -> None:
        """Compare tiles, bundles and index with the new entries."""
        size = self.head.size
        if any(self.tiles.leaf(seq) != self.found.ledger.tree.leaf(seq) for seq in range(first, size)):
            raise FaultFoundError("The tiles are not those of the ledger.")
        known, right = self.layout.index.read_bytes(), self.found.index.image
        if known[first * INDEX_BYTES : size * INDEX_BYTES] != right[first * INDEX_BYTES : size * INDEX_BYTES]:
            raise FaultFoundError("The index is not that of the packs.")
        for number in range(first // TILE_WIDTH, -(-size // TILE_WIDTH)):
            begin, width = number * TILE_WIDTH, min(TILE_WIDTH, size - number * TILE_WIDTH)
            name = tile_name(ENTRIES, number, width)
            hashes = [leaf_hash(each) for each in split_bundle(self.layout.tile(name).read_bytes())]
            if hashes != [self.found.ledger.tree.leaf(seq) for seq in range(begin, begin + width)]:
                raise FaultFoundError(f"log/{name} is not what the ledger says.")
