"""Starts children, restarts those that die, and leaves none behind.

Each child leads its own process group. What must hold:
1. a child that ends is restarted only when its whole group is gone (a server's worker may live on);
2. restarts wait longer each time, and the wait is forgotten once a child has run for a while;
3. SIGTERM, SIGINT or SIGHUP end every child, the last started first; those that do not listen are killed;
4. when the supervisor itself is killed, the kernel ends the children (see `lifeline`).
"""

import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from muniment.core import lifeline
from muniment.core.errors import NotAvailableError
from muniment.processes.handover import key_pipe
from muniment.processes.logs import Logger
from muniment.processes.readiness import Probe, always

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
POLL_SECONDS = 0.05  # between two looks at a readiness probe or an emptying group


@dataclass(frozen=True)
class Patience:
    """How long the supervisor waits, in seconds."""

    ready: float = 60.0
    """For a child to become ready at the first start."""
    stop: float = 10.0
    """For a child to end after SIGTERM, before it is killed."""
    first_restart: float = 0.2
    """Before the first restart; doubled each time."""
    longest_restart: float = 5.0
    """Before any restart, at most: while it lasts, senders are told to try again."""
    settled: float = 10.0
    """A child that has run so long starts again with the first wait."""


@dataclass(frozen=True)
class Child:
    """One process to keep alive."""

    name: str
    command: tuple[str, ...]
    keys: bytes = b""
    """Written into its inherited pipe; nothing and no pipe when empty."""
    ready: Probe = always
    first: bool = False
    """Whether later children wait for it to be ready."""
    environment: Mapping[str, str] = field(default_factory=dict)
    user: int | None = None
    """Which user and group it runs as; this process's own where there is none."""
    group: int | None = None


class _Stop(Exception):  # noqa: N818 -- not an error: the way out of any wait
    pass


@dataclass
class _Running:
    child: Child
    process: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    restarts: int = 0
    due: float = 0.0  # monotonic seconds at which to start it again
    wait: float = 0.0


