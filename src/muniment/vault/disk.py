"""The few system calls by which the vault changes a disk, so that tests can fail or forget each."""

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from muniment.vault import beside

MOST_PARTS = 1024  # IOV_MAX on Linux
KEEPER_WRITES = 0o640
"""Whoever else is in the group may read what is sealed: where processes are parted by user, to verify it."""
KEEPER_WRITES_FOLDER = 0o750


class Disk:
    """A real disk. Every method raises OSError as the system does."""

    def open(self, path: Path) -> int:
        """A descriptor for reading and writing; the file is made if it is missing."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, KEEPER_WRITES)

    def write(self, descriptor: int, parts: Sequence[bytes], offset: int) -> None:
        """Write all `parts` at `offset`, however often the system takes only some."""
        waiting = [part for part in parts if part]
        while waiting:
            written = os.pwritev(descriptor, waiting[:MOST_PARTS], offset)
            offset += written
            waiting = _after(waiting, written)

    def sync(self, descriptor: int) -> None:
        """Return when the bytes are on stable storage (fdatasync)."""
        os.fdatasync(descriptor)

    def begin_sync(self, descriptor: int) -> Callable[[], None]:
        """Begin to sync, beside whatever follows. What is returned waits for it, and raises what went wrong.

        Files that are synced at the same time share one write of the file system's journal.
        """
        return beside.begin(partial(self.sync, descriptor))

    def cut(self, descriptor: int, length: int) -> None:
        """Drop everything from `length` bytes on."""
        os.ftruncate(descriptor, length)

    def replace(self, path: Path, data: bytes, aside: Path) -> None:
        """Write `data` aside, sync it and rename it to `path`. The folder is not yet synced."""
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, KEEPER_WRITES)
        try:
            self.write(descriptor, (data,), 0)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        aside.rename(path)

    def rename(self, old: Path, new: Path) -> None:
        """Give a file its final name. The folder is not yet synced."""
        old.rename(new)

    def sync_folder(self, path: Path) -> None:
        """Return when the names in a folder are on stable storage."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def make_folder(self, path: Path) -> None:
        """Make a folder and those above it; the folder that holds each new one is synced."""
        if path.is_dir():
            return
        self.make_folder(path.parent)
        path.mkdir(KEEPER_WRITES_FOLDER, exist_ok=True)
        self.sync_folder(path.parent)

    def remove(self, path: Path) -> None:
        """Remove one file if it is there."""
        path.unlink(missing_ok=True)

    def remove_folder(self, path: Path) -> None:
        """Remove one empty folder."""
        path.rmdir()


def finish(begun: Iterable[Callable[[], None]]) -> None:
    """Wait for every sync that has begun; then the first OSError, if there was one."""
    failed: OSError | None = None
    for wait in begun:
        try:
            wait()
        except OSError as error:
            failed = failed or error
    if failed is not None:
        raise failed


def _after(parts: list[bytes], written: int) -> list[bytes]:
    for at, part in enumerate(parts):
        if written < len(part):
            return [part[written:], *parts[at + 1 :]]
        written -= len(part)
    return []
