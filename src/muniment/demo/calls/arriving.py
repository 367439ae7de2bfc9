"""The calls of today: made through the recorder while the demo runs, each once for a home.

A process of its own beside `muniment serve`: it plays in real time, and needs the keys of the demo. What comes
of it stands in the card, which the tour reads; a start that was cut short goes on where it was.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from muniment.capture.calls.spool.detail_import import DetailImport
from muniment.capture.calls.switch.signalling import Reach
from muniment.core import lifeline
from muniment.core.errors import MunimentError, NotAvailableError
from muniment.core.home import Home
from muniment.demo import build, tour
from muniment.demo import card as cards
from muniment.demo.calls import playing, script, switch_files
from muniment.demo.calls.playing import Desktop
from muniment.demo.calls.script import Call
from muniment.demo.calls.switch_files import SOURCE, Account
from muniment.demo.card import DemoCard
from muniment.demo.founding import Founded
from muniment.search.index.memory import memory_directory
from muniment.vault.client import CaptureDoor
from muniment.vault.keyring import Keyring, UnlockedKeyring

if TYPE_CHECKING:
    from muniment.search.client import Librarian

LISTENING = "listening"
"""The last of what arrives: HR may listen to the call with the card."""
PATIENCE = 120.0  # seconds for the catalogue to have a call that is over
SOON = 10.0  # seconds that a process gets to end by itself

type Say = Callable[[str], None]


def expected() -> tuple[str, ...]:
    """Everything that arrives after the start, by name."""
    return (*(call.key for call in script.load().call if call.live), LISTENING)


def left(card: DemoCard) -> tuple[str, ...]:
    """What has not arrived yet."""
    return tuple(name for name in expected() if name not in card.arrived)


def calls_left(card: DemoCard) -> int:
    """How many calls are still to be made."""
    return sum(name != LISTENING for name in left(card))


def begin(home: Home, card: DemoCard) -> "subprocess.Popen[bytes] | None":
    """Start the process where anything is left; it ends by itself, and with us."""
    if not left(card):
        return None
    environment = {**os.environ, lifeline.PARENT_VARIABLE: str(os.getpid())}
    return subprocess.Popen(
        [sys.executable, "-m", "muniment.demo.calls.arriving", str(home.path)], env=environment
    )


def end(process: "subprocess.Popen[bytes] | None") -> None:
    """Stop the process if it still runs."""
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(SOON)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Arrivals:
    """Makes what is left, and notes each in the card."""

    def __init__(self, home: Home, say: Say) -> None:
        self._home, self._say = home, say
        self._lock = threading.Lock()

    def run(self) -> None:
        """Make the calls that are left, account for them, and let HR listen to one."""
        card = cards.read(self._home)
        calls = [call for call in script.load().call if call.key in left(card)]
        if calls:
            self._play(card, calls)
        if left(cards.read(self._home)) == (LISTENING,):
            keyring = Keyring.unlock(self._home, build.passphrase(self._home))
            grant = _listening(self._home, keyring, cards.read(self._home))
            self._note(LISTENING, {"grant_to_listen": grant})
            self._say("Priya Raman may listen to the call in which a card was paid with.")

    def _play(self, card: DemoCard, calls: Sequence[Call]) -> None:
        organisation = card.organisations[0]
        host, _, port = organisation.sip.rpartition(":")
        reach = Reach("tcp", host, int(port))
        desktop = Desktop(card.origin, card.desktop)
        self._say(f"Telephones ring at {organisation.name}: {len(calls)} calls, about a minute.")
        with ThreadPoolExecutor(len(calls)) as lines:
            under_way = [lines.submit(playing.play, call, reach, desktop.pause) for call in calls]
            for ended in as_completed(under_way):
                try:
                    account = ended.result()
                except MunimentError as error:
                    self._say(f"A call is left for the next start. {error}")
                    continue
                self._account(organisation.organisation, (account,))
                self._note(account.call.key, {})
                self._say(f"A call is over: {described(account)}.")

    def _account(self, organisation: str, accounts: Sequence[Account]) -> None:
        """The switch's account of a call, sealed as a file of call details."""
        with CaptureDoor(self._home.socket("capture")) as door:
            seal_account(door, organisation, switch_files.written(accounts))

    def _note(self, name: str, examples: dict[str, str]) -> None:
        with self._lock:
            known = cards.read(self._home)
            card = msgspec.structs.replace(
                known, arrived=(*known.arrived, name), examples={**known.examples, **examples}
            )
            cards.write(self._home, msgspec.structs.replace(card, tour=tour.steps(card)))


class _NothingHeld:
    """No digest of these files is remembered: each is made once."""

    def holds(self, digest: bytes) -> bool:
        """No."""
        return not digest

    def add(self, first: int, digests: list[bytes]) -> None:
        """Nothing is noted."""

    def remember(self, digests: list[bytes]) -> None:
        """Nothing is noted."""


def seal_account(door: CaptureDoor, organisation: str, data: bytes) -> None:
    """Seal one file of call details. MunimentError where that cannot be done."""
    memory = memory_directory(isolate=False)
    try:
        (memory.path / "cdr.csv").write_bytes(data)
        run = DetailImport(door, organisation, _NothingHeld(), source=SOURCE, rest=0)
        run.run([memory.path])
        if run.fault:
            raise run.fault
    finally:
        memory.close()


def described(account: Account) -> str:
    """Who with whom, for how long."""
    caller, called = script.phone(account.call.caller).name, script.phone(account.call.called).name
    seconds = round((account.ended - account.answered).total_seconds())
    return f"{caller} to {called}, {seconds} seconds"


def _listening(home: Home, keyring: UnlockedKeyring, card: DemoCard) -> str:
    """HR's grant to listen to the call with the card, once catalogue and index have the call."""
    from muniment.web import installation  # noqa: PLC0415  slow to load, as are those below

    installation.start(home, keyring.worker_keys())
    from muniment.demo import past  # noqa: PLC0415  models need Django
    from muniment.search.client import Librarian  # noqa: PLC0415  slow to load
    from muniment.vault.client import DeskDoor  # noqa: PLC0415  the same

    organisation = card.organisations[0]
    personas = tuple(each for each in card.personas if each.organisation == organisation.organisation)
    with DeskDoor(home.socket("desk")) as desk, Librarian(home) as librarian:
        _await_card_call(organisation.organisation, librarian)
        return past.may_listen(past.House(Founded(organisation, personas), desk, librarian))


def _await_card_call(organisation: str, librarian: "Librarian") -> None:
    """NotAvailableError where catalogue and index do not have it in time."""
    from muniment.catalogue.models import CallDetail  # noqa: PLC0415  models need Django

    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        found = CallDetail.objects.filter(organisation=organisation, queue="accounts", masked_ms__gt=0)
        place = found.values_list("record__sequence", flat=True).first()
        if place is not None and librarian.state(organisation).watermark >= place:
            return
        time.sleep(0.5)
    raise NotAvailableError(
        "The calls were made, and are not in the catalogue.", remedy="See muniment doctor."
    )


def main(arguments: Sequence[str]) -> int:
    """Entry point: the home's path. What goes wrong is said; the next start tries again."""
    lifeline.bind()
    home = Home(Path(arguments[0]))
    try:
        Arrivals(home, lambda line: print(line, flush=True)).run()  # noqa: T201  the demo's own terminal
    except MunimentError as error:
        print(f"Calls are left for the next start. {error}", flush=True)  # noqa: T201  the same
        return error.exit_status
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        sys.exit(main(sys.argv[1:]))
