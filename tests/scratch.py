"""Where the tests write: in memory where there is plenty of it, so that none waits for a disk.

What a test can see of `fsync` is that it was called, and in which order: that is the same in memory. The tests of
full and failing disks mount their own.
"""

import os
import shutil
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")  # noqa: S108  pytest makes a folder of our own within it
ROOM = 6 << 30  # bytes
VARIABLE = "PYTEST_DEBUG_TEMPROOT"


def roomy(folder: Path) -> bool:
    """Whether a whole run fits into this folder and into the machine's memory, and programs start from it."""
    if not os.access(folder, os.W_OK | os.X_OK) or os.statvfs(folder).f_flag & os.ST_NOEXEC:
        return False
    return min(shutil.disk_usage(folder).free, psutil.virtual_memory().available) > ROOM


def pytest_configure() -> None:
    if VARIABLE not in os.environ and roomy(MEMORY):
        os.environ[VARIABLE] = str(MEMORY)
