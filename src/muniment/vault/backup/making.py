"""Making a backup while everything runs.

    1. The system tables, encrypted as they are: never newer than what follows.
    2. For each organisation: keys and extent of its ledger, both of one moment between two commits, from
       the keeper. What an erasure destroyed is not in them; what a commit added is in both or in neither.
    3. The packs up to that extent: entries that are durable and never change, so they can be copied after it.
       A pack that was compacted since it was copied stays as it was copied.
    4. The generation's own file, last: only now it counts.
    5. Generations whose time is over are removed.

A stop at any point leaves the earlier generations as they were and bytes in packs that are right anyhow; the
next backup goes on from there.
"""

import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec

from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.vault.backup import folder as files
from muniment.vault.backup.folder import PART, BackupFolder, Generation, OrganisationPart
from muniment.vault.backup.joining import bring
from muniment.vault.layout import Layout
from muniment.vault.messages import KeysTaken
from muniment.vault.packs import held

DAY = 24 * 3600
LONGEST_KEPT = 30  # days
TABLES = "muniment.db"
SETTINGS = "muniment.toml"


class Keeper(Protocol):
    """What a backup asks of the keeper; `vault.client.DeskDoor` is one."""

    def take_keys(self, organisation: str, backup: str, expires: int) -> KeysTaken:
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
    where: Path, keeper: Keeper, plan: Plan, now: int, progress: Callable[[Progress], None] = lambda _: None
) -> Made:
    """Back an installation up into a folder, which is made if it is missing.

    NotAvailableError if the disk or the keeper cannot; FaultFoundError if the packs here are not those that
    were backed up before: nothing is overwritten then.
    """
    if not 0 < plan.days <= LONGEST_KEPT:
        raise WrongUseError(f"Keys in a backup are kept for 1 to {LONGEST_KEPT} days.")
    begun = time.monotonic()
    backup = BackupFolder(where)
    try:
        (where / "keys").mkdir(parents=True, exist_ok=True, mode=0o700)
        with backup.alone():
            return _Making(backup, keeper, plan, now, progress).run(begun)
    except OSError as error:
        raise NotAvailableError("The backup could not be made.", why=f"{error}.") from error


class _Making:
    def __init__(
        self,
        backup: BackupFolder,
        keeper: Keeper,
        plan: Plan,
        now: int,
        progress: Callable[[Progress], None],
    ) -> None:
        self._backup, self._keeper, self._plan, self._now = backup, keeper, plan, now
        self._progress = progress
        self._copied = self._total = 0
        earlier = backup.generations()
        self._before = {part.organisation: part for each in earlier for part in each.organisations}

    def run(self, begun: float) -> Made:
        backup, plan = self._backup, self._plan
        for name in backup.unfinished():
            shutil.rmtree(backup.generation(name))
        stamp = datetime.fromtimestamp(self._now, UTC).strftime("%Y%m%dT%H%M%SZ")
        number = 1 + max((int(each.id.partition("-")[0]) for each in backup.generations()), default=0)
        name, expires = f"{number:06d}-{stamp}-{secrets.token_hex(4)}", self._now + plan.days * DAY
        part = backup.generation(name + PART)
        part.mkdir(mode=0o700)
        plan.tables(part / TABLES)
        if plan.home.settings.is_file():
            files.write(part / SETTINGS, plan.home.settings.read_bytes())
        parts = tuple(self._organisation(each, name, expires, part / each) for each in plan.organisations)
        made = Generation(name, self._now, expires, parts)
        files.write(part / "generation.json", msgspec.json.format(msgspec.json.encode(made)))
        part.rename(backup.generation(name))
        files.sync_folder(part.parent)
        for each in parts:
            files.write(backup.packs(each.organisation) / "checkpoint", each.checkpoint.encode())
        removed = self._remove_expired()
        return Made(
            generation=name,
            expires=expires,
            entries={each.organisation: each.size for each in parts},
            copied=self._copied,
            removed=removed,
            kept=tuple(each.id for each in backup.generations()),
            seconds=round(time.monotonic() - begun, 3),
        )

    def _organisation(self, organisation: str, name: str, expires: int, part: Path) -> OrganisationPart:
        layout = Layout(self._plan.home.vault(organisation))
        packs = self._backup.packs(organisation)
        self._require_same_ledger(layout, packs)
        with held(layout, alone=False):  # no entry becomes a stub whose order comes after what is taken here
            return self._take(organisation, name, expires, part, layout)

    def _take(
        self, organisation: str, name: str, expires: int, part: Path, layout: Layout
    ) -> OrganisationPart:
        packs = self._backup.packs(organisation)
        taken = self._keeper.take_keys(organisation, name, expires)
        keys = layout.key_files(taken.generation)
        files.write(part / "keyring", taken.keyring)
        files.write(part / keys.slots.name, taken.slots)
        files.write(part / keys.batches.name, taken.batches)
        files.write(packs / "ledger-key", layout.ledger_key.read_bytes())
        for anchor in sorted(layout.anchors.glob("*.checkpoint")):
            files.write(packs / "anchors" / anchor.name, anchor.read_bytes())
        self._copy(organisation, layout, taken.packs)
        return OrganisationPart(organisation, taken.size, taken.checkpoint, taken.packs, taken.generation)

    def _require_same_ledger(self, layout: Layout, packs: Path) -> None:
        known = packs / "ledger-key"
        if known.is_file() and known.read_bytes() != layout.ledger_key.read_bytes():
            raise FaultFoundError(
                f"{packs} is the backup of another ledger.", remedy="Choose another folder for this backup."
            )

    def _copy(self, organisation: str, layout: Layout, lengths: tuple[int, ...]) -> None:
        folder = self._backup.packs(organisation)
        targets = [folder / layout.pack(number).name for number in range(1, len(lengths) + 1)]
        there = [target.stat().st_size if target.is_file() else 0 for target in targets]
        self._total += max(0, sum(lengths) - sum(there))
        last = max((at for at, size in enumerate(there) if size), default=0)
        before = self._before.get(organisation)
        if (folder / layout.pack(len(lengths) + 1).name).exists():
            raise _not_the_same(f"pack {len(lengths) + 1}", organisation)
        for at, (target, length) in enumerate(zip(targets, lengths, strict=True)):
            source = layout.pack(at + 1)
            whole = before.packs[at] if before and at < len(before.packs) else 0
            try:
                # What an earlier backup finished was synced; only after that can a crash have left rubbish.
                for size in bring(source, target, length, least=min(whole, length), synced=at < last):
                    self._copied += size
                    self._progress(Progress(self._copied, self._total))
            except FaultFoundError as error:
                raise _not_the_same(source.name, organisation) from error
        files.sync_folder(folder)

    def _remove_expired(self) -> tuple[str, ...]:
        over = tuple(each.id for each in self._backup.generations() if each.expires <= self._now)
        for name in over:
            self._backup.remove(name)
        return over


def _not_the_same(pack: str, organisation: str) -> FaultFoundError:
    return FaultFoundError(
        f"{pack} of {organisation} is not the pack that was backed up before.",
        why="Packs only grow or lose what was erased; this one was changed, or the installation was set back.",
        remedy="Run muniment verify, with a checkpoint from elsewhere. Nothing was overwritten.",
    )
