"""Writing many files and making them durable at once, in a thread: sockets are read on while the disk works.

One order to the file system syncs everything that was written before, instead of one for each call.
"""

import ctypes
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

FEW = 4  # files up to which each is made durable by itself

_libc = ctypes.CDLL(None, use_errno=True)

type Work = Callable[[], int | None]
"""Writes, and gives the descriptor that is to be made durable; None where nothing is."""


class Writing:
    """One round of work at a time."""

    def __init__(self, folder: Path) -> None:
        """`folder` is on the file system of the files."""
        self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._thread: threading.Thread | None = None
        self.failed = False
        """Whether the disk refused to make the last round durable."""

    @property
    def busy(self) -> bool:
        """Whether a round is under way."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, works: Sequence[Work]) -> None:
        """Do this, in its order, and make durable what it wrote. Waits for the round before."""
        self.wait()
        self._thread = threading.Thread(target=self._round, args=(tuple(works),), daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until the round is done."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        """Wait, and let go of the folder."""
        self.wait()
        os.close(self._descriptor)

    def _round(self, works: Sequence[Work]) -> None:
        written = {descriptor for work in works if (descriptor := work()) is not None}
        self.failed = bool(written) and not self._sync(written)

    def _sync(self, descriptors: set[int]) -> bool:
        if len(descriptors) > FEW:
            return bool(_libc.syncfs(self._descriptor) == 0)
        try:
            for descriptor in descriptors:
                os.fdatasync(descriptor)
        except OSError:
            return False
        return True
