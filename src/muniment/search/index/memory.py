"""A directory in memory that only this process sees and that ends with it.

Where the machine allows it, it is a file system of this process's own (its mount namespace), so that
the kernel drops it with the process, kill -9 included, and no other process finds it by a path. Where
not, it is a private directory in /dev/shm; what a killed librarian left there, the next one removes.
"""

import ctypes
import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from muniment.core.errors import NotAvailableError

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - memory, not disk; the directory is private
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 2, 4, 8
_MS_REC, _MS_PRIVATE = 16384, 1 << 18
_MNT_DETACH = 2


@dataclass
class MemoryDirectory:
    """A private directory in memory; `close` removes it. `isolated`: nobody else can even see it."""

    path: Path
    isolated: bool
    _lock: int

    def close(self) -> None:
        """Remove everything."""
        if self.isolated:
            _library().umount2(os.fsencode(self.path), _MNT_DETACH)
        shutil.rmtree(self.path)
        os.close(self._lock)


def memory_directory(*, isolate: bool) -> MemoryDirectory:
    """Make the directory. `isolate` changes this process's view of the file system: main program only.

    NotAvailableError on a machine without shared memory.
    """
    prefix = f"muniment-index-{os.getuid()}-"
    try:
        _remove_left_over(prefix)
        path = Path(tempfile.mkdtemp(prefix=prefix, dir=SHARED_MEMORY))
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise NotAvailableError(
            "The librarian has no memory to keep the index in.",
            why=f"{SHARED_MEMORY}: {error.strerror}.",
            remedy="Mount a tmpfs on /dev/shm.",
        ) from error
    fcntl.flock(lock, fcntl.LOCK_EX)
    return MemoryDirectory(path, isolate and _mount_own(path), lock)


def _remove_left_over(prefix: str) -> None:
    for path in SHARED_MEMORY.glob(f"{prefix}*"):
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # its owner lives: leave it
                shutil.rmtree(path)
            finally:
                os.close(descriptor)


def _mount_own(path: Path) -> bool:
    """Whether a file system of our own could be mounted on `path`."""
    user, group = os.getuid(), os.getgid()
    try:
        if user != 0:
            os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNS)
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
        else:
            os.unshare(os.CLONE_NEWNS)
        _mount("none", "/", None, _MS_REC | _MS_PRIVATE, None)
        flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
        try:
            _mount("muniment", path, "tmpfs", flags, "mode=0700,noswap")
        except OSError:  # noswap came with Linux 6.4
            _mount("muniment", path, "tmpfs", flags, "mode=0700")
    except OSError:
        return False
    return True


def _mount(source: str, target: str | Path, kind: str | None, flags: int, options: str | None) -> None:
    encoded = [value.encode() if value is not None else None for value in (source, os.fspath(target), kind)]
    settings = options.encode() if options else None
    if _library().mount(*encoded, ctypes.c_ulong(flags), settings) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
