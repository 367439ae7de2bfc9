"""Whether the shards of a vault follow one another, and what a restore has declared lost."""

import time
from collections.abc import Sequence
from typing import NamedTuple

from muniment.core.errors import FaultFoundError, WrongUseError
from muniment.vault import shards
from muniment.vault.chain import Opened, Span, breaks, excuses
from muniment.vault.checkpoint import Checkpoint, LedgerVerifier, shard_of, split_note
from muniment.vault.faults import FaultKind, FaultList
from muniment.vault.key_check import SETTLING_SECONDS
from muniment.vault.layout import Layout
from muniment.vault.survey import Progress

LOST = (
    "Entries {first} to {last}, and perhaps later ones, are lost: the restore of backup {backup} says so, and two"
    " authorities have signed it. They are not a fault; nobody can say from here what they held."
)


class Link(NamedTuple):
    """One shard of the chain. `sound` says that its entries are what its head of `signed` entries signs."""

    number: int
    span: Span
    sound: bool
    signed: int


class Chain:
    """The shards of one organisation, in order."""

    def __init__(self, links: Sequence[Link], organisation: str) -> None:
        self._organisation = organisation
        begun = links if len(links) == 1 or links[-1].span.size else links[:-1]
        self._links = begun
        self._numbers = [link.number for link in begun]
        self._spans = [link.span for link in begun]
        there = {link.number for link in links} | {self._following}
        self.folders = frozenset(f"{shards.FOLDER}/{number:04d}" for number in there if number > shards.FIRST)
        """Where the later shards lie, below the first, also one that was being made."""

    @property
    def _following(self) -> int:
        """The number of the shard that the last one says is to follow; 0 if none is."""
        frozen = self._spans[-1].frozen
        try:
            return shard_of(frozen.verifier.origin, self._organisation) if frozen else 0
        except WrongUseError:
            return 0

    def excused(self, head: Checkpoint) -> bool:
        """Whether a head that contradicts what is here is of entries that a restore declares lost."""
        openings = self._openings().items()
        return any(excuses(opened, shard, head, self._organisation) for shard, opened in openings)

    def check(
        self, faults: FaultList, outside: Sequence[str], trusted: LedgerVerifier | None, *, live: bool
    ) -> list[str]:
        """Note every fault; the notes on what is lost. `outside` and `trusted` as in `verify`."""
        for at, why in breaks(self._spans, self._organisation):
            if self._links[at].sound and self._links[at - 1].sound:
                where = f"shard {self._numbers[at]} does not follow shard {self._numbers[at - 1]}: {why}"
                faults.add(FaultKind.BROKEN_CHAIN, where)
        for link in self._links[:-1]:
            if link.sound and link.signed < link.span.size:
                faults.add(FaultKind.BROKEN_CHAIN, f"the last head of shard {link.number} is not signed")
        if self._spans[-1].frozen:
            if live:
                time.sleep(SETTLING_SECONDS)  # it may be there now: then everything is looked at again
            faults.add(FaultKind.MISSING_SHARD, f"shard {self._following or '?'}")
        for note in outside:
            self._require(note, faults)
        if trusted and shard_of(trusted.origin, self._organisation) not in {0, *self._numbers}:
            faults.add(FaultKind.MISSING_SHARD, f"the shard of the given key {trusted.origin}")
        return [
            LOST.format(first=opened.range[0], last=opened.range[1], backup=opened.backup)
            for opened in self._openings().values()
            if opened.range
        ]

    def _require(self, note: str, faults: FaultList) -> None:
        """A head of a shard that is not here is of one that is missing, or was declared lost."""
        try:
            head = split_note(note)[0]
        except FaultFoundError:
            return  # named already
        number = shard_of(head.origin, self._organisation)
        if number and number not in self._numbers and not self.excused(head):
            faults.add(FaultKind.MISSING_SHARD, f"the given checkpoint is of shard {number}")

    def _openings(self) -> dict[int, Opened]:
        """How each later shard says that it follows, by its number, where it does so rightly."""
        wrong = {0} | {at for at, _ in breaks(self._spans, self._organisation)}
        right = (at for at in range(len(self._spans)) if at not in wrong)
        return {self._numbers[at]: opened for at in right if (opened := self._spans[at].opened)}


class Counter:
    """Tells one reader how far the reading of several shards is."""

    def __init__(self, progress: Progress, layouts: Sequence[Layout]) -> None:
        self._progress = progress
        self._sizes = [
            sum(layout.pack(number).stat().st_size for number in layout.pack_numbers()) for layout in layouts
        ]
        self._at = -1

    def next(self) -> Progress:
        """What the reading of the next shard tells."""
        self._at += 1
        before, after = sum(self._sizes[: self._at]), sum(self._sizes[self._at + 1 :])
        return lambda done, total: self._progress(before + done, before + total + after)
