"""Making a backup while everything runs.

    1. The system tables, encrypted as they are: never newer than what follows.
    2. For each organisation: keys and extent of its ledger, both of one moment between two commits, from
       the keeper. What an erasure destroyed is not in them; what a commit added is in both or in neither.
    3. The packs up to that extent: entries that are durable and never change, so they can be copied after it.
       A pack that was compacted since it was copied stays as it was copied.
    4. The generation's own file, last: only now it counts.
    5. Generations whose time is over are removed.

A stop at any point leaves the earlier generations as they were and bytes in packs that are right anyhow; the
next backup goes on from there. Generations that expire are removed first of all too: also a backup that cannot
be made lets keys go in time.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec

from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.vault import shards
from muniment.vault.backup import generations
from muniment.vault.backup.destination import Destination, DifferentError, Stored, whole
from muniment.vault.backup.folder import Folder
from muniment.vault.backup.generations import DAY, SEAL, Generation, OrganisationPart
from muniment.vault.backup.joining import Copy, bring
from muniment.vault.backup.places import Where, place
from muniment.vault.checkpoint import ledger_name
from muniment.vault.layout import Layout
from muniment.vault.messages import KeysTaken
from muniment.vault.packs import held

LONGEST_KEPT = 30  # days
TABLES = "muniment.db"
SETTINGS = "muniment.toml"
LOCK = "backup.lock"
ASIDE = "backup-"


class Keeper(Protocol):
    """What a backup asks of the keeper; `vault.client.DeskDoor` is one."""

    def take_keys(self, organisation: str, backup: str, expires: int, destination: str) -> KeysTaken:
        """Keys and extent of one moment."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes of packs copied so far, and how many there are to copy as far as is known."""

    done: int
    total: int


class Made(msgspec.Struct, frozen=True):
    """A finished backup: its generation of keys and when that expires, entries by organisation.

    `copied` counts bytes of packs that were new; `removed` are generations whose time was over, `kept` those
    that are there now, oldest first.
    """

    generation: str
    expires: int
    entries: dict[str, int]
    copied: int
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Plan:
    """What to back up, and for how many days the keys are kept. `tables` writes the system tables to a path."""

    home: Home
    organisations: tuple[str, ...]
    tables: Callable[[Path], None]
    days: int = LONGEST_KEPT


def make(
    where: Where, keeper: Keeper, plan: Plan, now: int, progress: Callable[[Progress], None] = lambda _: None
) -> Made:
    """Back an installation up into a folder, which is made if it is missing, or into a bucket.

    NotAvailableError if the place or the keeper cannot; RefusedError for a place that keys could not be
    removed from; FaultFoundError if the packs here are not those that were backed up before: nothing is
    overwritten then.
    """
    if not 0 < plan.days <= LONGEST_KEPT:
        raise WrongUseError(f"Keys in a backup are kept for 1 to {LONGEST_KEPT} days.")
    begun = time.monotonic()
    to = place(where)
    try:
        with _only_backup(plan.home), to.alone(writing=True):
            return _Making(to, keeper, plan, now, progress).run(begun)
    except OSError as error:
        raise NotAvailableError("The backup could not be made.", why=f"{error}.") from error


