"""The librarian's two sockets: who may speak to it, and in what order."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from muniment.core import parting
from muniment.core.errors import MunimentError, NotAvailableError, WrongUseError
from muniment.core.parting import Parting
from muniment.vault import wire
from muniment.vault.messages import Answer

_BACKLOG = 64
_encoder = msgspec.msgpack.Encoder()

type Handler = Callable[[Any], object]


class Socket:
    """One listening socket that takes one kind of request, from the users that run our processes only."""

    def __init__(self, path: Path, requests: object, handler: Handler, parted: Parting | None = None) -> None:
        self._path, self._handler, self._parted = path, handler, parted
        self._decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(requests)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._listener.bind(os.fspath(path))
        parting.open_to_group(path, parted)
        self._listener.listen(_BACKLOG)

    def serve(self) -> None:
        """Answer until the socket is closed; one thread for each connection."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _converse(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, MunimentError):
            if not parting.may_speak(connection, self._parted):
                return
            while (frame := wire.receive(connection)) is not None:
                wire.send(connection, _encoder.encode(self._answer(frame)))

    def _answer(self, frame: bytes) -> Answer:
        try:
            request = self._decoder.decode(frame)
        except msgspec.MsgspecError:
            return _refusal(WrongUseError("The librarian does not know such a request at this door."))
        try:
            return Answer(value=msgspec.Raw(_encoder.encode(self._handler(request))))
        except MunimentError as error:
            return _refusal(error)
        except Exception as error:  # noqa: BLE001 - one query must not end the librarian; its words stay out
            return _refusal(NotAvailableError("The search failed.", why=f"{type(error).__name__}."))


def _refusal(error: MunimentError) -> Answer:
    kind = next(cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "muniment.core.errors")
    return Answer(error=kind, what=error.what, why=error.why, remedy=error.remedy)
