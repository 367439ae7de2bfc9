"""The steward: backs up and verifies while everything runs, when it is due, and says loudly what went wrong.

A process of its own: reading every byte of a large vault takes time, and must not hold up mail or pages. It has
the key of the catalogue, to copy it, and no key that opens a record: a sample that is to be opened with its keys,
the keeper opens itself, and tells only how that went.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec
import structlog

from muniment.core import clock, settings
from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.core.settings import Settings
from muniment.core.tags import EventTag
from muniment.processes import anchoring, outcomes, schedule
from muniment.processes.outcomes import BACKUP, LOCKS, Outcome
from muniment.vault import shards
from muniment.vault.backup.destination import Destination
from muniment.vault.backup.making import Made, Plan, make
from muniment.vault.backup.places import place
from muniment.vault.backup.s3 import Bucket
from muniment.vault.backup.s3_client import Access
from muniment.vault.backup.s3_locks import Prolonged, prolong
from muniment.vault.client import DeskDoor
from muniment.vault.faults import Report
from muniment.vault.handover import StewardKeys, receive
from muniment.vault.incremental import FULL, Mark
from muniment.vault.marks import read_mark, write_mark
from muniment.vault.messages import Act, KeysTaken, Receipt, Status
from muniment.vault.quick import Quick
from muniment.vault.sampling import DEEP, Amount
from muniment.vault.store import read_ledger_key

LOOK_SECONDS = 5.0  # between two looks at whether anything is due
NICENESS = 10


class Desk(Protocol):
    """What the steward asks of the keeper; `vault.client.DeskDoor` is one."""

    def status(self) -> Status:
        """Which organisations there are."""
        ...

    def append(self, organisation: str, act: Act) -> Receipt:
        """Write what was verified or found to the ledger."""
        ...

    def take_keys(self, organisation: str, backup: str, expires: int, destination: str) -> KeysTaken:
        """What a backup needs."""
        ...

    def sample_deeply(self, organisation: str, entries: int, again: tuple[str, ...] = ()) -> Report:
        """Have random entries, and those named, opened with their keys, which stay in the keeper."""
        ...


@dataclass
class Steward:
    """Does what is due. `tables` copies the catalogue to a path that does not exist."""

    home: Home
    desk: Desk
    chosen: Settings
    tables: Callable[[Path], None]
    now: Callable[[], int] = clock.seconds
    started: int = field(default_factory=clock.seconds)

    def round(self) -> None:
        """Look once at every job. What goes wrong is noted and stops nothing."""
        try:
            status = self.desk.status().organisations
        except MunimentError:
            return  # the keeper is away; the worker's log says so
        organisations = tuple(each.organisation for each in status)
        if schedule.backs_up(self.chosen):
            last = outcomes.read(self.home, BACKUP)
            if schedule.backup_due(last, self.chosen.backup.every, self.now()):
                self._note(BACKUP, lambda: self._back_up(organisations))
        if (span := schedule.locks(self.chosen)) and schedule.backup_due(
            outcomes.read(self.home, LOCKS), span, self.now()
        ):
            self._note(LOCKS, lambda: self._prolong(organisations))
        for organisation in organisations:
            self._verify_what_is_due(organisation)
        for each in status:
            if not each.locked and self._verification_due(each.organisation, DEEP):
                self._try_with_keys(each.organisation)

    def _verify_what_is_due(self, organisation: str) -> None:
        for mode in schedule.MODES:
            if self._verification_due(organisation, mode):
                self._verify(organisation, mode)

    def _verification_due(self, organisation: str, mode: str) -> bool:
        last = outcomes.read(self.home, outcomes.job(organisation, mode))
        return schedule.verification_due(last, schedule.every(self.chosen, mode), self.now(), self.started)

    def _note(self, name: str, work: Callable[[], Outcome]) -> None:
        """Do one job, and keep how it went."""
        begun = time.monotonic()
        try:
            outcome = work()
        except MunimentError as error:
            outcome = Outcome(self.now(), well=False, says=str(error))
        except Exception as error:  # noqa: BLE001  its message could hold anything; its kind cannot
            outcome = Outcome(
                self.now(), well=False, says=f"It failed by a fault of our own ({type(error).__name__})."
            )
        outcome = _lasting(outcome, time.monotonic() - begun)
        log = structlog.get_logger().bind(job=name, seconds=outcome.seconds)
        if outcome.well:
            log.info("done")
        else:
            log.error("not done", why=outcome.says)
        try:
            outcomes.write(self.home, name, outcome)
        except MunimentError as error:
            log.error("not kept", why=error.what)  # noqa: TRY400  where it was found says nothing

    # --- backups --------------------------------------------------------------------------------

    def _back_up(self, organisations: tuple[str, ...]) -> Outcome:
        to = self._destination()
        plan = Plan(self.home, organisations, self.tables, self.chosen.backup.days)
        made = make(to, self.desk, plan, self.now())
        return Outcome(self.now(), well=True, says=told(made, to.title))

    def _prolong(self, organisations: tuple[str, ...]) -> Outcome:
        """Keep locked what was backed up of packs and is needed: a lock that runs out protects nothing."""
        to = self._destination()
        done = prolong(to, organisations, self.now()) if isinstance(to, Bucket) else Prolonged(0, 0, 0)
        return Outcome(self.now(), well=True, says=done.says)

    def _destination(self) -> Destination:
        chosen = self.chosen.backup
        return place(
            chosen.destination, access=Access(chosen.endpoint, chosen.region), lock_days=chosen.lock_days
        )

    # --- verifications --------------------------------------------------------------------------

    def _verify(self, organisation: str, mode: str) -> None:
        quick = Quick(self.home.vault(organisation), organisation, trust=anchoring.trust(self.chosen.anchors))
        known = outcomes.read(self.home, outcomes.job(organisation, mode))

        def work() -> Outcome:
            size = _published(self.home, organisation)
            report = self._report(quick, organisation, mode)
            done = report.checked.mode if report.checked else FULL
            if report.faults:
                if known is None or known.faults != report.faults:
                    self._tell_damage(organisation, done, report)
                return Outcome(self.now(), well=False, says=_damage(report), faults=report.faults)
            if done != "sampled" and size:
                self._tell_verified(organisation, done, size)
            if done == FULL != mode:  # more was read than was due
                outcomes.write(
                    self.home,
                    outcomes.job(organisation, FULL),
                    Outcome(self.now(), well=True, says=_says(report)),
                )
            return Outcome(self.now(), well=True, says=_says(report))

        self._note(outcomes.job(organisation, mode), work)

    def _report(self, quick: Quick, organisation: str, mode: str) -> Report:
        if mode == "sampled":
            return quick.sampled(Amount(self.chosen.verify.entries))
        if mode == "incremental":
            return quick.incremental(read_mark(self.home, organisation), self.now())
        return quick.full()

    def _try_with_keys(self, organisation: str) -> None:
        """A deep sample, with what did not open the last time: other entries that open take nothing back.

        The keeper writes to the ledger which entries it has drawn before it opens them.
        """
        last = outcomes.read(self.home, outcomes.job(organisation, DEEP))
        known = last.faults if last else ()

        def work() -> Outcome:
            again = tuple(fault.record for fault in known if fault.record)
            report = self.desk.sample_deeply(organisation, self.chosen.verify.deep_entries, again)
            if not report.faults:
                return Outcome(self.now(), well=True, says=_says(report))
            if not set(report.faults) <= set(known):
                self._tell_damage(organisation, DEEP, report)
            return Outcome(self.now(), well=False, says=_damage(report), faults=report.faults)

        self._note(outcomes.job(organisation, DEEP), work)

    def _tell_verified(self, organisation: str, mode: str, size: int) -> None:
        """The ledger says what was read, so that the next run can begin there and nobody can claim more."""
        act = Act(tag=EventTag.LEDGER_VERIFIED, rule=mode, range=(0, size - 1))
        try:
            entry = self.desk.append(organisation, act).first
        except (
            MunimentError
        ) as error:  # a full disk, or a locked organisation: nothing is wrong with what was read
            structlog.get_logger().warning("verification is not in the ledger", why=error.what)
            return
        earlier = read_mark(self.home, organisation)
        write_mark(
            self.home, organisation, Mark(entry if mode == FULL or not earlier else earlier.full, entry)
        )

    def _tell_damage(self, organisation: str, mode: str, report: Report) -> None:
        counted = Counter(str(fault.kind) for fault in report.faults)
        body: dict[str, object] = {"faults": dict(sorted(counted.items())), "of": report.leaves}
        try:
            self.desk.append(organisation, Act(tag=EventTag.DAMAGE_FOUND, rule=mode, body=body))
        except (
            MunimentError
        ) as error:  # a ledger that takes nothing more must not keep the damage from being told
            structlog.get_logger().warning("damage is not in the ledger", why=error.what)


def told(made: Made, title: str) -> str:
    """One sentence about a backup."""
    return (
        f"{sum(made.entries.values())} entries are in {title}; {made.copied} bytes of packs were new. "
        f"Keys {made.generation} expire on {clock.day(made.expires)}."
    )


def _damage(report: Report) -> str:
    counted = Counter(str(fault.kind) for fault in report.faults)
    kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(counted.items()))
    return f"{len(report.faults)} faults: {kinds}."


def _says(report: Report) -> str:
    return report.checked.says if report.checked else ""


def _published(home: Home, organisation: str) -> int:
    """What the heads cover before anything is read; 0 where one cannot be read, which the verification names."""
    layouts = shards.layouts(home.vault(organisation)).values()
    try:
        return sum(
            read_ledger_key(layout).open(layout.checkpoint.read_bytes().decode()).size for layout in layouts
        )
    except (MunimentError, OSError, ValueError):
        return 0


def _lasting(outcome: Outcome, seconds: float) -> Outcome:
    return msgspec.structs.replace(outcome, seconds=round(seconds, 3))


def main(arguments: list[str]) -> int:
    """Entry point of the child: the home's path is its argument, its key comes by the inherited pipe."""
    from muniment.database.copying import copy  # noqa: PLC0415  only this process needs it

    home = Home(Path(arguments[0]))
    keys = receive(StewardKeys)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    os.nice(NICENESS)

    def tables(target: Path) -> None:
        if home.catalogue.is_file():
            copy(home.catalogue, target, keys.catalogue)

    with DeskDoor(home.socket("desk")) as desk:
        steward = Steward(home, desk, settings.load(home), tables)
        while not stop.wait(LOOK_SECONDS):
            steward.round()
    return 0
