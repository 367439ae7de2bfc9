"""Quick verifications, and everything where they do not suffice: a report lists all damage, or there is none."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from muniment.core.errors import MunimentError
from muniment.vault import incremental, sampling, shards
from muniment.vault.anchors.checking import Trust
from muniment.vault.chain import read_frozen
from muniment.vault.checkpoint import LedgerVerifier
from muniment.vault.faults import Checked, Report
from muniment.vault.incremental import Mark
from muniment.vault.index import INDEX_BYTES, parse_place
from muniment.vault.key_check import EpochKeys
from muniment.vault.layout import Layout
from muniment.vault.packs import PackReader
from muniment.vault.sampling import Amount
from muniment.vault.verify import verify

NOBODY = Trust()
READ_AGAIN = "Something did not fit at first, so everything was read: nothing is wrong with it now."
READ_ALL = "No earlier verification could be gone on from, so everything was read."


@dataclass(frozen=True)
class Quick:
    """One vault, and whom to believe; arguments as those of `verify`."""

    path: Path
    organisation: str
    keys: EpochKeys | None = None
    ledger_key: LedgerVerifier | None = None
    outside: tuple[str, ...] = ()
    trust: Trust = NOBODY

    def sampled(self, amount: Amount) -> Report:
        """Random entries; everything if one is not as it should be, or a head was given to compare with."""
        return self._or_all(lambda: self._sample(amount), READ_AGAIN)

    def incremental(self, mark: Mark | None, now: int) -> Report:
        """What came since the verification that `mark` names; everything where it cannot be gone on from."""
        return self._or_all(lambda: self._since(mark, now), READ_ALL)

    def full(self) -> Report:
        """Everything."""
        report = verify(
            self.path,
            self.organisation,
            keys=self.keys,
            ledger_key=self.ledger_key,
            outside=self.outside,
            trust=self.trust,
        )
        checked = Checked(incremental.FULL, report.leaves, report.leaves)
        return msgspec.structs.replace(report, checked=checked)

    def _or_all(self, quick: Callable[[], Report | None], note: str) -> Report:
        report = quick() if _alone(self.path) else None
        if report is not None:
            return report
        report = self.full()
        return report if report.faults else msgspec.structs.replace(report, notes=(*report.notes, note))

    def _sample(self, amount: Amount) -> Report | None:
        if self.outside:
            return None
        return sampling.sample(
            self.path, self.organisation, amount, keys=self.keys, ledger_key=self.ledger_key
        )

    def _since(self, mark: Mark | None, now: int) -> Report | None:
        return incremental.since(
            self.path,
            self.organisation,
            mark,
            now,
            keys=self.keys,
            ledger_key=self.ledger_key,
            outside=self.outside,
            trust=self.trust,
        )


def _alone(path: Path) -> bool:
    """Whether there is one shard and none is missing: only then a part of it says something about all."""
    if shards.numbers(path) != [shards.FIRST]:
        return False
    layout = Layout(path)
    try:
        with layout.index.open("rb") as index:
            index.seek(-INDEX_BYTES, os.SEEK_END)
            place = parse_place(index.read())
        reader = PackReader(layout)
        try:
            return place is not None and read_frozen(reader.entry(0, place).clear) is None
        finally:
            reader.close()
    except (OSError, MunimentError):
        return False
