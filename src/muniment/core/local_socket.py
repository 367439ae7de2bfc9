"""A socket of this machine on which one of our processes answers: a thread for each conversation."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from muniment.core import parting
from muniment.core.errors import MunimentError
from muniment.core.parting import Parting

_BACKLOG = 64


class LocalSocket:
    """Listens at a path, for the users that run our processes only. `converse` has each connection to itself.

    An OSError or a MunimentError that `converse` raises ends that conversation alone.
    """

    def __init__(
        self, path: Path, converse: Callable[[socket.socket], None], parted: Parting | None = None
    ) -> None:
        """Listen from now on; whatever lay at the path is gone."""
        self._path, self._converse, self._parted = path, converse, parted
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(os.fspath(path))
        parting.open_to_group(path, parted)
        self._listener.listen(_BACKLOG)

    def serve(self) -> None:
        """Answer until the socket is closed."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._hear, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _hear(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, MunimentError):
            if parting.may_speak(connection, self._parted):
                self._converse(connection)
