"""A backup in a folder of any disk that is mounted. Files are synced; their names are those of the backup."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.vault.backup.destination import KEYS, Stored

ASIDE = ".part"
_CHUNK = 4 << 20  # bytes copied at a time


@dataclass(frozen=True)
class Folder:
    """The folder, which `alone` makes if it is to be written."""

    path: Path

    @property
    def title(self) -> str:
        """Its whole path."""
        return str(self.path.absolute())

    @contextmanager
    def alone(self, *, writing: bool) -> Iterator[None]:
        """Hold it by a lock; NotAvailableError if another command has it or there is no such folder."""
        with _troubles(self.path):
            if writing:
                (self.path / KEYS).mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise NotAvailableError(f"Another command is at work on {self.path}.") from error
            yield
        finally:
            os.close(descriptor)

    def listed(self, prefix: str) -> list[Stored]:
        """Every file whose name begins so."""
        folder = self.path / prefix.rpartition("/")[0]
        with _troubles(folder):
            found = (path for path in folder.rglob("*") if path.suffix != ASIDE and path.is_file())
            named = ((str(path.relative_to(self.path)), path.stat().st_size) for path in found)
            return sorted(Stored(*each) for each in named if each[0].startswith(prefix))

    def read(self, name: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Bytes of one file."""
        path = self.path / name
        with _troubles(path), path.open("rb") as stream:
            stream.seek(start)
            while end is None or start < end:
                data = stream.read(_CHUNK if end is None else min(_CHUNK, end - start))
                if not data:
                    if end is not None:
                        raise FaultFoundError(f"{path} is shorter than it was.")
                    return
                start += len(data)
                yield data

    def write(self, name: str, data: bytes) -> None:
        """Write it aside, sync it, give it its name, and sync that."""
        with _troubles(self.path / name):
            write(self.path / name, data)

    def same(self, name: str, source: Path, end: int) -> int:
        """Every byte is compared."""
        target = self.path / name
        with _troubles(target):
            have = target.stat().st_size if target.is_file() else 0
            return same_up_to(source, target, min(have, end))

    def grow(self, name: str, source: Path, end: int, *, start: int = 0, kept: int = 0) -> Iterator[int]:
        """Cut it, and append to it."""
        target = self.path / name
        with _troubles(target):
            _make_folder(target.parent)
            yield from append(source, target, kept, start, end)
            sync_folder(target.parent)

    def remove(self, prefix: str) -> None:
        """Remove them, and the folders that are empty then."""
        with _troubles(self.path / prefix):
            for path in self.path.glob(f"{prefix}*"):
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()
            place = self.path / prefix.rpartition("/")[0]
            while place != self.path and place != self.path / KEYS.rstrip("/"):
                if place.is_dir():
                    if any(place.iterdir()):
                        break
                    place.rmdir()
                place = place.parent
            if place.is_dir():
                sync_folder(place)


@contextmanager
def _troubles(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotAvailableError(f"There is no {path}.", why=f"{error.strerror}.") from error
    except OSError as error:
        raise NotAvailableError(
            f"The backup at {path} cannot be used.", why=f"{os.strerror(error.errno or 0)}."
        ) from error


def write(path: Path, data: bytes) -> None:
    """Write a whole file, synced, aside first; its folder is synced too."""
    _make_folder(path.parent)
    aside = path.with_name(f"{path.name}{ASIDE}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    aside.rename(path)
    sync_folder(path.parent)


def append(source: Path, target: Path, kept: int, start: int, end: int) -> Iterator[int]:
    """Copy the bytes from `start` to `end` behind the first `kept` of `target`, synced; yields as it goes on."""
    descriptor = os.open(target, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(descriptor, kept)
        with source.open("rb") as stream:
            stream.seek(start)
            while start < end:
                data = stream.read(min(_CHUNK, end - start))
                if not data:
                    raise FaultFoundError(f"{source} is shorter than it was.")
                os.pwrite(descriptor, data, kept)
                start, kept = start + len(data), kept + len(data)
                yield len(data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def same_up_to(left: Path, right: Path, length: int) -> int:
    """How many of the first `length` bytes are the same in both files before the first that differs."""
    if not length:
        return 0
    with left.open("rb") as one, right.open("rb") as other:
        at = 0
        while at < length:
            size = min(_CHUNK, length - at)
            mine, theirs = one.read(size), other.read(size)
            if mine != theirs:
                pairs = enumerate(zip(mine, theirs, strict=False))
                return at + next((n for n, (a, b) in pairs if a != b), min(len(mine), len(theirs)))
            at += size
    return length


def sync_folder(path: Path) -> None:
    """Return when the names in a folder are on stable storage."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_folder(path: Path) -> None:
    if not path.is_dir():
        _make_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
        sync_folder(path.parent)