class _Making:
    def __init__(
        self, to: Destination, keeper: Keeper, plan: Plan, now: int, progress: Callable[[Progress], None]
    ) -> None:
        self._to, self._keeper, self._plan, self._now = to, keeper, plan, now
        self._progress = progress
        self._copied = self._total = 0
        there = generations.listing(to)
        self._last = max((int(each.id.partition("-")[0]) for each in there.whole), default=0)
        self._before = {part.ledger: part for each in there.whole for part in each.organisations}
        generations.remove_unfinished(to, there, now, alone=isinstance(to, Folder))
        self._removed = generations.remove_expired(to, there, now)

    def run(self, begun: float) -> Made:
        to, plan = self._to, self._plan
        stamp = datetime.fromtimestamp(self._now, UTC).strftime("%Y%m%dT%H%M%SZ")
        name, expires = (
            f"{self._last + 1:06d}-{stamp}-{secrets.token_hex(4)}",
            self._now + plan.days * DAY,
        )
        self._tables(generations.keys(name) + TABLES)
        if plan.home.settings.is_file():
            to.write(generations.keys(name) + SETTINGS, plan.home.settings.read_bytes())
        parts = tuple(part for each in plan.organisations for part in self._organisation(each, name, expires))
        made = Generation(name, self._now, expires, parts)
        to.write(generations.keys(name) + SEAL, msgspec.json.format(msgspec.json.encode(made)))
        for each in parts:
            to.write(generations.packs(each.ledger) + "checkpoint", each.checkpoint.encode())
        return Made(
            generation=name,
            expires=expires,
            entries=_entries(parts),
            copied=self._copied,
            removed=self._removed,
            kept=tuple(each.id for each in generations.listing(to).whole),
            seconds=round(time.monotonic() - begun, 3),
        )

    def _tables(self, name: str) -> None:
        """The database goes by a copy in the home, encrypted like itself, that is removed again."""
        folder = self._plan.home.path / "run"
        for left in folder.glob(f"{ASIDE}*"):
            left.unlink()
        aside = folder / f"{ASIDE}{secrets.token_hex(4)}"
        try:
            self._plan.tables(aside)
            if aside.is_file():
                for _ in self._to.grow(name, aside, aside.stat().st_size):
                    pass
        finally:
            aside.unlink(missing_ok=True)

    def _organisation(self, organisation: str, name: str, expires: int) -> list[OrganisationPart]:
        layouts = shards.layouts(self._plan.home.vault(organisation))
        with ExitStack() as stack:
            # No entry becomes a stub whose order comes after what is taken here.
            for layout in layouts.values():
                stack.enter_context(held(layout, alone=False))
            stored = self._to.listed(generations.packs(organisation))
            for number, layout in layouts.items():
                self._require_same_ledger(ledger_name(organisation, number), layout, stored)
            taken = self._keeper.take_keys(organisation, name, expires, self._to.title)
            self._to.write(f"{generations.keys(name, organisation)}keyring", taken.keyring)
            return [self._shard(organisation, name, each, stored) for each in (taken, *taken.later)]

    def _shard(
        self, organisation: str, name: str, taken: KeysTaken, stored: list[Stored]
    ) -> OrganisationPart:
        layout = Layout(shards.path(self._plan.home.vault(organisation), taken.shard))
        part = OrganisationPart(
            organisation, taken.size, taken.checkpoint, taken.packs, taken.generation, taken.shard
        )
        self._require_same_ledger(part.ledger, layout, stored)  # a shard may have been begun meanwhile
        to, packs = self._to, generations.packs(part.ledger)
        keys, under = layout.key_files(taken.generation), generations.keys(name, part.ledger)
        to.write(under + keys.slots.name, taken.slots)
        to.write(under + keys.batches.name, taken.batches)
        kept = {"ledger-key": layout.ledger_key} | {
            f"anchors/{path.name}": path for path in sorted(layout.anchors.glob("*.checkpoint"))
        }
        for each in kept.keys() - {one.name.removeprefix(packs) for one in stored}:  # neither ever changes
            to.write(packs + each, kept[each].read_bytes())
        self._packs(part.ledger, layout, taken.packs, generations.pack_sizes(stored, part.ledger))
        return part

    def _require_same_ledger(self, ledger: str, layout: Layout, stored: list[Stored]) -> None:
        known = f"{generations.packs(ledger)}ledger-key"
        if (
            known in {each.name for each in stored}
            and whole(self._to, known) != layout.ledger_key.read_bytes()
        ):
            raise FaultFoundError(
                f"{known} in {self._to.title} is of another ledger.",
                remedy="Choose another place for this backup.",
            )

    def _packs(self, ledger: str, layout: Layout, lengths: tuple[int, ...], there: dict[str, int]) -> None:
        """Copy what is new of each pack."""
        names = [layout.pack(number).name for number in range(1, len(lengths) + 1)]
        self._total += max(0, sum(lengths) - sum(there.values()))
        last = max((name for name, size in there.items() if size), default="")
        before = self._before.get(ledger)
        if there.keys() - set(names):
            raise _not_the_same(f"pack {len(lengths) + 1}", ledger)
        for at, (name, length) in enumerate(zip(names, lengths, strict=True)):
            relied = before.packs[at] if before and at < len(before.packs) else 0
            # What an earlier backup finished was synced; only after that can a crash have left rubbish.
            copy = Copy(self._to, generations.packs(ledger) + name, there.get(name, 0), synced=name < last)
            try:
                for size in bring(layout.pack(at + 1), copy, length, least=min(relied, length)):
                    self._copied += size
                    self._progress(Progress(self._copied, self._total))
            except DifferentError as error:
                raise _not_the_same(name, ledger) from error


@contextmanager
def _only_backup(home: Home) -> Iterator[None]:
    """Two backups of one home at once would harm nothing and only take twice the time."""
    path = home.path / "run" / LOCK
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotAvailableError("Another backup of this home is at work.") from error
        yield
    finally:
        os.close(descriptor)


def _entries(parts: Iterable[OrganisationPart]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in parts:
        found[each.organisation] = found.get(each.organisation, 0) + each.size
    return found


def _not_the_same(pack: str, ledger: str) -> FaultFoundError:
    return FaultFoundError(
        f"{pack} of {ledger} is not the pack that was backed up before.",
        why="Packs only grow or lose what was erased; this one was changed, or the installation was set back.",
        remedy="Run muniment verify, with a checkpoint from elsewhere. Nothing was overwritten.",
    )
