"""The sockets of the recorder: UDP, TCP and TLS, IPv4 and IPv6, over one agent. Nothing else opens any.

Everything that is there to be read is read before new calls are decided on. A connection that begins a
message and does not finish it, or never says anything, is let go; so is one from an address that cannot
be a source's.
"""

import asyncio
import socket
import ssl
from collections import Counter
from typing import Final

import structlog

from muniment.capture.calls.invitations import name_of
from muniment.capture.calls.session import Sessions
from muniment.capture.calls.sip.address import DEFAULT_PORT, parse_uri, value_of
from muniment.capture.calls.sip.agent import Agent, Terms
from muniment.capture.calls.sip.flows import Close, Command, Flow, Place, Send, Transport
from muniment.capture.calls.sip.framing import StreamFramer
from muniment.capture.calls.sip.inviting import Invitation
from muniment.capture.calls.sip.limits import Limits
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.parsing import LARGEST_MESSAGE
from muniment.capture.calls.sip.tls import client_context, proven_names, server_context
from muniment.core.call_settings import CallListener, CallSettings, CallSource
from muniment.core.errors import NotAvailableError

log = structlog.get_logger()

BATCH: Final = 256  # datagrams read before anything is answered
SWEEP: Final = 1.0  # seconds between two looks at quiet connections and at notices that end
MESSAGE_SECONDS: Final = 10.0  # in which a message that has begun must end
SILENT_SECONDS: Final = 30.0  # in which a new connection must say something
IDLE_SECONDS: Final = 3_600.0  # after which a connection without a word is let go; its dialogs live on
HANDSHAKE_SECONDS: Final = 10.0
CONNECT_SECONDS: Final = 5.0
MOST_UNSENT: Final = 1024 * 1024  # bytes that a peer leaves unread before it is let go
MOST_WAITING: Final = 64  # messages that wait for one connection of ours
MOST_ROUTES: Final = 1_024
WANTED_BUFFER: Final = 4 * 1024 * 1024  # bytes of datagrams that may wait while a moment is busy
GRACE: Final = 1.0  # seconds that a stop gives to BYE and its answer
KEEP_ALIVE: Final = b"\r\n"


