"""Work beside the thread that asks for it: syncs of several files, hashes while a disk writes.

For calls that let other threads run while they last, so that what takes long runs at the same time. A pool of
futures costs a commit twice as much.
"""

import os
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread

MOST = 32  # threads, over all vaults of the process


class _Threads:
    """As many threads as there was ever work at the same time."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._counting = Lock()
        self._count = self._busy = 0

    def begin(self, job: Callable[[], None]) -> None:
        with self._counting:
            self._busy += 1
            more = self._count < min(self._busy, MOST)
            self._count += more
        if more:
            Thread(target=self._run, name="beside", daemon=True).start()
        self._jobs.put(job)

    def _run(self) -> None:
        while True:
            self._jobs.get()()
            with self._counting:
                self._busy -= 1


class _Process:
    """What a process has for itself: one that was forked has none of its parent's threads."""

    threads = _Threads()

    @classmethod
    def forked(cls) -> None:
        cls.threads = _Threads()


os.register_at_fork(after_in_child=_Process.forked)


def begin[T](work: Callable[[], T]) -> Callable[[], T]:
    """Have it done. What is returned waits for it, and gives or raises what came of it; to be called once."""
    done: SimpleQueue[tuple[T, None] | tuple[None, BaseException]] = SimpleQueue()
    _Process.threads.begin(partial(_do, work, done))
    return partial(_outcome, done)


def _do[T](work: Callable[[], T], done: "SimpleQueue[tuple[T, None] | tuple[None, BaseException]]") -> None:
    try:
        done.put((work(), None))
    except BaseException as error:  # noqa: BLE001  # whoever waits is told
        done.put((None, error))


def _outcome[T](done: "SimpleQueue[tuple[T, None] | tuple[None, BaseException]]") -> T:
    given, failed = done.get()
    if failed is not None:
        raise failed
    return given  # type: ignore[return-value]  # nothing failed
