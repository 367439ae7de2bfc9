"""Verifying a sample: random entries, read and checked against the signed head. What it can say, it says in numbers.

It costs what the sample costs, not what the ledger does. Whatever is wrong with one entry of it, everything is
read then, so that a report lists all damage and never the first of it alone.
"""

import math
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from secrets import SystemRandom

from muniment.core.errors import FaultFoundError, MunimentError, WrongUseError
from muniment.vault.checkpoint import Checkpoint, LedgerVerifier
from muniment.vault.faults import Checked, Report
from muniment.vault.frames import Kind
from muniment.vault.index import INDEX_BYTES, Index, Place, parse_place
from muniment.vault.key_check import EpochKeys
from muniment.vault.key_look import KeyLook
from muniment.vault.layout import Layout
from muniment.vault.orders import destroyed_by, erased_record
from muniment.vault.packs import PackReader
from muniment.vault.slots import State
from muniment.vault.store import read_ledger_key
from muniment.vault.tile_tree import TileTree

AMOUNT = re.compile(r"(?P<count>[1-9][0-9]*)|(?P<percent>[0-9]{1,3}(\.[0-9]+)?)%")
DAMAGED_SHARE = 100
"""The statement is about a damage of one entry in so many."""
ATTEMPTS = 3  # a writer may publish while the edge of the tree is being read

type Choose = Callable[[range, int], list[int]]
"""Draws so many of a range, each at most once."""
DRAW: Choose = SystemRandom().sample
DEEP = "deep"
"""The mode of a sample whose entries are opened with their keys, in the keeper."""


@dataclass(frozen=True)
class Amount:
    """How much to look at: a number of entries, or a share of all."""

    count: int = 0
    share: float = 0.0

    @classmethod
    def parse(cls, text: str) -> "Amount":
        """`500` or `2.5%`; WrongUseError for anything else."""
        found = AMOUNT.fullmatch(text)
        share = float(found["percent"]) / 100 if found and found["percent"] else 0.0
        if not found or share > 1 or not (share or found["count"]):
            raise WrongUseError(
                f"{text!r} is no size of a sample.", remedy="Write a number of entries, or 5%."
            )
        return cls(int(found["count"] or 0), share)

    def of(self, size: int) -> int:
        """How many of `size` entries that is: at least one, where there is one."""
        return min(size, max(1, self.count or math.ceil(self.share * size)))


def chance(entries: int, of: int) -> float:
    """How probably a damage of one entry in a hundred, at least, is met by so many random ones of all."""
    damaged = -(-of // DAMAGED_SHARE)
    missed = 1.0
    for at in range(entries):
        missed *= max(0, of - damaged - at) / (of - at)
    return 1 - missed


def sample(
    path: Path,
    organisation: str,
    amount: Amount,
    *,
    keys: EpochKeys | None = None,
    ledger_key: LedgerVerifier | None = None,
    choose: Choose = DRAW,
) -> Report | None:
    """What a sample shows, also while a server runs; None if anything is wrong with it: verify everything then."""
    layout = Layout(path)
    try:
        return _Sample(layout, organisation, keys, ledger_key).look(amount, choose)
    except (MunimentError, OSError, ValueError):  # text that is none is a ValueError
        return None


class _Sample:
    def __init__(
        self, layout: Layout, organisation: str, keys: EpochKeys | None, ledger_key: LedgerVerifier | None
    ) -> None:
        self._layout = layout
        self._head, self._tree = _published(layout, ledger_key)
        self._reader = PackReader(layout)
        self._look = KeyLook(layout, organisation, keys)
        self._ordered: set[int] | None = None

    def look(self, amount: Amount, choose: Choose) -> Report:
        size = self._head.size
        chosen = sorted(choose(range(size), amount.of(size))) if size else []
        try:
            with self._layout.index.open("rb") as index:
                records = sum(self._entry(seq, _place(index.fileno(), seq)) for seq in chosen)
        finally:
            self._reader.close()
            self._look.close()
        return Report(
            records, len(chosen), (), (), Checked("sampled", len(chosen), size, chance(len(chosen), size))
        )

    def _entry(self, seq: int, place: Place) -> bool:
        """Check one entry and its key; whether it is a record."""
        if place.leaf != self._tree.leaf(seq):
            raise FaultFoundError(f"The index is wrong about entry {seq}.")
        entry = self._reader.entry(seq, place)
        slot = self._look.slot(seq)
        if slot.state is State.LIVE:
            self._look.check(entry, slot)
        elif seq not in self._orders():
            raise FaultFoundError(f"The key of entry {seq} is gone without an order.")
        return entry.kind is Kind.RECORD

    def _orders(self) -> set[int]:
        """The entries whose erasure is ordered. All actions are read for it, once, and only if a slot is empty."""
        if self._ordered is None:
            data = self._layout.index.read_bytes()
            index = Index.load(data, len(data) // INDEX_BYTES)
            if index is None:
                raise FaultFoundError("The index is damaged.")
            self._ordered = set()
            for seq in range(len(index)):
                if index.kind(seq) == Kind.ACTION:
                    record = erased_record(self._reader.entry(seq, index.place(seq)).clear)
                    self._ordered |= destroyed_by(record, index.sequence) if record else set()
        return self._ordered


def _published(layout: Layout, ledger_key: LedgerVerifier | None) -> tuple[Checkpoint, TileTree]:
    for attempt in range(ATTEMPTS):
        head = (ledger_key or read_ledger_key(layout)).open(layout.checkpoint.read_bytes().decode())
        try:
            return head, TileTree(layout, head)
        except FaultFoundError:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError  # the last attempt has returned or raised


def _place(index: int, seq: int) -> Place:
    place = parse_place(os.pread(index, INDEX_BYTES, seq * INDEX_BYTES))
    if place is None:
        raise FaultFoundError(f"The index is damaged at entry {seq}.")
    return place
