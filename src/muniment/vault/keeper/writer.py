"""The one writer of an organisation's store: jobs of all connections, committed together.

While a commit waits for the disk, the next jobs gather; the group that has gathered is then made durable
by one commit. A job's checks run here, in order, against books that know every job before it.
"""

import queue
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
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

    `finish` runs once that is durable, still before any later job: what it returns is the answer.
    """

    prepare: Callable[[int], Sequence[SealedBatch]]
    finish: Callable[[Commit], object]
    future: "Future[object]" = field(default_factory=Future)
    alone: bool = False
    """Whether nothing else may be in its commit."""


class Writer:
    """Two threads: one commits, the other brings the checkpoint after it, so that no commit waits for it.

    `reload` reads the books anew from the ledger, when a commit fails whose jobs they had taken in.
    """

    def __init__(self, store: Archive, reload: Callable[[], None]) -> None:
        self._store = store
        self._reload = reload
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._behind = threading.Event()
        self._threads = [
            threading.Thread(target=work, name=work.__name__, daemon=True)
            for work in (self._run, self._follow)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job) -> object:
        """Run a job to its end and give its answer, or raise what went wrong."""
        if self._stopping.is_set():
            raise _stopping()
        self._jobs.put(job)
        return job.future.result()

    def stop(self) -> None:
        """Finish the jobs that wait, publish, and end. Later jobs are refused."""
        self._stopping.set()
        self._jobs.put(None)
        self._behind.set()
        for thread in self._threads:
            thread.join()
        self._publish()

    def _run(self) -> None:
        while group := self._gather():
            self._write(group)
            self._behind.set()
        while not self._jobs.empty():
            job = self._jobs.get()
            if job is not None:
                job.future.set_exception(_stopping())

    def _gather(self) -> list[Job]:
        """The jobs that wait, at least one; none at the end."""
        group: list[Job] = []
        job = self._jobs.get()
        while job is not None:
            group.append(job)
            if len(group) >= MOST_JOBS or self._jobs.empty():
                return group
            job = self._jobs.get()
        if group:
            self._jobs.put(None)  # this group first, then the end
        return group

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
                job.future.set_exception(error)
            except Exception as error:  # noqa: BLE001  # one job's fault must not end the writer
                job.future.set_exception(_fault(error))
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
            job.future.set_exception(error)

    def _finish(
        self, taken: Sequence[Job], prepared: Sequence[Sequence[SealedBatch]], commit: Commit
    ) -> None:
        first = commit.first
        for job, batches in zip(taken, prepared, strict=True):
            count = sum(len(batch.entries) for batch in batches)
            try:
                job.future.set_result(job.finish(Commit(first, count, commit.root)))
            except MunimentError as error:
                job.future.set_exception(error)
            except Exception as error:  # noqa: BLE001  # the entries are durable; the answer is not
                job.future.set_exception(_fault(error))
            first += count


def _fault(error: Exception) -> NotAvailableError:
    # The message of a foreign error could quote content: only its kind may leave this thread.
    return NotAvailableError("The keeper met a fault of its own.", why=f"{type(error).__name__}.")


def _stopping() -> NotAvailableError:
    return NotAvailableError("The keeper is stopping.", remedy="Try again when it is back.")
