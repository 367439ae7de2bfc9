"""The writing half of a store: the open files, the order of writes, and going back after a failure."""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from muniment.core.errors import NotAvailableError
from muniment.vault.disk import Disk, finish
from muniment.vault.frames import pack_commit
from muniment.vault.grouping import Closed, Plan
from muniment.vault.layout import Layout
from muniment.vault.recovery import Recovered
from muniment.vault.slots import BATCH_BYTES, EMPTY_SLOT, SLOT_BYTES
from muniment.vault.turning import Turning

REOPEN = "Free space or repair the disk, then start again: the vault is checked when it opens."


def lock(layout: Layout) -> int:
    """Take the writer's lock on a vault; NotAvailableError if another process has it."""
    try:
        descriptor = os.open(layout.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise NotAvailableError(f"There is no vault at {layout.path}.", why=f"{error.strerror}.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise NotAvailableError(
            f"The vault at {layout.path} is in use.",
            why="Another process has it open for writing.",
            remedy="Stop that process, or ask it.",
        ) from error
    return descriptor


class Writer:
    """The files that a store writes. `length` of each is what is acknowledged and no more."""

    def __init__(self, layout: Layout, disk: Disk, found: Recovered) -> None:
        self._layout = layout
        self._disk = disk
        self.batches = found.batches
        self._size = found.ledger.tree.size
        self._pack = found.ledger.pack
        self._end = found.ledger.end
        self._broken = False
        with _explained("The vault cannot be opened for writing."):
            opened: list[int] = []
            try:
                opened.extend(
                    disk.open(path)
                    for path in (found.keys.slots, found.keys.batches, layout.pack(self._pack))
                )
                self._slots, self._batch_file, self._pack_file = opened
                self._settle()
            except OSError:
                for descriptor in opened:
                    os.close(descriptor)
                raise

    def close(self) -> None:
        """Close the files."""
        for descriptor in (self._slots, self._batch_file, self._pack_file):
            os.close(descriptor)

    def append(self, planned: Plan, close: Callable[[], Closed]) -> Closed:
        """Make a commit durable; `close` hashes it, which it does while the disk is at work.

        NotAvailableError with everything as before if the disk refuses. After a failed sync nobody
        knows what is on the disk, so nothing more is written until the vault is opened again.
        """
        self._usable()
        try:
            closed = self._write(planned, close)
        except OSError as error:
            self._go_back()
            raise NotAvailableError(
                "The vault cannot keep this now; nothing of it was kept.",
                why=f"{error.strerror}.",
                remedy=REOPEN,
            ) from error
        except BaseException:
            self._broken = True
            raise
        self.batches += len(planned.batches)
        self._size += len(planned.headers)
        self._end = closed.group.end
        return closed

    def erase(self, *sequences: int) -> None:
        """Zero slots, durably; NotAvailableError if the disk refuses."""
        self._usable()
        with _explained("A key could not be destroyed."):
            for seq in sequences:
                self._disk.write(self._slots, (EMPTY_SLOT,), seq * SLOT_BYTES)
            self._sync(self._slots)

    def turn(self, turning: Turning, ordered: Iterable[int]) -> None:
        """Go over to the next generation of key files; durable on return.

        `ordered` are the entries whose erasure is ordered: theirs stay empty, whatever was copied.
        NotAvailableError, and the present generation still counts, if the disk refuses before the
        rename; if it refuses after it, nobody knows, and nothing more is written until the next opening.
        """
        self._usable()
        try:
            turning.complete(self._size, ordered)
        except OSError as error:
            raise NotAvailableError(
                "The epoch cannot be turned now; nothing has changed.",
                why=f"{error.strerror}.",
                remedy=REOPEN,
            ) from error
        old = (self._slots, self._batch_file)
        with _explained("The epoch may or may not have turned."):
            try:
                turning.take_effect()
                self._slots, self._batch_file, self.batches = turning.hand_over()
                for descriptor in old:
                    os.close(descriptor)
                for path in reversed(self._layout.left_by_turn()):  # slots before their batches
                    self._disk.remove(path)
                self._disk.sync_folder(self._layout.keys)
            except OSError:
                self._broken = True
                raise

    def _usable(self) -> None:
        if self._broken:
            raise NotAvailableError("The vault takes nothing after a failed write.", remedy=REOPEN)

    def _write(self, planned: Plan, close: Callable[[], Closed]) -> Closed:
        """Write all of a commit in order, the frame last, and sync the three files at the same time."""
        disk = self._disk
        if planned.pack != self._pack:
            fresh = disk.open(self._layout.pack(planned.pack))
            os.close(self._pack_file)
            self._pack, self._end, self._pack_file = planned.pack, planned.start, fresh
            disk.sync_folder(self._layout.packs)
        disk.write(self._pack_file, planned.parts, planned.start)
        begun = [disk.begin_sync(self._pack_file)] if planned.large else []
        try:
            closed = close()
            disk.write(self._batch_file, (closed.batches,), self.batches * BATCH_BYTES)
            disk.write(self._slots, (closed.slots,), self._size * SLOT_BYTES)
            disk.write(self._pack_file, (pack_commit(closed.group.commit),), planned.start + planned.length)
            begun += map(disk.begin_sync, (self._batch_file, self._slots))
            self._sync(self._pack_file)
        finally:
            self._finish(begun)
        return closed

    def _finish(self, begun: Iterable[Callable[[], None]]) -> None:
        """Wait for syncs: after it the files are on stable storage, or an OSError is raised."""
        try:
            finish(begun)
        except OSError:
            self._broken = True
            raise

    def _sync(self, descriptor: int) -> None:
        try:
            self._disk.sync(descriptor)
        except OSError:
            self._broken = True
            raise

    def _go_back(self) -> None:
        """Take away what a failed commit wrote, durably: the next one's keys lie in the same places.

        Were that left to chance, a power cut could leave the keys of one beside the entries of the other.
        """
        try:
            self._cut()
        except OSError:
            self._broken = True

    def _cut(self) -> None:
        disk = self._disk
        disk.cut(self._pack_file, self._end)
        disk.cut(self._slots, self._size * SLOT_BYTES)
        disk.cut(self._batch_file, self.batches * BATCH_BYTES)
        begun = [disk.begin_sync(self._batch_file), disk.begin_sync(self._slots)]
        try:
            self._sync(self._pack_file)
        finally:
            self._finish(begun)

    def _settle(self) -> None:
        """Cut what a crash left behind the last whole group, and sync what the vault relies on."""
        disk, layout = self._disk, self._layout
        for path in (layout.aside, layout.pack_aside, *layout.left_by_turn()):
            disk.remove(path)
        self._cut()
        for folder in (layout.packs, layout.keys, layout.path):
            disk.sync_folder(folder)


@contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotAvailableError(what, why=f"{error.strerror}.", remedy=REOPEN) from error
