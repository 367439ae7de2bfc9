"""An import: files in, sealed batches out, with a count of everything that was seen.

Reading goes on while earlier batches are compressed, encrypted and made durable. What is on disk at the
keeper is noted before the next progress is shown, so that a stop at any moment can be taken up again by
giving the same command: what is held is passed over by its digest.
"""

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from muniment.capture import batch as batches
from muniment.capture import tally
from muniment.capture.batch import LARGEST_BATCH, Captured, Keeping
from muniment.capture.files import folders
from muniment.capture.files.folders import Candidate, Found, Passed
from muniment.capture.files.mbox import Dialect
from muniment.capture.statement import CaptureStatement, Envelope
from muniment.capture.tally import Held, Tally
from muniment.core import clock
from muniment.core.errors import MunimentError
from muniment.core.ids import new_record_id
from muniment.vault.messages import Receipt

AT_ONCE = 3  # batches between the reader and the keeper


class Summary(tally.Summary, frozen=True, kw_only=True):
    """What an import did with messages. `unreadable` are among the sealed.

    seen = sealed + already_held + failed, unless it was stopped.
    """

    unreadable: int


@dataclass(slots=True)
class _Pending:
    """A batch on its way."""

    digests: list[bytes]
    receipt: Future[Receipt]


@dataclass(frozen=True, slots=True)
class Ports(tally.Ports):
    """The same, and why bytes cannot be read as mail; empty where they can."""

    reason_unreadable: Callable[[bytes], str] = lambda _: ""


class Import:
    """One run over some paths for one organisation."""

    def __init__(
        self,
        keeper: Keeping,
        organisation: str,
        held: Held,
        *,
        ports: Ports | None = None,
        source: str = "import",
        dialect: Dialect = "auto",
        stop: threading.Event | None = None,
    ) -> None:
        self._keeper = keeper
        self._organisation = organisation
        self._held = held
        self._ports = ports or Ports()
        self._source = source
        self._dialect = dialect
        self._stop = stop or threading.Event()
        self._count, self._unreadable = Tally(), 0
        self._pending: deque[_Pending] = deque()
        self._under_way: set[bytes] = set()
        self.fault: MunimentError | None = None

    def run(self, paths: Iterable[Path]) -> Summary:
        """Seal everything below `paths` that is not held yet.

        If the keeper goes away, `fault` says so and the summary counts what was kept until then.
        """
        candidates = folders.survey(paths, self._passed)
        self._count.total = sum(candidate.size for candidate in candidates)
        with ThreadPoolExecutor(AT_ONCE, "seal") as threads:
            for group in tally.grouped(self._fresh(candidates), LARGEST_BATCH):
                while len(self._pending) >= AT_ONCE:
                    self._settle()
                if self.fault:
                    self._count.failed += len(group)
                    break
                digests = [digest for digest, _ in group]
                messages = [message for _, message in group]
                self._pending.append(_Pending(digests, threads.submit(self._seal, messages)))
            while self._pending:
                self._settle()
        return self._count.summary(Summary, unreadable=self._unreadable)

    def _seal(self, messages: list[Captured]) -> Receipt:
        return batches.keep(self._keeper, self._organisation, messages)

    def _settle(self) -> None:
        """Wait for the oldest batch and note what became of it."""
        pending = self._pending.popleft()
        try:
            receipt = pending.receipt.result()
        except MunimentError as error:
            self._count.failed += len(pending.digests)
            self.fault = self.fault or error
        else:
            self._held.add(receipt.first, pending.digests)
            self._count.sealed += len(pending.digests)
        self._under_way.difference_update(pending.digests)
        self._ports.progress(self._count.progress)

    def _fresh(self, candidates: list[Candidate]) -> Iterator[tuple[tuple[bytes, Captured], int]]:
        for found in self._new(candidates):
            digest = hashlib.sha256(found.original).digest()
            if digest in self._under_way or self._held.holds(digest):
                self._count.already_held += 1
                continue
            self._under_way.add(digest)
            self._unreadable += bool(self._ports.reason_unreadable(found.original))
            yield (digest, self._captured(found, digest)), len(found.original)

    def _new(self, candidates: list[Candidate]) -> Iterator[Found]:
        for candidate in candidates:
            for item in folders.read(candidate, self._dialect):
                if self._stop.is_set() or self.fault:
                    return
                if isinstance(item, Passed):
                    self._passed(item)
                    continue
                self._count.seen += 1
                self._count.bytes += len(item.original)
                self._count.done += len(item.original)
                yield item

    def _captured(self, found: Found, digest: bytes) -> Captured:
        statement = CaptureStatement(
            source=self._source,
            received=clock.seconds(),
            form=found.form,
            sha256=digest.hex(),
            envelope=Envelope(found.sender),
            origin=found.origin,
        )
        return Captured(new_record_id(), statement.encode(), found.original)

    def _passed(self, passed: Passed) -> None:
        self._count.seen += 1
        self._count.failed += 1
        self._ports.refused(passed.origin, passed.reason)
