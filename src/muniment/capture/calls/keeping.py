"""What a recorder asks of the keeper, away from its sockets: heads of kept calls, finished calls, left-over ones.

What must hold when the epoch turns (see `vault.keeper.strongroom`): a head names an epoch; the turn waits
while one names the earlier. So a head is written, and then the epoch is looked at again: if it has turned in
between, the head is made anew before the call counts as kept.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from muniment.capture.calls.live import sealing
from muniment.capture.calls.live.sealing import CallKeeping, Finished
from muniment.capture.calls.trials import Ended
from muniment.core.call_settings import CallSource
from muniment.core.errors import FaultFoundError, MunimentError, NotAvailableError, RefusedError
from muniment.core.ids import RecordId, new_record_id
from muniment.vault.live_keys import LiveHead, wrap_live
from muniment.vault.sealing import EpochKey

log = structlog.get_logger()

LOOK = 2.0  # seconds between two looks at the keeper
TRUSTED = 7.0  # seconds for which an answer of the keeper counts
THREADS = 4

type SendHead = Callable[[bytes], None]


@dataclass
class _Keeping:
    organisation: str
    call: str
    key: bytes = field(repr=False)
    send: SendHead
    record: RecordId = field(default_factory=new_record_id)
    head: LiveHead | None = None
    durable: bool = False


class Desk:
    """Threads between recorder and keeper. Calls that the keeper cannot take now are tried again for ever."""

    def __init__(
        self,
        keeper: CallKeeping,
        organisations: tuple[str, ...],
        sources: tuple[CallSource, ...] = (),
    ) -> None:
        self._keeper, self._sources = keeper, sources
        self._epochs: dict[str, tuple[float, EpochKey]] = {}
        self._keepings: dict[str, _Keeping] = {}
        self._later: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="desk")
        self._organisations = organisations
        self.sealed = 0
        self.trials = Ended()
        self.under_way = 0
        self._look()
        self._thread = threading.Thread(target=self._tend, daemon=True)
        self._thread.start()

    def require_keeper(self, organisation: str) -> None:
        """NotAvailableError unless the keeper has just said that it would keep this organisation's calls."""
        found = self._epochs.get(organisation)
        if found is None or time.monotonic() - found[0] > TRUSTED:
            raise NotAvailableError(
                "No call can be recorded now.",
                why="The keeper does not answer.",
                remedy="Try another recorder.",
            )

    def require_any(self) -> None:
        """NotAvailableError unless the keeper answers for every organisation."""
        for organisation in self._organisations:
            self.require_keeper(organisation)

    def decline(self, organisation: str, reason: str) -> None:
        """Have the ledger say that a call was declined."""
        self._submit(lambda: self._declined(organisation, reason))

    def _declined(self, organisation: str, reason: str) -> None:
        self._keeper.decline_call(organisation, reason)

    def keep(self, organisation: str, call: str, key: bytes, send: SendHead) -> None:
        """Wrap a call's key, and have its head written."""
        with self._lock:
            if call in self._keepings:
                return
            found = self._keepings[call] = _Keeping(organisation, call, key, send)
        self._submit(lambda: self._wrap(found))

    def kept(self, call: str) -> None:
        """The head is on disk; look whether the epoch has turned meanwhile."""
        with self._lock:
            found = self._keepings.get(call)
        if found is not None:
            self._submit(lambda: self._look_again(found))

    def forget(self, call: str) -> None:
        """A call was declined."""
        with self._lock:
            self._keepings.pop(call, None)

    def seal(self, finished: Finished) -> None:
        """Seal a finished call, now or as soon as the keeper can."""
        with self._lock:
            found = self._keepings.pop(finished.call, None)
        if found is not None and found.durable:
            finished.head = found.head
        self._submit(lambda: self._seal(finished))

    def recover(self, folder: Path) -> None:
        """See to what a crash left in a folder: kept calls are sealed, others have no key any more."""
        for path in sorted(folder.glob("*.live")):
            try:
                head = sealing.read_file_head(path)
            except FaultFoundError:
                log.error("the head of a live call is damaged: it is left where it is", call=path.stem)  # noqa: TRY400
                continue
            if head is None:
                sealing.remove(path)
                log.warning("a call that was not yet kept is gone with its key", call=path.stem)
            else:
                self._submit(lambda path=path, head=head: self._adopt(path, head))  # type: ignore[misc]

    def stop(self, patience: float) -> None:
        """Wait at most `patience` seconds for what is under way; what is not sealed then, the next start seals."""
        limit = time.monotonic() + patience
        while self.under_way and time.monotonic() < limit:
            self._retry()
            time.sleep(0.05)
        self._stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._thread.join()

    # --- in threads -------------------------------------------------------------------------------

    def _submit(self, work: Callable[[], None]) -> None:
        with self._lock:
            self.under_way += 1
        self._run(work)

    def _run(self, work: Callable[[], None]) -> None:
        def attempt() -> None:
            try:
                work()
            except (NotAvailableError, OSError) as error:
                log.warning("to be tried again", why=getattr(error, "why", type(error).__name__))
                with self._lock:
                    self._later.append(work)
                return
            except MunimentError as error:
                log.error("a call is left in its file", why=str(error))  # noqa: TRY400 no trace of its data
            with self._lock:
                self.under_way -= 1

        with suppress(RuntimeError):  # stopping: the next start sees to it
            self._pool.submit(attempt)

    def _retry(self) -> None:
        with self._lock:
            later, self._later = self._later, []
        for work in later:
            self._run(work)

    def _tend(self) -> None:
        while not self._stop.wait(LOOK):
            self._look()
            self._retry()

    def _look(self) -> None:
        for organisation in self._organisations:
            with suppress(MunimentError):
                self._epochs[organisation] = (time.monotonic(), self._keeper.epoch(organisation))

    def _wrap(self, found: _Keeping) -> None:
        key = self._keeper.epoch(found.organisation)
        found.durable = False
        found.head = wrap_live(key, found.call, found.key, found.record)
        if found.call in self._keepings:
            found.send(found.head.pack())

    def _look_again(self, found: _Keeping) -> None:
        key = self._keeper.epoch(found.organisation)
        if found.head is not None and key.epoch == found.head.epoch:
            found.durable = True
        else:
            self._wrap(found)

    def _seal(self, finished: Finished) -> None:
        sealing.seal(self._keeper, finished)
        self.sealed += 1
        if finished.facts is not None:
            self.trials.over(finished.facts, sealed=True)
        log.info("call sealed", call=finished.call)

    def _adopt(self, path: Path, head: LiveHead) -> None:
        try:
            sealing.adopt(
                self._keeper,
                path,
                head,
                lambda call: log.warning("call adopted", call=call),
                self._sources,
            )
        except RefusedError:
            sealing.remove(path)
        self.sealed += 1
