"""The socket of the process that takes recordings from files: how it goes, and recordings that are handed over.

Frames are those of `vault.wire`. A handing over is a conversation: `BeginUpload` and its answer; the sound, block
by block, and an empty frame; the facts; the answer. Nobody is told "kept" before it is on stable storage.
"""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from muniment.capture.calls.spool.looks import LookState
from muniment.capture.calls.spool.upload import BeginUpload, Taken, Uploads
from muniment.core import errors
from muniment.core.errors import MunimentError, NotAvailableError, WrongUseError
from muniment.core.local_socket import LocalSocket
from muniment.core.parting import Parting
from muniment.vault import wire
from muniment.vault.messages import Answer

SOCKET = "spool"
PATIENCE = 120.0  # seconds without a byte from the other side
LARGEST_FACTS = 1024 * 1024  # bytes
LARGEST_BLOCK = 4 * 1024 * 1024  # bytes of one frame of sound


class AskLooks(msgspec.Struct, frozen=True, tag=True):
    """Asks how the looks at every place went."""


class PlaceState(msgspec.Struct, frozen=True):
    """A place by its name, and how its looks went."""

    place: str
    every: int
    look: LookState


type Request = AskLooks | BeginUpload
type Reporting = Callable[[], tuple[PlaceState, ...]]
_requests = msgspec.msgpack.Decoder(Request.__value__)
_answers = msgspec.msgpack.Decoder(Answer)
_encoder = msgspec.msgpack.Encoder()


class DoorServer(LocalSocket):
    """Answers how the looks went, and takes recordings that are handed over."""

    def __init__(
        self, path: Path, report: Reporting, uploads: Uploads, parted: Parting | None = None
    ) -> None:
        super().__init__(path, self._take, parted)
        self._report, self._uploads = report, uploads

    def _take(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        frame = wire.receive(connection)
        if frame is not None:
            wire.send(connection, _encoder.encode(self._answer(connection, frame)))

    def _answer(self, connection: socket.socket, frame: bytes) -> Answer:
        try:
            request = _requests.decode(frame)
            found = self._report() if isinstance(request, AskLooks) else self._taken(connection, request)
        except msgspec.MsgspecError:
            return Answer.of(WrongUseError("Nobody here knows such a request."))
        except MunimentError as error:
            return Answer.of(error)
        except Exception as error:  # noqa: BLE001 - one recording must not end the others; its words stay out
            structlog.get_logger().error("recording not taken", error=type(error).__name__)
            return Answer.of(
                NotAvailableError("The recording could not be taken.", why=f"{type(error).__name__}.")
            )
        return Answer(value=msgspec.Raw(_encoder.encode(found)))

    def _taken(self, connection: socket.socket, begin: BeginUpload) -> Taken:
        with self._uploads.begun(begin) as upload:
            wire.send(connection, _encoder.encode(Answer()))
            return upload.take(_blocks(connection), lambda: _frame(connection, LARGEST_FACTS))


@dataclass(frozen=True)
class Handing:
    """One recording on its way to the process that seals it."""

    connection: socket.socket

    def send(self, block: bytes) -> None:
        """Some more of the sound; NotAvailableError or the refusal where it is not wanted."""
        for start in range(0, len(block), LARGEST_BLOCK):
            self._give(block[start : start + LARGEST_BLOCK])

    def finish(self, facts: bytes) -> Taken:
        """That was all, and this is what is known of the call; on return it is on stable storage."""
        self._give(b"")
        self._give(facts)
        return _read(self.connection, Taken)

    def _give(self, frame: bytes) -> None:
        try:
            wire.send(self.connection, frame)
        except OSError as error:  # it has been refused, and why can still be read
            _read(self.connection, Taken)
            raise _gone() from error


@dataclass(frozen=True)
class SpoolDoor:
    """The socket from the side of our other processes. NotAvailableError where nobody answers."""

    path: Path

    def looks(self) -> tuple[PlaceState, ...]:
        """How the looks at every place went."""
        with self._dialled(_QUICK) as connection:
            wire.send(connection, _encoder.encode(AskLooks()))
            return _read(connection, tuple[PlaceState, ...])

    @contextmanager
    def handing_over(self, begin: BeginUpload) -> Iterator[Handing]:
        """A recording that is handed over within the block; nothing of it is kept where that ends early."""
        with self._dialled(PATIENCE) as connection:
            wire.send(connection, _encoder.encode(begin))
            _read(connection, type(None))
            yield Handing(connection)

    @contextmanager
    def _dialled(self, patience: float) -> Iterator[socket.socket]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(patience)
            try:
                connection.connect(os.fspath(self.path))
            except OSError as error:
                raise _gone() from error
            yield connection


_QUICK = 3.0  # seconds


def _blocks(connection: socket.socket) -> Iterator[bytes]:
    while block := _frame(connection, LARGEST_BLOCK):
        yield block


def _frame(connection: socket.socket, largest: int) -> bytes:
    try:
        frame = wire.receive(connection)
    except OSError as error:
        raise NotAvailableError("The recording broke off.") from error
    if frame is None:
        raise NotAvailableError("The recording broke off.")
    if len(frame) > largest:
        raise WrongUseError("That is more than is taken at once.")
    return frame


def _read[T](connection: socket.socket, kind: type[T]) -> T:
    try:
        frame = wire.receive(connection)
    except OSError as error:
        raise _gone() from error
    if frame is None:
        raise _gone()
    answer = _answers.decode(frame)
    if answer.error:
        raise getattr(errors, answer.error)(answer.what, why=answer.why, remedy=answer.remedy)
    return msgspec.msgpack.decode(answer.value, type=kind)


def _gone() -> NotAvailableError:
    return NotAvailableError(
        "Nobody takes recordings here now.",
        why="The process for them does not run, or broke off.",
        remedy="See [[calls.upload]] in muniment.toml, and muniment doctor.",
    )
