"""The recorder's socket for our own processes: how it goes, an agent's pause, what may be heard of a live call.

Requests and answers are MessagePack behind a length (u32, little endian), one after the other. Only processes
of the installation's own users may connect.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

import msgspec

from muniment.capture.calls.rhythm import SourceState
from muniment.capture.calls.trials import TrialState
from muniment.core import parting
from muniment.core.call_facts import CallFacts
from muniment.core.errors import MunimentError
from muniment.core.parting import Parting
from muniment.core.prompts import Prompt

LARGEST = 1 << 26  # bytes of one message: the announcements of one organisation, a minute of each at most
_LENGTH = 4


class AskState(msgspec.Struct, frozen=True, tag=True):
    """Asks how it goes."""


class SilenceCall(msgspec.Struct, frozen=True, tag=True):
    """Silence a live call from now on, or no longer; `by` is the `per_…` id or the rule that asks.

    `call` is our name of it or a name that the recording client gave (a Call-ID, a global id). Only a call of
    `organisation` is found, where that is said.
    """

    call: str
    on: bool
    why: str
    by: str
    stream: int | None = None
    organisation: str = ""


class FindCall(msgspec.Struct, frozen=True, tag=True):
    """Which live call of an organisation has this name; nothing is changed."""

    call: str
    organisation: str


class PageShown(msgspec.Struct, frozen=True, tag=True):
    """The agent's desktop shows a page: a rule may ask for silence while it does. The address is not kept."""

    call: str
    organisation: str
    page: str
    by: str


class ExpectTest(msgspec.Struct, frozen=True, tag=True):
    """A test call of one source will come from exactly this address and port."""

    organisation: str
    source: str
    host: str
    port: int


class Expected(msgspec.Struct, frozen=True):
    """Whether there is such a source, and the notices that are listened for in its calls."""

    known: bool
    prompts: tuple[Prompt, ...] = ()


class AskTest(msgspec.Struct, frozen=True, tag=True):
    """How far a test call is, by its Call-ID."""

    call: str


class Told(msgspec.Struct, frozen=True):
    """One announcement that calls are compared with: where it is played, when, and its samples."""

    name: str
    version: int
    language: str
    sources: tuple[str, ...]
    queues: tuple[str, ...]
    lines: tuple[str, ...]
    since: date
    until: date | None
    samples: bytes


class TakeAnnouncements(msgspec.Struct, frozen=True, tag=True):
    """The announcements of one organisation as they are now, instead of those that were told before.

    `digest` is the sender's own word for this state: `AskState` answers with it.
    """

    organisation: str
    digest: str
    announcements: tuple[Told, ...]


class State(msgspec.Struct, frozen=True):
    """Calls under way by their identifiers, calls sealed since the start, and whether a call could be kept now."""

    calls: tuple[str, ...]
    sealed: int
    waiting: int
    """Finished calls that the keeper has not taken yet."""
    ready: bool
    dropped: int
    """Packets that the machine dropped since the start."""
    announcements: dict[str, str] = {}
    """By organisation: the digest of the announcements that it was told."""
    sources: tuple[SourceState, ...] = ()
    """When each source spoke last, and whether it is silent beyond its rhythm."""
    settings_fault: str = ""
    """Why the settings as they are now are not taken, and the earlier ones hold on; empty where they are."""
    restart: tuple[str, ...] = ()
    """What of [calls] has changed since the start and counts after a restart alone."""


class Done(msgspec.Struct, frozen=True):
    """Whether the call was there; its own name, whether it is silent now, and by which rule if by one."""

    done: bool
    call: str = ""
    silent: bool = False
    rule: str = ""


class ListCalls(msgspec.Struct, frozen=True, tag=True):
    """Which calls of an organisation are under way on these lines. Answer: CallsUnderWay."""

    organisation: str
    lines: tuple[str, ...]


class CallUnderWay(msgspec.Struct, frozen=True):
    """A call that goes on: what is known of it by now, and whether it could be heard.

    `kept` is False while it is provisional, `silent` True while nothing of it is recorded on purpose.
    """

    facts: CallFacts
    kept: bool
    silent: bool


class CallsUnderWay(msgspec.Struct, frozen=True):
    """The calls on the lines that were asked for, the oldest first."""

    calls: tuple[CallUnderWay, ...]


class HearCall(msgspec.Struct, frozen=True, tag=True):
    """What came of a call since the last time, for whoever has the keeper's token. Answer: Heard."""

    organisation: str
    token: bytes


class Heard(msgspec.Struct, frozen=True):
    """A container of the last seconds; its sound may be heard from `start` to `end` (ms since the call began).

    `data` is empty where nothing came. `over` says in words why nothing more will come; then the end is in
    the ledger. `facts` are what is known of the call by now.
    """

    data: bytes = b""
    start: int = 0
    end: int = 0
    silent: bool = False
    over: str = ""
    facts: CallFacts | None = None


type Request = (
    AskState
    | AskTest
    | ExpectTest
    | FindCall
    | HearCall
    | ListCalls
    | PageShown
    | SilenceCall
    | TakeAnnouncements
)
type Reply = State | Done | CallsUnderWay | Heard | Expected | TrialState
_requests = msgspec.msgpack.Decoder(Request.__value__)
_encoder = msgspec.msgpack.Encoder()

type Answering = Callable[[Request], Reply | Awaitable[Reply]]


class Control:
    """Listens on the recorder's Unix socket."""

    def __init__(self, path: Path, answer: Answering, parted: Parting | None = None) -> None:
        self._path, self._answer, self._parted = path, answer, parted
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. OSError if the socket cannot be had."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._converse, os.fspath(self._path))
        parting.open_to_group(self._path, self._parted)

    async def stop(self) -> None:
        """Listen no longer."""
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not parting.may_speak(writer.get_extra_info("socket"), self._parted):
                return
            while True:
                length = int.from_bytes(await reader.readexactly(_LENGTH), "little")
                if length > LARGEST:
                    return
                request = _requests.decode(await reader.readexactly(length))
                try:
                    said = self._answer(request)
                    answer = _encoder.encode(await said if isinstance(said, Awaitable) else said)
                except MunimentError:
                    answer = _encoder.encode(Done(done=False))
                writer.write(len(answer).to_bytes(_LENGTH, "little") + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError, msgspec.MsgspecError):
            pass  # it went away, or speaks something else
        finally:
            writer.close()
