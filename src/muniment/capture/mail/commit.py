"""Group commit: messages of every connection go to the keeper together, and wait for one receipt.

Two stages overlap: while one batch becomes durable, the next is compressed and encrypted. Each runs in a
thread; the libraries let go of the interpreter while they work. A stage that does not come back in time
costs the clients a 451 and blocks its place until it does, so that a hung keeper is not given more.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

import structlog

from muniment.capture import batch as batches
from muniment.capture.batch import HEAVIEST_BATCH, LARGEST_BATCH, Captured, Keeping
from muniment.vault.sealing import EpochKey, SealedBatch

log = structlog.get_logger()

type Done = Callable[[bool], None]
"""Called once in the event loop: whether the message is kept."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may wait, in messages and bytes, and how long, in seconds."""

    messages: int = 20_000
    bytes: int = 256 * 1024 * 1024
    patience: float = 60.0
    key_age: float = 60.0
    shortest_pause: float = 0.05
    longest_pause: float = 5.0
    at_once: int = 2


@dataclass(frozen=True, slots=True)
class _Waiting:
    message: Captured
    done: Done


class GroupCommit:
    """The way of one organisation's messages to the keeper. Use it inside one event loop."""

    def __init__(self, organisation: str, keeper: Keeping, bounds: Bounds | None = None) -> None:
        self._organisation = organisation
        self._keeper = keeper
        self._bounds = bounds or Bounds()
        self._queue: deque[_Waiting] = deque()
        self._arrived = asyncio.Event()
        self._places = asyncio.Semaphore(self._bounds.at_once)
        self._threads = ThreadPoolExecutor(self._bounds.at_once + 1, "seal")
        self._key: EpochKey | None = None
        self._key_time = 0.0
        self._messages = 0
        self._bytes = 0
        self._commits: set[asyncio.Task[None]] = set()
        self._runner: asyncio.Task[None] | None = None
        self.kept = 0

    def start(self) -> None:
        """Begin to look for the keeper and to commit."""
        self._loop = asyncio.get_running_loop()
        self._runner = asyncio.create_task(self._run())

    def has_room(self) -> bool:
        """Whether a message that came now could be kept soon."""
        bounds = self._bounds
        return self._key is not None and self._messages < bounds.messages and self._bytes < bounds.bytes

    def submit(self, message: Captured, done: Done) -> None:
        """Keep a message; `done` is called when it is on stable storage, or when that is in doubt."""
        self._messages += 1
        self._bytes += len(message.original)
        self._queue.append(_Waiting(message, done))
        self._arrived.set()

    async def stop(self) -> None:
        """Finish what has been submitted, then end."""
        while self._messages and self._key is not None:  # noqa: ASYNC110 once in a life, and bounded by patience
            await asyncio.sleep(0.01)
        if self._runner:
            self._runner.cancel()
            with suppress(asyncio.CancelledError):
                await self._runner
        for task in self._commits:
            task.cancel()
        self._settle(list(self._queue), kept=False)
        self._queue.clear()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._keeper.close()

    # --- stages -----------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            key = await self._current_key()
            if not self._queue:
                self._arrived.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._arrived.wait(), self._bounds.key_age)
                continue
            await self._next_batch(key)

    async def _next_batch(self, key: EpochKey) -> None:
        try:
            await asyncio.wait_for(self._places.acquire(), self._bounds.patience)
        except TimeoutError:
            self._lost_keeper("keeper hangs")
            return
        group = self._next_group()
        try:
            sealed = await self._in_thread(batches.sealed, key, [each.message for each in group])
        except Exception as error:  # noqa: BLE001 whatever it was, the clients must hear of it and try again
            self._places.release()
            log.error("batch not sealed", messages=len(group), error=type(error).__name__)  # noqa: TRY400 a trace may quote what the library was given
            self._settle(group, kept=False)
            return
        task = asyncio.create_task(self._commit(group, sealed))
        self._commits.add(task)
        task.add_done_callback(self._commits.discard)

    def _next_group(self) -> list[_Waiting]:
        group, weight = [self._queue.popleft()], 0
        while self._queue and len(group) < LARGEST_BATCH:
            weight += len(group[-1].message.original)
            if weight + len(self._queue[0].message.original) > HEAVIEST_BATCH:
                break
            group.append(self._queue.popleft())
        return group

    async def _commit(self, group: list[_Waiting], sealed: SealedBatch) -> None:
        try:
            await self._in_thread(self._hand_over, [each.message for each in group], sealed)
        except Exception as error:  # noqa: BLE001 as above
            self._key = None  # nothing new until the keeper has answered again: look for it now
            self._arrived.set()
            log.error("batch not kept", messages=len(group), error=type(error).__name__)  # noqa: TRY400 a trace may quote what the library was given
            self._settle(group, kept=False)
        else:
            self.kept += len(group)
            self._settle(group, kept=True)

    def _hand_over(self, messages: list[Captured], sealed: SealedBatch) -> None:
        try:
            batches.keep(self._keeper, self._organisation, messages, sealed)
        finally:
            # Here, not in the loop: a call that hangs keeps its place until it really ends.
            self._loop.call_soon_threadsafe(self._places.release)

    async def _current_key(self) -> EpochKey:
        pause = self._bounds.shortest_pause
        while self._key is None or time.monotonic() - self._key_time > self._bounds.key_age:
            away = self._key is None
            try:
                self._key = await self._in_thread(self._keeper.epoch, self._organisation)
            except Exception as error:  # noqa: BLE001 as above
                self._lost_keeper(type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(2 * pause, self._bounds.longest_pause)
            else:
                self._key_time = time.monotonic()
                if away:
                    log.info("keeper answers", organisation=self._organisation)
        return self._key

    def _lost_keeper(self, reason: str) -> None:
        self._key = None
        waiting = list(self._queue)
        self._queue.clear()
        log.warning("keeper away", reason=reason, refused=len(waiting))
        self._settle(waiting, kept=False)

    async def _in_thread[**P, T](self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        started = self._loop.run_in_executor(self._threads, lambda: call(*args, **kwargs))
        return await asyncio.wait_for(asyncio.shield(started), self._bounds.patience)

    # --- answers ----------------------------------------------------------------------------------

    def _settle(self, group: list[_Waiting], *, kept: bool) -> None:
        for waiting in group:
            self._messages -= 1
            self._bytes -= len(waiting.message.original)
            waiting.done(kept)
