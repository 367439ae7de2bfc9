"""The one writer of an organisation's store: jobs of all connections, committed together.

Whoever comes while nobody writes, writes; while a commit waits for the disk, the next jobs gather, and the first
of those who brought them makes all of them durable by one commit. So a job alone passes through no other thread.
A job's checks run in order, against books that know every job before it.
"""

import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from muniment.core.errors import MunimentError, NotAvailableError
from muniment.vault.archive import Archive
from muniment.vault.sealing import SealedBatch
from muniment.vault.store import Commit

LARGEST_GROUP = 64 * 1024 * 1024  # bytes of sealed entries in one commit
MOST_JOBS = 512
_PAUSE = 0.1  # seconds between two checkpoints: each costs the disk several syncs


@dataclass
class Job:
    """Something to write. `prepare` gets the sequence of its first entry and returns what to commit.

    `finish` runs once that is durable, still before any later job: what it returns is the answer. Both may
    run in the thread of another job.
    """

    prepare: Callable[[int], Sequence[SealedBatch]]
    finish: Callable[[Commit], object]
    alone: bool = False
    """Whether nothing else may be in its commit."""
    done: bool = False
    answer: object = None
    failed: MunimentError | None = None
    _waiting: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._waiting.acquire()

    def wait(self) -> None:
        """Until it is done, or is to do the writing."""
        self._waiting.acquire()

    def wake(self) -> None:
        """Let `wait` return, once."""
        self._waiting.release()

    def end(self, answer: object = None, failed: MunimentError | None = None) -> None:
        """Keep what came of it, and wake whoever waits."""
        self.answer, self.failed, self.done = answer, failed, True
        self.wake()


class Writer:
    """Commits in the threads of those who ask; a thread of its own brings the checkpoint after it.

    So no commit waits for a checkpoint. `reload` reads the books anew from the ledger, when a commit fails
    whose jobs they had taken in.
    """

    def __init__(self, store: Archive, reload: Callable[[], None]) -> None:
        self._store = store
        self._reload = reload
        self._jobs: deque[Job] = deque()
        self._taking = threading.Lock()
        self._busy = False  # whether somebody writes
        self._stopping = threading.Event()
        self._behind = threading.Event()
        self._following = threading.Thread(target=self._follow, name="checkpoint", daemon=True)
        self._following.start()

    def submit(self, job: Job) -> object:
        """Run a job to its end and give its answer, or raise what went wrong."""
        with self._taking:
            self._jobs.append(job)
            wait, self._busy = self._busy, True
        if wait:
            job.wait()
        if not job.done:
            self._lead()
        try:
            if job.failed is not None:
                raise job.failed
            return job.answer
        finally:
            del job  # an error holds this frame: it must not hold the error

    def stop(self) -> None:
        """Finish the jobs that wait, publish, and end. Later jobs are refused."""
        with suppress(NotAvailableError):  # it is stopped already
            self.submit(Job(lambda _: (), lambda _: self._stopping.set(), alone=True))
        self._behind.set()
        self._following.join()
        self._publish()

    def _lead(self) -> None:
        """Write the jobs that wait; then the first of those that have come meanwhile does the same."""
        with self._taking:
            group = [self._jobs.popleft() for _ in range(min(len(self._jobs), MOST_JOBS))]
        try:
            self._write(group)
        finally:
            for job in group:
                if not job.done:  # the writer has stopped, or this thread is being ended
                    job.end(failed=_stopping())
            with self._taking:
                self._busy = bool(self._jobs)
                if self._busy:
                    self._jobs[0].wake()

    def _follow(self) -> None:
        while not self._stopping.is_set():
            self._behind.wait()
            self._behind.clear()
            self._publish()
            self._stopping.wait(_PAUSE)

    def _publish(self) -> None:
        try:
            self._store.publish()
        except (MunimentError, OSError) as error:  # tried again after the next commit, and at the start
            print(f"keeper: the checkpoint lags behind: {error}", file=sys.stderr)  # noqa: T201

    def _write(self, group: Sequence[Job]) -> None:
        while group:
            if self._stopping.is_set():
                return  # `_lead` says so to those that are left
            taken, prepared, group = self._prepare(group)
            if not taken:
                continue
            try:
                commit = self._commit(prepared)
            except MunimentError as error:
                self._fail(taken, error)
            except Exception as error:  # noqa: BLE001  # whatever it is, nothing of the group is acknowledged
                self._fail(taken, _fault(error))
            else:
                self._finish(taken, prepared, commit)
                self._behind.set()

    def _prepare(self, group: Sequence[Job]) -> tuple[list[Job], list[Sequence[SealedBatch]], Sequence[Job]]:
        """Jobs that may be committed together, what they write, and the jobs that are left."""
        taken: list[Job] = []
        prepared: list[Sequence[SealedBatch]] = []
        size, following = 0, self._store.size
        for place, job in enumerate(group):
            if size > LARGEST_GROUP or (place and (job.alone or group[place - 1].alone)):
                return taken, prepared, group[place:]
            try:
                batches = job.prepare(following)
            except MunimentError as error:
                job.end(failed=error)
            except Exception as error:  # noqa: BLE001  # one job's fault must not end the writer
                job.end(failed=_fault(error))
            else:
                taken.append(job)
                prepared.append(batches)
                following += sum(len(batch.entries) for batch in batches)
                size += sum(len(entry.ciphertext) for batch in batches for entry in batch.entries)
        return taken, prepared, ()

    def _commit(self, prepared: Sequence[Sequence[SealedBatch]]) -> Commit:
        batches = [batch for each in prepared for batch in each]
        if not batches:
            return Commit(self._store.size, 0, self._store.root)
        return self._store.commit(batches)

    def _fail(self, taken: Sequence[Job], error: MunimentError) -> None:
        """Nothing of the group was kept. The books, which took it in, are read anew.

        If one job is at fault, the others must not suffer: each is then tried on its own.
        """
        try:
            self._reload()
        except MunimentError as worse:
            error = worse
        else:
            if len(taken) > 1 and not isinstance(error, NotAvailableError):
                for job in taken:
                    self._write([job])
                return
        for job in taken:
            job.end(failed=error)

    def _finish(
        self, taken: Sequence[Job], prepared: Sequence[Sequence[SealedBatch]], commit: Commit
    ) -> None:
        first = commit.first
        for job, batches in zip(taken, prepared, strict=True):
            count = sum(len(batch.entries) for batch in batches)
            try:
                job.end(job.finish(Commit(first, count, commit.root)))
            except MunimentError as error:
                job.end(failed=error)
            except Exception as error:  # noqa: BLE001  # the entries are durable; the answer is not
                job.end(failed=_fault(error))
            first += count


def _fault(error: Exception) -> NotAvailableError:
    # The message of a foreign error could quote content: only its kind may leave this thread.
    return NotAvailableError("The keeper met a fault of its own.", why=f"{type(error).__name__}.")


def _stopping() -> NotAvailableError:
    return NotAvailableError("The keeper is stopping.", remedy="Try again when it is back.")
