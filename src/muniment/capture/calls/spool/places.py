"""Where files of a spool lie: on this machine's disk, in memory, or on a carrier's server."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Protocol

from muniment.capture.statement import readable

BLOCK = 1024 * 1024  # bytes read at a time
LOOKED_AT = 16 * 1024  # bytes of a file whose kind is guessed


class Place(Protocol):
    """What is asked of it. Each raises OSError where a file cannot be read."""

    def look(self, path: PurePath) -> tuple[int, int]:
        """Size in bytes and the time of the last change in ns, as they are now."""
        ...

    def blocks(self, path: PurePath, size: int) -> Iterator[bytes]:
        """All bytes of a file that had this size."""
        ...

    def start(self, path: PurePath) -> bytes:
        """Its first bytes."""
        ...

    def is_written(self, path: PurePath) -> bool:
        """Whether somebody is known to write to it now."""
        ...

    def name(self, path: PurePath) -> str:
        """The file by a name that tells people where it was."""
        ...


class Disk:
    """The disk of the machine that this runs on."""

    def look(self, path: PurePath) -> tuple[int, int]:
        """As `Place`."""
        status = Path(path).stat()
        return status.st_size, status.st_mtime_ns

    def blocks(self, path: PurePath, _size: int) -> Iterator[bytes]:
        """As `Place`."""
        with Path(path).open("rb") as file:
            while block := file.read(BLOCK):
                yield block

    def start(self, path: PurePath) -> bytes:
        """As `Place`."""
        with Path(path).open("rb") as file:
            return file.read(LOOKED_AT)

    def is_written(self, path: PurePath) -> bool:
        """Known on Linux for files of our own user: a lease is refused while a writer has it open."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            return True  # what cannot be opened is not taken either
        try:
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except BlockingIOError:
            return True
        except OSError:  # not ours, or a file system without leases
            return False
        else:
            with contextlib.suppress(OSError):
                fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
            return False
        finally:
            os.close(descriptor)

    def name(self, path: PurePath) -> str:
        """Its path as text."""
        return readable(os.fsencode(path))


@dataclass(frozen=True)
class Memory:
    """Files that somebody handed over, and that are on no disk. `where` stands before their names."""

    where: str
    files: dict[PurePath, bytes] = field(default_factory=dict)

    def look(self, path: PurePath) -> tuple[int, int]:
        """As `Place`; nobody can change them."""
        return len(self.files[path]), 0

    def blocks(self, path: PurePath, _size: int) -> Iterator[bytes]:
        """As `Place`."""
        yield self.files[path]

    def start(self, path: PurePath) -> bytes:
        """As `Place`."""
        return self.files[path][:LOOKED_AT]

    def is_written(self, _path: PurePath) -> bool:
        """Nobody can."""
        return False

    def name(self, path: PurePath) -> str:
        """Its name after where it came from."""
        return f"{self.where}{readable(os.fsencode(path))}"


DISK = Disk()
