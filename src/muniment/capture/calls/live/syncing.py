"""Making many files durable at once: one order to the file system instead of one for each call."""

import ctypes
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

FEW = 4  # files up to which each is made durable by itself

_libc = ctypes.CDLL(None, use_errno=True)


class Syncer:
    """A thread that syncs, so that sockets are read on while the disk works."""

    def __init__(self, folder: Path) -> None:
        """`folder` is on the file system of the files."""
        self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether the last order is still under way."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, descriptors: Sequence[int], failed: Callable[[], None]) -> None:
        """Make what was written to these files durable; `failed` is called, in the thread, if the disk refuses.

        Waits for the order before. The descriptors stay open until it is done: see `wait`.
        """
        self.wait()
        self._thread = threading.Thread(target=self._sync, args=(tuple(descriptors), failed), daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until the last order is done."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        """Wait, and let go of the folder."""
        self.wait()
        os.close(self._descriptor)

    def _sync(self, descriptors: Sequence[int], failed: Callable[[], None]) -> None:
        try:
            if len(descriptors) > FEW:
                if _libc.syncfs(self._descriptor) != 0:
                    failed()
                return
            for descriptor in descriptors:
                os.fdatasync(descriptor)
        except OSError:
            failed()
