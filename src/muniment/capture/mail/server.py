"""The sockets of the journal sink: one asyncio listener that carries out what the protocol says."""

import asyncio
import ssl
import time
from typing import Final

import structlog
from msgspec import UNSET

from muniment.capture.batch import Captured
from muniment.capture.mail.access import AllowList
from muniment.capture.mail.commit import GroupCommit
from muniment.capture.mail.conversation import (
    BeginTls,
    BytesReceived,
    Close,
    Command,
    Event,
    Keep,
    Kept,
    Message,
    NotKept,
    Pause,
    Resume,
    Send,
    Stopping,
    TimedOut,
    TlsEstablished,
)
from muniment.capture.mail.protocol import Connection, Terms
from muniment.capture.mail.settings import Listener
from muniment.capture.mail.sorting import Place, Sorting
from muniment.capture.statement import CaptureStatement, digest
from muniment.core import clock
from muniment.core.ids import new_record_id, record_text

log = structlog.get_logger()

SWEEP: Final = 5.0  # seconds between two looks for clients that have gone quiet
GRACE: Final = 10.0  # seconds that a stop gives to messages under way


class Server:
    """One listener and its open connections. With `sorting` it serves every organisation with a domain."""

    def __init__(self, listener: Listener, commit: GroupCommit, sorting: Sorting | None = None) -> None:
        self.listener = listener
        self.commit = commit
        self.sorting = sorting
        self.allowed = AllowList(listener.networks)
        self.tls = listener.tls()
        self.terms = Terms(listener.name, listener.size_limit, self.tls is not None, listener.tls_required)
        self.open: set[_Peer] = set()
        self._listening: asyncio.Server | None = None
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Listen; the port, for a listener that asked for any."""
        host, port = self.listener.address
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(lambda: _Peer(self), host, port, backlog=512)
        self._sweeper = asyncio.create_task(self._sweep())
        bound: int = self._listening.sockets[0].getsockname()[1]
        log.info("listening", port=bound, organisation=self.listener.organisation)
        return bound

    async def stop(self) -> None:
        """Take no new connection, let messages under way finish, close the rest."""
        if self._listening:
            self._listening.close()
        if self._sweeper:
            self._sweeper.cancel()
        for peer in list(self.open):
            peer.deliver(Stopping())
        end = time.monotonic() + GRACE
        while self.open and time.monotonic() < end:  # noqa: ASYNC110 once in a life, bounded by GRACE
            await asyncio.sleep(0.02)
        for peer in list(self.open):
            peer.abort()

    def has_room(self) -> bool:
        """Whether a message that came now could be sorted and kept soon."""
        return self.commit.has_room() and (self.sorting is None or self.sorting.ready)

    def places(self, message: Message) -> tuple[Place, ...]:
        """Where the copies of a message go."""
        return self.sorting.places(message, self.commit) if self.sorting else (Place(self.commit),)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            oldest = time.monotonic() - self.listener.idle
            for peer in [peer for peer in self.open if peer.heard < oldest]:
                peer.deliver(TimedOut())


class _Peer(asyncio.Protocol):
    """One client's socket."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._conversation: Connection | None = None
        self._handshake: asyncio.Task[None] | None = None
        self.heard = time.monotonic()

    # --- what asyncio says --------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream transport was expected")
        self._transport = transport
        if self._conversation is not None:  # the same client, now under TLS
            return
        server = self._server
        name = transport.get_extra_info("peername")
        peer = name[0] if name else ""
        self._conversation = Connection(
            server.terms, peer, allowed=server.allowed.allows(peer), has_room=server.has_room
        )
        if len(server.open) >= server.listener.connections:
            transport.write(b"421 4.3.2 Too many connections\r\n")
            transport.close()
            return
        server.open.add(self)
        self._carry_out(self._conversation.start())

    def data_received(self, data: bytes) -> None:
        self.heard = time.monotonic()
        self.deliver(BytesReceived(data))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 asyncio's signature
        self._server.open.discard(self)
        self._transport = None

    def abort(self) -> None:
        """Drop the connection without a word."""
        if self._transport:
            self._transport.abort()

    # --- what the protocol says ---------------------------------------------------------------------

    def deliver(self, event: Event) -> None:
        """Hand an event to the protocol and do what it says."""
        if self._transport and self._conversation:
            self._carry_out(self._conversation.receive(event))

    def _carry_out(self, commands: list[Command]) -> None:
        transport = self._transport
        if transport is None:
            return
        text = b"".join(command.data for command in commands if isinstance(command, Send))
        if text:
            transport.write(text)
        for command in commands:
            match command:
                case Keep(message):
                    self._keep(message)
                case BeginTls():
                    transport.pause_reading()  # not a byte more in clear
                    self._handshake = asyncio.create_task(self._begin_tls(transport))
                case Pause():
                    transport.pause_reading()
                case Resume():
                    transport.resume_reading()
                case Close():
                    transport.close()
                case Send():
                    pass

    def _keep(self, message: Message) -> None:
        """Submit a copy to each place; the client hears "kept" when the last of them is."""
        answers: list[bool] = []
        places = self._server.places(message)
        records = [new_record_id() for _ in places]
        text = record_text(records[0])

        def done(kept: bool) -> None:  # noqa: FBT001 the shape that the group commit calls
            answers.append(kept)
            if len(answers) == len(places):
                self.deliver(Kept(text) if all(answers) else NotKept())

        for record, place in zip(records, places, strict=True):
            statement = self._statement(message, unmatched=place.unmatched)
            place.commit.submit(Captured(record, statement.encode(), message.original), done)

    def _statement(self, message: Message, *, unmatched: bool) -> CaptureStatement:
        return CaptureStatement(
            source=self._server.listener.source,
            received=clock.seconds(),
            form="smtp",
            sha256=digest(message.original),
            envelope=message.envelope,
            client=message.client,
            transport=message.transport,
            unmatched=unmatched or UNSET,
        )

    async def _begin_tls(self, transport: asyncio.Transport) -> None:
        context, loop = self._server.tls, asyncio.get_running_loop()
        if context is None:
            return
        try:
            secured = await loop.start_tls(transport, self, context, server_side=True)
        except (OSError, ssl.SSLError) as error:
            log.warning("TLS handshake failed", error=type(error).__name__)
            transport.abort()
            self._server.open.discard(self)
            return
        if secured is None:
            return
        self._transport = secured
        cipher = secured.get_extra_info("cipher") or ("", "", 0)
        self.deliver(TlsEstablished(f"{cipher[1]} {cipher[0]}"))
