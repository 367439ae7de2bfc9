"""The recorder's socket from the side of our other processes: how it goes, silence on a live call, its sound."""

import socket
from dataclasses import dataclass
from pathlib import Path

import msgspec

from muniment.capture.calls.control import (
    LARGEST,
    AskState,
    AskTest,
    CallsUnderWay,
    Done,
    Expected,
    ExpectTest,
    FindCall,
    HearCall,
    Heard,
    ListCalls,
    PageShown,
    Request,
    SilenceCall,
    State,
    TakeAnnouncements,
)
from muniment.capture.calls.trials import TrialState
from muniment.core.errors import NotAvailableError

_LENGTH = 4
PATIENCE = 3.0  # seconds for one question: whoever asks for silence is speaking with somebody


@dataclass(frozen=True)
class RecorderDoor:
    """Asks one question at a time, each over a connection of its own. NotAvailableError where nobody answers."""

    path: Path

    def state(self) -> State:
        """How the recorder goes."""
        return msgspec.msgpack.decode(self._ask(AskState()), type=State)

    def silence(self, request: SilenceCall | PageShown | FindCall) -> Done:
        """Silence on or off, or a page that may ask for it; what became of it."""
        return msgspec.msgpack.decode(self._ask(request), type=Done)

    def expect(self, request: ExpectTest) -> Expected:
        """Announce a test call; whether its source is there, and what is listened for in it."""
        return msgspec.msgpack.decode(self._ask(request), type=Expected)

    def trial(self, call: str) -> TrialState:
        """How far a test call is, by its Call-ID."""
        return msgspec.msgpack.decode(self._ask(AskTest(call)), type=TrialState)

    def announce(self, request: TakeAnnouncements) -> Done:
        """Tell it which announcements it is to listen for."""
        return msgspec.msgpack.decode(self._ask(request), type=Done)

    def under_way(self, organisation: str, lines: tuple[str, ...]) -> CallsUnderWay:
        """The calls of an organisation that go on now on these lines."""
        return msgspec.msgpack.decode(self._ask(ListCalls(organisation, lines)), type=CallsUnderWay)

    def hear(self, organisation: str, token: bytes) -> Heard:
        """What came of a call since the last time, for whoever has the keeper's token."""
        return msgspec.msgpack.decode(self._ask(HearCall(organisation, token)), type=Heard)

    def _ask(self, request: Request) -> bytes:
        question = msgspec.msgpack.encode(request)
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(PATIENCE)
                connection.connect(str(self.path))
                connection.sendall(len(question).to_bytes(_LENGTH, "little") + question)
                length = int.from_bytes(_exactly(connection, _LENGTH), "little")
                return _exactly(connection, min(length, LARGEST))
        except (OSError, EOFError) as error:
            raise NotAvailableError(
                "The recorder does not answer.",
                why="It does not run, or not on this home.",
                remedy="See muniment doctor.",
            ) from error


def _exactly(connection: socket.socket, length: int) -> bytes:
    held = bytearray()
    while len(held) < length:
        piece = connection.recv(length - len(held))
        if not piece:
            raise EOFError
        held += piece
    return bytes(held)
