"""An import: files in, sealed batches out, with a count of everything that was seen.

Reading goes on while earlier batches are compressed, encrypted and made durable. What is on disk at the
keeper is noted before the next progress is shown, so that a stop at any moment can be taken up again by
giving the same command: what is held is passed over by its digest.
"""

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec

from muniment.capture import batch as batches
from muniment.capture.batch import HEAVIEST_BATCH, LARGEST_BATCH, Captured, Keeping
from muniment.capture.files import folders
from muniment.capture.files.folders import Candidate, Found, Passed
from muniment.capture.files.mbox import Dialect
from muniment.capture.statement import CaptureStatement, Envelope
from muniment.core import clock
from muniment.core.errors import MunimentError
from muniment.core.ids import new_record_id
from muniment.vault.messages import Receipt

AT_ONCE = 3  # batches between the reader and the keeper


class Held(Protocol):
    """What is held already; `files.held.HeldDigests` is one."""

    def holds(self, digest: bytes) -> bool:
        """Whether a message with this SHA-256 is held."""
        ...

    def add(self, first: int, digests: list[bytes]) -> None:
        """Note messages that are durable now, from place `first` of the ledger on."""
        ...


class Summary(msgspec.Struct, frozen=True):
    """What an import did: messages, bytes of the messages that were seen, seconds.

    seen = sealed + already_held + failed, unless it was stopped. `unreadable` are among the sealed.
    """

    seen: int
    sealed: int
    already_held: int
    unreadable: int
    failed: int
    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: messages and bytes so far, bytes in all, and seconds since the start."""

    seen: int
    done: int
    total: int
    seconds: float

    @property
    def rate(self) -> float:
        """Bytes per second."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def remaining(self) -> float:
        """Seconds that it will take yet, at the rate so far."""
        return (self.total - self.done) / self.rate if self.rate else 0.0


@dataclass(slots=True)
class _Pending:
    """A batch on its way."""

    digests: list[bytes]
    receipt: Future[Receipt]


@dataclass(slots=True)
class _Count:
    seen: int = 0
    sealed: int = 0
    already_held: int = 0
    unreadable: int = 0
    failed: int = 0
    bytes: int = 0
    done: int = 0
    begun: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Ports:
    """What an import asks others: why bytes cannot be read, and where to report to."""

    reason_unreadable: Callable[[bytes], str] = lambda _: ""
    passed: Callable[[Passed], None] = lambda _: None
    progress: Callable[[Progress], None] = lambda _: None


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
        self._count = _Count()
        self._pending: deque[_Pending] = deque()
        self._under_way: set[bytes] = set()
        self._total = 0
        self.fault: MunimentError | None = None

    def run(self, paths: Iterable[Path]) -> Summary:
        """Seal everything below `paths` that is not held yet.

        If the keeper goes away, `fault` says so and the summary counts what was kept until then.
        """
        candidates = folders.survey(paths, self._passed)
        self._total = sum(candidate.size for candidate in candidates)
        with ThreadPoolExecutor(AT_ONCE, "seal") as threads:
            for group in self._groups(candidates):
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
        return self._summary()

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
        count = self._count
        self._ports.progress(Progress(count.seen, count.done, self._total, time.monotonic() - count.begun))

    def _groups(self, candidates: list[Candidate]) -> Iterator[list[tuple[bytes, Captured]]]:
        group: list[tuple[bytes, Captured]] = []
        weight = 0
        for found in self._new(candidates):
            digest = hashlib.sha256(found.original).digest()
            if digest in self._under_way or self._held.holds(digest):
                self._count.already_held += 1
                continue
            if group and weight + len(found.original) > HEAVIEST_BATCH:
                yield group
                group, weight = [], 0
            self._under_way.add(digest)
            self._count.unreadable += bool(self._ports.reason_unreadable(found.original))
            group.append((digest, self._captured(found, digest)))
            weight += len(found.original)
            if len(group) >= LARGEST_BATCH:
                yield group
                group, weight = [], 0
        if group:
            yield group

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
        self._ports.passed(passed)

    def _summary(self) -> Summary:
        count = self._count
        return Summary(
            seen=count.seen,
            sealed=count.sealed,
            already_held=count.already_held,
            unreadable=count.unreadable,
            failed=count.failed,
            bytes=count.bytes,
            seconds=round(time.monotonic() - count.begun, 3),
        )
