"""The workers: starts them, gives each its share of calls, and starts another where one has ended."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket

import msgspec

from muniment.capture.calls.rtp import orders
from muniment.capture.calls.rtp.orders import Alive
from muniment.core import lifeline
from muniment.core.errors import NotAvailableError

FIRST_WAIT, LONGEST_WAIT = 0.05, 5.0
"""Seconds before a worker that has ended is replaced; doubled each time until one lives for so long."""
SILENT = 15.0  # seconds without a word after which a worker gets no new calls

type Heard = Callable[[int, orders.Reply], None]
"""Takes what a worker says; called in a thread of its own."""
type Ended = Callable[[int], None]
"""Called when a worker has ended and another runs in its place."""


@dataclass
class _Worker:
    process: "subprocess.Popen[bytes]"
    channel: socket
    started: float
    calls: set[str] = field(default_factory=set)
    last: Alive | None = None
    heard: float = 0.0


class Pool:
    """So many workers on one folder."""

    def __init__(self, count: int, folder: Path, heard: Heard, ended: Ended) -> None:
        self._folder, self._heard, self._ended = folder, heard, ended
        self._lock = threading.RLock()
        self._stopping = False
        self._workers = [self._start() for _ in range(count)]
        self._threads = [
            threading.Thread(target=self._listen, args=(number,), daemon=True) for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def processes(self) -> list[int]:
        """The process ids of the workers."""
        return [worker.process.pid for worker in self._workers]

    @property
    def statuses(self) -> list[Alive | None]:
        """What each said last of how it goes."""
        return [worker.last for worker in self._workers]

    def require_able(self) -> None:
        """NotAvailableError if no worker would take a call."""
        self._able()

    def choose(self, call: str) -> int:
        """The worker for a new call: the one with the fewest. NotAvailableError if none works."""
        with self._lock:
            able = self._able()
            chosen = min(able, key=lambda number: len(self._workers[number].calls))
            self._workers[chosen].calls.add(call)
            return chosen

    def _able(self) -> list[int]:
        now = time.monotonic()
        able = [
            number
            for number, worker in enumerate(self._workers)
            if now - max(worker.heard, worker.started) < SILENT and not (worker.last and worker.last.failing)
        ]
        if not able:
            raise NotAvailableError(
                "No call can be recorded now.", why="The disk refuses, or the recorder's workers are stopped."
            )
        return able

    def forget(self, number: int, call: str) -> None:
        """A call is over."""
        self._workers[number].calls.discard(call)

    def send(self, number: int, order: msgspec.Struct, descriptors: Sequence[int] = ()) -> None:
        """Tell a worker. NotAvailableError if it is just ending, or so far behind that nothing fits."""
        worker = self._workers[number]
        try:
            with self._lock:
                orders.send(worker.channel, order, descriptors)
        except OSError as error:
            raise NotAvailableError(
                "The recorder's worker does not listen.", why=f"{error.strerror}."
            ) from error

    def stop(self) -> None:
        """Have every worker finish, and wait for it."""
        self._stopping = True
        for number, worker in enumerate(self._workers):
            with suppress(NotAvailableError):
                self.send(number, orders.Stop("", 0))
            worker.process.wait()
        for thread in self._threads:
            thread.join()

    def _start(self) -> _Worker:
        ours, theirs = orders.pair()
        command = (
            sys.executable,
            "-m",
            "muniment.capture.calls.rtp.worker",
            str(theirs.fileno()),
            str(self._folder),
        )
        environment = {**os.environ, lifeline.PARENT_VARIABLE: str(os.getpid()), "OPENBLAS_NUM_THREADS": "1"}
        process = subprocess.Popen(command, pass_fds=(theirs.fileno(),), env=environment)
        theirs.close()
        return _Worker(process, ours, time.monotonic())

    def _listen(self, number: int) -> None:
        wait = FIRST_WAIT
        while True:
            worker = self._workers[number]
            try:
                reply = orders.receive_reply(worker.channel)
            except (OSError, EOFError):
                worker.process.wait()
                worker.channel.close()
                if self._stopping:
                    return
                lived = time.monotonic() - worker.started
                wait = FIRST_WAIT if lived > LONGEST_WAIT else min(2 * wait, LONGEST_WAIT)
                time.sleep(wait)
                with self._lock:
                    again = self._start()
                    again.calls = worker.calls
                    self._workers[number] = again
                self._ended(number)
                continue
            worker.heard = time.monotonic()
            if isinstance(reply, Alive):
                worker.last = reply
            self._heard(number, reply)
