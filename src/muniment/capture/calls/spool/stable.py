"""Whether a file is whole: its writer has gone, and it has not changed for a while."""

import contextlib
import fcntl
import os
from pathlib import Path

from muniment.capture.calls.spool.finding import Seen
from muniment.core import clock

REST = 10.0  # seconds without a change


def is_whole(seen: Seen, rest: float = REST, now: float | None = None) -> bool:
    """Whether size and time are as they were seen, old enough, and nobody writes to the file.

    Whether somebody writes is known on Linux for files of our own user (a lease is refused while a writer
    has it open); for others age alone must do. A time to come counts as long ago: its clock is wrong.
    """
    try:
        status = seen.path.stat()
    except OSError:
        return False
    if (status.st_size, status.st_mtime_ns) != (seen.size, seen.changed):
        return False
    age = (clock.now().timestamp() if now is None else now) - status.st_mtime
    return not 0 <= age < rest and not _is_written(seen.path)


def _is_written(path: Path) -> bool:
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