class SipServer:
    """Every listener of `[calls]`."""

    def __init__(self, settings: CallSettings, sessions: Sessions) -> None:
        self.settings = settings
        self.sessions = sessions
        limits = Limits(
            dialogs=settings.most_calls,
            half_open=settings.half_open,
            half_open_each=max(1, settings.half_open // 4),
            rate=settings.rate,
            burst=settings.rate * 5,
        )
        self.agent = Agent(Terms(settings.name, settings.session_seconds), sessions, limits)
        self.connections: dict[int, _Connection] = {}
        self.of_host: Counter[str] = Counter()
        self.ports: dict[Transport, int] = {}
        """Where we can be reached; it stands in our Contact, whichever way a connection was made."""
        self._udp: list[_Datagrams] = []
        self._servers: list[asyncio.Server] = []
        self._wake: asyncio.TimerHandle | None = None
        self._sweeper: asyncio.Task[None] | None = None
        self._calling: dict[tuple[Transport, Place], _Call] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._count = 0
        self._client_tls = ssl.create_default_context()

    # --- life ---------------------------------------------------------------------------------------

    async def start(self) -> list[tuple[str, int]]:
        """Listen; for each listener its transport and its port. OSError where one cannot be had."""
        bound: list[tuple[str, int]] = []
        for listener in self.settings.listeners:
            if listener.transport == "udp":
                datagrams = _Datagrams(self, listener)
                self._udp.append(datagrams)
                port = datagrams.local.port
            else:
                port = await self._listen(listener)
            bound.append((listener.transport, port))
            self.ports.setdefault(
                "TLS" if listener.transport == "tls" else "UDP" if listener.transport == "udp" else "TCP",
                port,
            )
            log.info("listening", transport=listener.transport, port=port)
        self._sweeper = asyncio.create_task(self._sweep())
        return bound

    async def stop(self) -> None:
        """Take no new connection, say BYE in every dialog, close."""
        for server in self._servers:
            server.close()
        self.carry_out(self.agent.stop(self.now()))
        self._reschedule()
        end = self.now() + GRACE
        while self.agent.waiting and self.now() < end:  # noqa: ASYNC110  once in a life, bounded by GRACE
            await asyncio.sleep(0.01)
        for task in (self._sweeper, *self._asking):
            if task:
                task.cancel()
        if self._wake:
            self._wake.cancel()
        for connection in list(self.connections.values()):
            connection.abort()
        for call in self._calling.values():
            call.task.cancel()
        for datagrams in self._udp:
            datagrams.close()

    def hang_up(self, call: str) -> None:
        """Say BYE in every dialog of a call that cannot be recorded any longer: the client may turn elsewhere."""
        live = self.sessions.calls.get(call)
        for dialog in list(live.legs) if live else ():
            self.carry_out(self.agent.end(dialog, "failed", self.now()))
        self._reschedule()

    def now(self) -> float:
        """Seconds of a clock that only goes forward."""
        return asyncio.get_running_loop().time()

    async def _listen(self, listener: CallListener) -> int:
        host, port = listener.address
        context = server_context(listener)
        transport: Transport = "TLS" if context else "TCP"
        if listener.transport == "tls" and context is None:
            raise NotAvailableError("A listener for SIP over TLS has no certificate.")
        bound = _bound(host, port, socket.SOCK_STREAM)
        server = await asyncio.get_running_loop().create_server(
            lambda: _Connection(self, transport),
            sock=bound,
            ssl=context,
            backlog=512,
            ssl_handshake_timeout=HANDSHAKE_SECONDS if context else None,
        )
        self._servers.append(server)
        if context and listener.client_authority:
            self._client_tls = client_context(listener)
        number: int = bound.getsockname()[1]
        return number

    # --- messages -----------------------------------------------------------------------------------

    def received(self, messages: list[tuple[bytes, Flow]]) -> None:
        """Hand on what was read, then decide on what waits."""
        now = self.now()
        for data, flow in messages:
            self.carry_out(self.agent.receive(data, flow, now))
        if self.agent.has_undecided:
            self.carry_out(self.agent.decide(now))
        self._reschedule()

    def carry_out(self, commands: list[Command]) -> None:
        """Do what the agent says."""
        for command in commands:
            match command:
                case Send(flow, data):
                    self._send(flow, data)
                case Close(flow):
                    if connection := self.connections.get(flow.connection):
                        connection.close()

    def _send(self, flow: Flow, data: bytes) -> None:
        if flow.transport == "UDP":
            for datagrams in self._udp:
                if datagrams.owns(flow):
                    datagrams.send(flow.peer, data)
                    return
        elif flow.connection:
            if connection := self.connections.get(flow.connection):
                connection.send(data)
        else:
            self._call(flow, data)

    def _call(self, flow: Flow, data: bytes) -> None:
        """Say something to a peer over a connection that is there (RFC 3261 section 18), else over one that we make."""
        for connection in self.connections.values():
            if connection.leads_to(flow):
                connection.send(data)
                return
        key = (flow.transport, flow.peer)
        call = self._calling.get(key)
        if call is None:
            call = _Call(asyncio.create_task(self._connect(flow)), [])
            self._calling[key] = call
        if len(call.waiting) < MOST_WAITING:
            call.waiting.append(data)

    async def _connect(self, flow: Flow) -> None:
        key = (flow.transport, flow.peer)
        context = self._client_tls if flow.transport == "TLS" else None
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, protocol = await asyncio.get_running_loop().create_connection(
                    lambda: _Connection(self, flow.transport, outgoing=True),
                    flow.peer.host,
                    flow.peer.port,
                    ssl=context,
                )
        except (OSError, TimeoutError) as error:
            log.warning("a client cannot be reached", error=type(error).__name__)
            self._calling.pop(key, None)
            self.carry_out(self.agent.unreachable(flow, self.now()))
            self._reschedule()
            return
        for data in self._calling.pop(key).waiting:
            protocol.send(data)

    # --- time ---------------------------------------------------------------------------------------

    def _reschedule(self) -> None:
        at = self.agent.next()
        if self._wake:
            if at is not None and self._wake.when() <= at and not self._wake.cancelled():
                return  # it wakes early enough; waking for nothing costs less than a new timer each time
            self._wake.cancel()
        self._wake = asyncio.get_running_loop().call_at(at, self._woken) if at is not None else None

    def _woken(self) -> None:
        self._wake = None
        self.carry_out(self.agent.wake(self.now()))
        self._reschedule()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            now = self.now()
            for connection in [each for each in self.connections.values() if each.is_stale(now)]:
                connection.abort()
            self.sessions.wake()
            for source in self.sessions.invitations.due():
                asking = asyncio.create_task(self._ask(source))  # a name may take long to find
                self._asking.add(asking)
                asking.add_done_callback(self._asking.discard)

    # --- invitations --------------------------------------------------------------------------------

    async def _ask(self, source: CallSource) -> None:
        """Ask a client for a recording session."""
        name = name_of(source)
        try:
            flow = await self._flow_to(source.invite)
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", "") or type(error).__name__
            self.sessions.uninvited(name, f"its address cannot be used: {why}", 0)
            return
        self.carry_out(self.agent.invite(Invitation(name, source.invite, flow), self.now()))
        self._reschedule()

    async def _flow_to(self, address: str) -> Flow:
        """The way to a client that is asked. OSError where there is none."""
        uri = parse_uri(address)
        said = (value_of(uri.parameters, "transport") or "").upper()
        transport: Transport = (
            "TLS" if uri.scheme == "sips" or said == "TLS" else "TCP" if said == "TCP" else "UDP"
        )
        loop = asyncio.get_running_loop()
        kind = socket.SOCK_DGRAM if transport == "UDP" else socket.SOCK_STREAM
        port = uri.port or DEFAULT_PORT[transport]
        found = await loop.getaddrinfo(uri.host, port, type=kind)
        for family, _, _, _, reached in found:
            peer = Place(str(reached[0]), int(reached[1]))
            if transport != "UDP":
                host = route_to(peer.host, family)
                return Flow(transport, Place(host, self.ports.get(transport, DEFAULT_PORT[transport])), peer)
            for datagrams in self._udp:
                if datagrams.reaches(peer.host):
                    return Flow(transport, datagrams.local_to(peer.host), peer)
        raise OSError("no listener speaks UDP to it")

    # --- connections --------------------------------------------------------------------------------

    def admit(self, connection: "_Connection", host: str, *, outgoing: bool) -> int:
        """The number of a new connection, 0 where it is not wanted."""
        full = len(self.connections) >= self.settings.connections
        crowded = self.of_host[host] >= max(1, self.settings.connections // 4)
        if not outgoing and (full or crowded or not self.sessions.sources.may_connect(host)):
            return 0
        self._count += 1
        self.connections[self._count] = connection
        self.of_host[host] += 1
        return self._count

    def dropped(self, flow: Flow) -> None:
        """A connection is gone."""
        if self.connections.pop(flow.connection, None):
            self.of_host[flow.peer.host] -= 1
            if self.of_host[flow.peer.host] <= 0:
                del self.of_host[flow.peer.host]
            self.agent.lost(flow)


class _Call:
    """Messages that wait for a connection of ours."""

    def __init__(self, task: asyncio.Task[None], waiting: list[bytes]) -> None:
        self.task = task
        self.waiting = waiting


class _Connection(asyncio.Protocol):
    """One connection over TCP or TLS."""

    def __init__(self, server: SipServer, transport: Transport, *, outgoing: bool = False) -> None:
        self._server = server
        self._kind: Transport = transport
        self._outgoing = outgoing
        self._transport: asyncio.Transport | None = None
        self._framer = StreamFramer()
        self._flow: Flow | None = None
        self._opened = self._heard = server.now()
        self._begun = 0.0
        self._spoke = outgoing

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream transport was expected")
        self._transport = transport
        peer, local = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        number = self._server.admit(self, peer[0], outgoing=self._outgoing) if peer and local else 0
        if not number:
            transport.abort()
            return
        names = proven_names(transport.get_extra_info("peercert"))
        port = self._server.ports.get(self._kind, local[1]) if self._outgoing else local[1]
        self._flow = Flow(self._kind, Place(local[0], port), Place(*peer[:2]), number, names)

    def data_received(self, data: bytes) -> None:
        if self._flow is None or self._transport is None:
            return
        now = self._heard = self._server.now()
        try:
            messages = self._framer.feed(data)
        except MalformedError:
            self._server.agent.counts["malformed"] += 1
            self._transport.abort()
            return
        if self._framer.pings:  # RFC 5626 section 3.5.1
            self._framer.pings = 0
            self.send(KEEP_ALIVE)
        self._begun = (self._begun or now) if self._framer.unfinished else 0.0
        if messages:
            self._spoke = True
            self._begun = now if self._framer.unfinished else 0.0
            self._server.received([(message, self._flow) for message in messages])

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 asyncio's signature
        self._transport = None
        if self._flow:
            self._server.dropped(self._flow)

    def leads_to(self, flow: Flow) -> bool:
        """Whether it is one to the same port of the same peer."""
        own = self._flow
        return (
            own is not None
            and self._transport is not None
            and (own.transport, own.peer) == (flow.transport, flow.peer)
        )

    def is_stale(self, now: float) -> bool:
        """Whether it stays silent, or cannot finish what it began."""
        if self._begun and now - self._begun > MESSAGE_SECONDS:
            return True
        if not self._spoke and now - self._opened > SILENT_SECONDS:
            return True
        return now - self._heard > IDLE_SECONDS

    def send(self, data: bytes) -> None:
        """Say something; a peer that reads nothing is let go."""
        if self._transport is None:
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > MOST_UNSENT:
            self._transport.abort()

    def close(self) -> None:
        """Close after what was said."""
        if self._transport:
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self._transport:
            self._transport.abort()


class _Datagrams:
    """One UDP socket."""

    def __init__(self, server: SipServer, listener: CallListener) -> None:
        self._server = server
        self._socket = _bound(*listener.address, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WANTED_BUFFER)
        self.local = Place(*self._socket.getsockname()[:2])
        self._anywhere = self.local.host in {"0.0.0.0", "::"}  # noqa: S104  compared, not bound
        self._routes: dict[str, str] = {}
        asyncio.get_running_loop().add_reader(self._socket, self._readable)

    def owns(self, flow: Flow) -> bool:
        """Whether a flow goes through this socket."""
        same_family = (":" in flow.peer.host) == (self._socket.family == socket.AF_INET6)
        same_host = self._anywhere or flow.local.host == self.local.host
        return same_family and same_host and flow.local.port == self.local.port

    def reaches(self, host: str) -> bool:
        """Whether a peer speaks the same kind of IP."""
        return (":" in host) == (self._socket.family == socket.AF_INET6)

    def local_to(self, host: str) -> Place:
        """Where we are, seen by a peer."""
        return Place(self._local_for(host), self.local.port)

    def send(self, peer: Place, data: bytes) -> None:
        """Send a datagram; one that cannot go now is lost, as datagrams may be."""
        try:
            self._socket.sendto(data, (peer.host, peer.port))
        except OSError:
            self._server.agent.counts["not sent"] += 1

    def close(self) -> None:
        """Listen no more."""
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _readable(self) -> None:
        messages = []
        for _ in range(BATCH):
            try:
                data, address = self._socket.recvfrom(LARGEST_MESSAGE + 1)
            except BlockingIOError:
                break
            except OSError:
                continue  # an answer of the network to something that was sent; nothing to read
            peer = Place(address[0], address[1])
            messages.append((data, Flow("UDP", Place(self._local_for(peer.host), self.local.port), peer)))
        self._server.received(messages)

    def _local_for(self, host: str) -> str:
        """Our address on the way to a peer: it stands in Contact, and where media are to go."""
        if not self._anywhere:
            return self.local.host
        if host not in self._routes:
            if len(self._routes) >= MOST_ROUTES:
                self._routes.clear()
            try:
                self._routes[host] = route_to(host, self._socket.family)
            except OSError:
                return self.local.host
        return self._routes[host]


def route_to(host: str, family: int) -> str:
    """Our address on the way to a host. OSError where no way leads there."""
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((host, 9))
        return str(probe.getsockname()[0])


def _bound(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, kind)
    try:
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if kind == socket.SOCK_STREAM:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setblocking(False)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound
