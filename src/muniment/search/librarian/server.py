"""The librarian's two sockets: who may speak to it, and in what order."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from muniment.core.errors import MunimentError, NotAvailableError, WrongUseError
from muniment.core.local_socket import LocalSocket
from muniment.core.parting import Parting
from muniment.vault import wire
from muniment.vault.messages import Answer

_encoder = msgspec.msgpack.Encoder()

type Handler = Callable[[Any], object]


class Socket(LocalSocket):
    """One listening socket that takes one kind of request."""

    def __init__(self, path: Path, requests: object, handler: Handler, parted: Parting | None = None) -> None:
        super().__init__(path, self._take, parted)
        self._handler = handler
        self._decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(requests)

    def _take(self, connection: socket.socket) -> None:
        while (frame := wire.receive(connection)) is not None:
            wire.send(connection, _encoder.encode(self._answer(frame)))

    def _answer(self, frame: bytes) -> Answer:
        try:
            request = self._decoder.decode(frame)
        except msgspec.MsgspecError:
            return Answer.of(WrongUseError("The librarian does not know such a request at this door."))
        try:
            return Answer(value=msgspec.Raw(_encoder.encode(self._handler(request))))
        except MunimentError as error:
            return Answer.of(error)
        except Exception as error:  # noqa: BLE001 - one query must not end the librarian; its words stay out
            return Answer.of(NotAvailableError("The search failed.", why=f"{type(error).__name__}."))
