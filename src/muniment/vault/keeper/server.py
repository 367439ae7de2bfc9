"""The keeper's sockets: accepts, checks who calls, and gives each connection a thread."""

import os
import selectors
import socket
import sys
import threading
import traceback
from collections.abc import Callable

from muniment.core import parting
from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.core.parting import Parting
from muniment.vault import wire
from muniment.vault.keeper.keeper import DOORS, Keeper

_BACKLOG = 256
_POLL = 0.2  # seconds between looks at whether to stop
_FINISH = 10.0  # seconds that connections in the middle of a request get at the end


class Server:
    """Listens on one socket for each door of a home. Only the users that run its processes may connect."""

    def __init__(self, home: Home, keeper: Keeper) -> None:
        self._home = home
        self._keeper = keeper
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, bool] = {}
        self._parted = parting.of(home)
        self._listening = {door: _listen(home, door, self._parted) for door in DOORS}

    @property
    def connected(self) -> int:
        """How many connections there are."""
        with self._lock:
            return len(self._connections)

    def serve(self, stop: Callable[[], bool]) -> None:
        """Accept until `stop` says so; then let requests end, and close."""
        with selectors.DefaultSelector() as selector:
            for door, listening in self._listening.items():
                selector.register(listening, selectors.EVENT_READ, door)
            while not stop():
                for key, _ in selector.select(_POLL):
                    self._accept(self._listening[key.data], key.data)
        self._close()

    def _accept(self, listening: socket.socket, door: str) -> None:
        try:
            connection, _ = listening.accept()
        except OSError as error:  # the caller has gone, or we have no descriptors left: others may come
            print(f"keeper: cannot accept: {error.strerror}", file=sys.stderr)  # noqa: T201
            return
        if not parting.may_speak(connection, self._parted):
            connection.close()
            return
        with self._lock:
            self._connections[connection] = False
        threading.Thread(target=self._converse, args=(connection, door), daemon=True).start()

    def _converse(self, connection: socket.socket, door: str) -> None:
        try:
            while (frame := wire.receive(connection)) is not None:
                self._mark(connection, busy=True)
                wire.send(connection, self._keeper.answer(door, frame))
                self._mark(connection, busy=False)
        except (OSError, MunimentError):
            pass  # the caller went away in the middle: it does not know, and will ask again
        except Exception as error:  # noqa: BLE001  # one request's fault must not be silent, nor stop the rest
            # Neither the message nor local values: they may quote content.
            where = "".join(traceback.format_tb(error.__traceback__))
            print(f"keeper: {type(error).__name__} at the {door} door\n{where}", file=sys.stderr)  # noqa: T201
        finally:
            with self._lock:
                self._connections.pop(connection, None)
            connection.close()

    def _mark(self, connection: socket.socket, *, busy: bool) -> None:
        with self._lock:
            self._connections[connection] = busy

    def _close(self) -> None:
        for door, listening in self._listening.items():
            self._home.socket(door).unlink(missing_ok=True)
            listening.close()
        waited = threading.Event()
        for _ in range(int(_FINISH / _POLL)):
            with self._lock:
                if not any(self._connections.values()):
                    break
            waited.wait(_POLL)
        with self._lock:
            for connection in self._connections:
                connection.shutdown(socket.SHUT_RDWR)


def _listen(home: Home, door: str, parted: Parting | None) -> socket.socket:
    path = home.socket(door)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not parted:
        if path.parent.stat().st_uid != os.getuid():  # it may lie in the temporary directory
            raise PermissionError(f"{path.parent} belongs to another user.")
        path.parent.chmod(0o700)
    path.unlink(missing_ok=True)  # ours: the lock on the home says that no other keeper runs
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(os.fspath(path))
    parting.open_to_group(path, parted)
    listening.listen(_BACKLOG)
    return listening