class Supervisor:
    """Keeps `children` alive until it is told to stop. Use it once, from the main thread."""

    def __init__(
        self, children: Sequence[Child], logs: Path, logger: Logger, patience: Patience | None = None
    ) -> None:
        """Children start in the given order; each writes to `logs`/NAME.log."""
        self._running = [_Running(child) for child in children]
        self._logs = logs
        self._log = logger
        self._patience = patience or Patience()
        self._woken, self._waker = socket.socketpair()
        self._stop_asked = False

    def run(self, on_ready: Callable[[], None]) -> None:
        """Start all, call `on_ready`, keep them alive; return once a signal has stopped them all.

        NotAvailableError if a child does not become ready; everything is stopped before it is raised.
        """
        lifeline.adopt_orphans()
        with self._signals(), suppress(_Stop):
            try:
                self._start_all()
                on_ready()
                while True:
                    self._tend()  # first: a child may have ended while others were still starting
                    self._sleep(self._until_next_start())
            finally:
                self._stop_all()

    # --- starting -------------------------------------------------------------------------------

    def _start_all(self) -> None:
        for running in self._running:
            self._start(running)
            if running.child.first:
                self._await_ready(running)
        for running in self._running:
            self._await_ready(running)

    def _start(self, running: _Running) -> None:
        child = running.child
        environment = {**os.environ, **child.environment, lifeline.PARENT_VARIABLE: str(os.getpid())}
        self._logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(
            self._logs / f"{child.name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
        )
        try:
            with key_pipe(child.keys) as (inherited, added):
                running.process = subprocess.Popen(
                    child.command,
                    stdin=subprocess.DEVNULL,
                    stdout=descriptor,
                    stderr=descriptor,
                    env=environment | added,
                    pass_fds=inherited,
                    process_group=0,
                    user=child.user,
                    group=child.group,
                    extra_groups=None if child.group is None else (),
                )
        finally:
            os.close(descriptor)
        running.since = time.monotonic()
        running.due = 0.0
        self._log.info("child started", child=child.name, pid=running.process.pid)

    def _await_ready(self, running: _Running) -> None:
        limit = time.monotonic() + self._patience.ready
        name = running.child.name
        while not running.child.ready():
            if self._ended(running):
                raise NotAvailableError(
                    f"The {name} process ended while it started.",
                    remedy=f"See {self._logs / f'{name}.log'}.",
                )
            if time.monotonic() > limit:
                raise NotAvailableError(
                    f"The {name} process was not ready after {self._patience.ready:.0f} seconds.",
                    remedy=f"See {self._logs / f'{name}.log'}.",
                )
            self._sleep(POLL_SECONDS)

    # --- tending --------------------------------------------------------------------------------

    def _tend(self) -> None:
        now = time.monotonic()
        for running in self._running:
            if running.process is not None and self._ended(running):
                self._bury(running)
            elif running.process is None and now >= running.due:
                self._restart(running)

    def _restart(self, running: _Running) -> None:
        try:
            self._start(running)
        except OSError as error:
            running.wait = min(self._patience.longest_restart, running.wait * 2)
            running.due = time.monotonic() + running.wait
            self._log.error("child cannot be started", child=running.child.name, why=error.strerror)

    def _bury(self, running: _Running) -> None:
        """The leader has ended: end its whole group, and plan the next start."""
        process = running.process
        if process is None:
            return
        lived = time.monotonic() - running.since
        self._end_group(process, patience=0)
        patience = self._patience
        if lived >= patience.settled or running.wait == 0:
            running.wait = patience.first_restart
        else:
            running.wait = min(patience.longest_restart, running.wait * 2)
        running.process = None
        running.restarts += 1
        running.due = time.monotonic() + running.wait
        self._log.warning(
            "child ended", child=running.child.name, status=process.returncode, restart_in=running.wait
        )

    def _until_next_start(self) -> float | None:
        dues = [running.due for running in self._running if running.process is None]
        return max(0.0, min(dues) - time.monotonic()) if dues else None

    @staticmethod
    def _ended(running: _Running) -> bool:
        """Whether the leader has ended. It stays unreaped, so that its group's number stays its own."""
        if running.process is None or running.process.returncode is not None:
            return True
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, running.process.pid, options) is not None

    # --- stopping -------------------------------------------------------------------------------

    def _stop_all(self) -> None:
        for running in reversed(self._running):
            if running.process is not None:
                self._end_group(running.process, patience=self._patience.stop)
                running.process = None
                self._log.info("child stopped", child=running.child.name)
        _end_strays()

    def _end_group(self, process: subprocess.Popen[bytes], *, patience: float) -> None:
        """Ask the group to end, kill what does not, and return when none of it is left."""
        group = process.pid
        if patience:
            _signal_group(group, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(patience)
        _signal_group(group, signal.SIGKILL)
        process.wait()
        _reap_group(group)
        if patience == 0:
            _end_strays(keep={other.process.pid for other in self._running if other.process})

    # --- signals --------------------------------------------------------------------------------

    @contextmanager
    def _signals(self) -> Iterator[None]:
        self._waker.setblocking(False)
        self._woken.setblocking(False)
        previous = {number: signal.signal(number, self._on_stop) for number in STOP_SIGNALS}
        previous[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        wakeup = signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in previous.items():
                signal.signal(number, handler)
            self._woken.close()
            self._waker.close()

    def _on_stop(self, _number: int, _frame: object) -> None:
        self._stop_asked = True

    def _sleep(self, seconds: float | None) -> None:
        """Wait for a signal, at most `seconds`; leave by `_Stop` if it says stop."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            selector.select(seconds)
        with suppress(BlockingIOError):
            while self._woken.recv(512):
                pass
        if self._stop_asked:
            raise _Stop


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, number)


def _reap_group(group: int) -> None:
    # As the adopter of orphans we are the parent of every member whose own parent has ended.
    while True:
        try:
            os.waitpid(-group, 0)
        except ChildProcessError:
            return


def _end_strays(keep: AbstractSet[int] = frozenset()) -> None:
    """Kill what left its group and was then orphaned: as its adopter we see it among our children."""
    while strays := _own_children() - keep:
        for stray in strays:
            with suppress(ProcessLookupError):
                os.kill(stray, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(stray, 0)


def _own_children() -> set[int]:
    listing = Path(f"/proc/self/task/{os.getpid()}/children")
    return {int(number) for number in listing.read_text().split()} if listing.exists() else set()
