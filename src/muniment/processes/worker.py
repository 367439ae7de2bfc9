"""The worker: follows every organisation's ledger into catalogue and index, and sends what waits."""

import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import structlog

from muniment.capture.calls.door import RecorderDoor
from muniment.core import clock, prompts, settings
from muniment.core.announcement_settings import Announcement
from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.core.prompts import Prompt
from muniment.core.settings import Settings
from muniment.processes import anchoring, compacting, daily_call
from muniment.processes.alarms import Alarms
from muniment.processes.anchoring import Anchoring, Outbox
from muniment.processes.compacting import Compacting
from muniment.processes.daily_call import DailyCall
from muniment.search.client import LibrarianIntake
from muniment.search.follow import Followed, follow
from muniment.search.reading import Readers
from muniment.vault.client import CaptureDoor, DeskDoor, IndexDoor
from muniment.vault.handover import WorkerKeys, receive
from muniment.web import installation

TROUBLE_PAUSE = 2.0  # seconds before the next try where keeper, librarian or disk could not


@dataclass(frozen=True)
class Rounds:
    """What one worker needs for its rounds. `organisations` is asked anew in each."""

    organisations: Callable[[], tuple[str, ...]]
    follow: Callable[[str], Followed]
    send: Callable[[], int]
    check: Callable[[], None] = lambda: None

    def one(self) -> tuple[bool, bool]:
        """Go once round all organisations; whether there was anything to do, and whether all went well."""
        log = structlog.get_logger()
        try:
            organisations = self.organisations()
        except MunimentError as error:
            log.warning("keeper away", error=type(error).__name__)
            return False, False
        busy, well = False, True
        for organisation in organisations:
            try:
                followed = self.follow(organisation)
            except MunimentError as error:
                well = False
                log.warning("not followed", organisation=organisation, error=type(error).__name__)
                continue
            if not followed.idle:
                busy = True
                _log_progress(organisation, followed)
        self.send()
        self.check()
        return busy, well


class Checks:
    """Does the long things that people ask for in a thread of its own: new mail does not wait for them.

    These are checks of the vault, and recordings that are to be kept as Opus.
    """

    def __init__(self, home: Home, desk: DeskDoor) -> None:
        self._home = home
        self._desk = desk
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start on what waits, unless something is being done."""
        from muniment.release import checking, compressing  # noqa: PLC0415  models are loaded by `installation.start`

        if self._thread is not None and self._thread.is_alive():
            return
        if checking.waiting() or compressing.waiting():
            self._thread = threading.Thread(target=self._make, name="checks", daemon=True)
            self._thread.start()

    def _make(self) -> None:
        from django.db import connection  # noqa: PLC0415  the same

        try:
            do_what_waits(self._home, self._desk)
        except Exception as error:  # noqa: BLE001  the worker lives on; the row is taken up again
            structlog.get_logger().error("checks failed", error=type(error).__name__)
        finally:
            connection.close()


def do_what_waits(home: Home, desk: DeskDoor) -> None:
    """Make every check that waits, then keep as Opus what was signed for."""
    from muniment.release import checking, compressing  # noqa: PLC0415  models are loaded by `installation.start`

    checking.run_waiting(home)
    with closing(CaptureDoor(home.socket("capture"))) as door:
        compressing.run_waiting(desk, door)


def _log_progress(organisation: str, followed: Followed) -> None:
    structlog.get_logger().info(
        "followed",
        organisation=organisation,
        up_to=followed.up_to,
        records=followed.records,
        unreadable=followed.unreadable,
        erased=followed.erased,
    )


def run(rounds: Rounds, stop: threading.Event, pause: float) -> None:
    """Go round until `stop`; rest `pause` seconds when there is nothing new."""
    while not stop.is_set():
        busy, well = rounds.one()
        if not well:
            stop.wait(TROUBLE_PAUSE)
        elif not busy:
            stop.wait(pause)


def main(arguments: list[str]) -> int:
    """Entry point of the child: the home's path is its argument, its keys come by the inherited pipe."""
    home = Home(Path(arguments[0]))
    keys = receive(WorkerKeys)
    installation.start(home, keys)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    chosen = settings.load(home)
    from muniment.processes.announcing import Library  # noqa: PLC0415  models are loaded by `installation.start`

    readers, library = Readers(), Library(announced(chosen.calls.announcement))
    try:
        with IndexDoor(home.socket("index")) as keeper, LibrarianIntake(home) as index:
            rounds = Rounds(
                organisations=lambda: _open_ones(keeper),
                follow=lambda each: follow(
                    each, keeper, index, readers.with_prompts(library.of(each)), limit=chosen.batches.worker
                ),
                send=_outbox(chosen),
                check=_checks(home, keeper),
            )
            anchors = Anchoring(home, keeper, chosen.anchors, _mails_heads(chosen))
            beside = threading.Thread(
                target=anchoring.run, args=(anchors, stop), name="anchoring", daemon=True
            )
            beside.start()
            freeing = Compacting(keeper, chosen.compaction)
            threading.Thread(
                target=compacting.run, args=(freeing, stop), name="compacting", daemon=True
            ).start()
            threading.Thread(
                target=_reconcile, args=(home, keeper, chosen, stop), name="reconciling", daemon=True
            ).start()
            if chosen.calls.listeners:
                threading.Thread(
                    target=_announce, args=(home, keeper, stop), name="announcing", daemon=True
                ).start()
            if chosen.calls.test_call:
                daily = DailyCall(home, chosen.calls, daily_call.maker(home, chosen.calls))
                threading.Thread(
                    target=daily_call.run, args=(daily, stop), name="test calls", daemon=True
                ).start()
            run(rounds, stop, chosen.batches.worker_pause_milliseconds / 1000)
    finally:
        readers.close()
    return 0


def announced(announcements: Sequence[Announcement]) -> dict[Announcement, Prompt]:
    """The recording notices that can be listened for; one that cannot be read is named."""
    found = {}
    for each in announcements:
        try:
            found[each] = prompts.load(each)
        except MunimentError as error:
            structlog.get_logger().error("announcement not read", announcement=each.name, why=error.what)
    return found


def _announce(home: Home, keeper: IndexDoor, stop: threading.Event) -> None:
    from muniment.processes import announcing  # noqa: PLC0415  models are loaded by `installation.start`

    recorder = RecorderDoor(home.socket("recorder"))
    announcing.run(announcing.Announcing(recorder, lambda: _open_ones(keeper)), stop)


def _open_ones(keeper: IndexDoor) -> tuple[str, ...]:
    """Organisations that are not locked."""
    return tuple(one.organisation for one in keeper.status().organisations if not one.locked)


def _reconcile(home: Home, keeper: IndexDoor, chosen: Settings, stop: threading.Event) -> None:
    from muniment.processes import reconciling  # noqa: PLC0415  models are loaded by `installation.start`

    recorder = RecorderDoor(home.socket("recorder"))

    def answers() -> bool:
        try:
            return recorder.state().ready
        except MunimentError:
            return False

    with DeskDoor(home.socket("desk")) as desk:
        found = reconciling.Reconciling(desk, lambda: _open_ones(keeper), answers, chosen.calls)
        reconciling.run(found, stop)


def _checks(home: Home, keeper: IndexDoor) -> Callable[[], None]:
    """What is looked at beside the ledgers: checks that people ask for, and what the steward found wrong."""
    from muniment.governance import alarms  # noqa: PLC0415  models are loaded by `installation.start`
    from muniment.release import excising  # noqa: PLC0415  the same

    desk = DeskDoor(home.socket("desk"))
    checks = Checks(home, desk)
    steward = Alarms(
        home,
        lambda: [one.organisation for one in keeper.status().organisations],
        alarms.backup_failed,
        alarms.damage_found,
        alarms.test_call_failed,
    )

    def look() -> None:
        checks.begin()
        steward.look()
        if excising.waiting():  # a crash came between the keeper's commit and its certificate
            excising.settle(desk, before=clock.now() - excising.MAY_LAST)

    return look


def _mails_heads(chosen: Settings) -> Outbox | None:
    """The way to mail a head; None where no mail server is named, for nothing would leave this machine."""
    from muniment.governance import anchoring as heads  # noqa: PLC0415  models are loaded by `installation.start`

    if not (chosen.anchors.mail and chosen.outgoing.host):
        return None
    return Outbox(heads.mail_head, heads.last_mailed, heads.last_asked)


def _outbox(chosen: Settings) -> Callable[[], int]:
    from muniment.governance import notices  # noqa: PLC0415  models are loaded by `installation.start`

    mail = chosen.outgoing
    transport: notices.Transport = (
        notices.SmtpTransport(mail.host, mail.port, starttls=mail.starttls, authority=mail.authority)
        if mail.host
        else notices.ConsoleTransport()
    )
    return lambda: notices.send_waiting(transport, sender=mail.sender, address=chosen.origin)
