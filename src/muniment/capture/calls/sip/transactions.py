"""Server and client transactions (RFC 3261 section 17, RFC 6026), without a clock or a socket."""

from collections.abc import Callable
from typing import Literal

from muniment.capture.calls.sip.address import Via, parse_name_address, parse_via
from muniment.capture.calls.sip.flows import Command, Flow, Send
from muniment.capture.calls.sip.message import Headers, Request, Response
from muniment.capture.calls.sip.timers import Timer, Timers

T1 = 0.5  # seconds; an estimate of the round trip (RFC 3261 table 4)
T2 = 4.0  # the longest pause between two repetitions
T4 = 5.0  # how long a message may stay in the network
PATIENCE = 64 * T1  # timers B, F, H, J and L

COOKIE = "z9hG4bK"

type Key = tuple[str, ...]
type Emit = Callable[[Command], None]


def transaction_key(request: Request, via: Via, method: str = "") -> Key:
    """What a request and its repetitions share (RFC 3261 section 17.2.3); an ACK's is its INVITE's."""
    method = method or ("INVITE" if request.method == "ACK" else request.method)
    if via.branch.startswith(COOKIE) and len(via.branch) > len(COOKIE):
        return (via.branch, via.host.lower(), str(via.port or ""), method)
    headers = request.headers
    sender = parse_name_address(headers.first("from")).parameter("tag") or ""
    number = headers.first("cseq").partition(" ")[0]
    return (headers.first("call-id"), sender, number, headers.values("via")[0], method)


class ServerTransaction:
    """One request of a client and our answer to it."""

    def __init__(
        self,
        key: Key,
        request: Request,
        flow: Flow,
        timers: Timers,
        emit: Emit,
        forget: Callable[[Key], None],
    ) -> None:
        self.key = key
        self.request = request
        self.flow = flow
        """Where responses go."""
        self.tag = ""
        self.state: Literal["proceeding", "accepted", "completed", "confirmed"] = "proceeding"
        self._timers = timers
        self._emit = emit
        self._forget = forget
        self._last = b""
        self._repeat: Timer | None = None
        self._end: Timer | None = None

    @property
    def is_invite(self) -> bool:
        """Whether an ACK will come."""
        return self.request.method == "INVITE"

    def respond(self, response: Response, now: float) -> bytes:
        """Send a response; a final one is repeated as its transaction asks. Returns its bytes."""
        data = response.to_bytes()
        self._emit(Send(self.flow, data))
        if response.status < 200:  # noqa: PLR2004 provisional
            self._last = data
            return data
        if self.is_invite and response.status < 300:  # noqa: PLR2004 the dialog repeats a 2xx itself
            self.state, self._last = "accepted", b""
            self._ends(now + PATIENCE)  # timer L
            return data
        self.state, self._last = "completed", data
        if self.is_invite:
            if not self.flow.reliable:
                self._repeats(now + T1, T1)  # timer G
            self._ends(now + PATIENCE)  # timer H
        else:
            self._ends(now + (0 if self.flow.reliable else PATIENCE))  # timer J
        return data

    def repeated(self, flow: Flow) -> None:
        """The client sent the request again."""
        self.flow = flow
        if self._last:
            self._emit(Send(flow, self._last))

    def acknowledged(self, now: float) -> None:
        """An ACK for a final response that was no 2xx."""
        if self.state == "completed" and self.is_invite:
            self.state, self._last = "confirmed", b""
            if self._repeat:
                self._repeat.cancel()
            self._ends(now + (0 if self.flow.reliable else T4))  # timer I

    def _repeats(self, at: float, pause: float) -> None:
        def again(now: float) -> None:
            if self.state == "completed":
                self._emit(Send(self.flow, self._last))
                following = min(pause * 2, T2)
                self._repeats(now + following, following)

        self._repeat = self._timers.set(at, again)

    def _ends(self, at: float) -> None:
        if self._end:
            self._end.cancel()
        self._end = self._timers.set(at, self._over)

    def _over(self, _: float) -> None:
        if self._repeat:
            self._repeat.cancel()
        self._last = b""
        self._forget(self.key)


class ClientTransaction:
    """A request of ours. `done` hears its final response, or None after 64·T1."""

    def __init__(
        self,
        request: Request,
        flow: Flow,
        timers: Timers,
        emit: Emit,
        done: Callable[[Response | None, float], None],
        forget: Callable[[Key], None],
    ) -> None:
        self.request = request
        self.flow = flow
        self.key: Key = (parse_via(request.headers.first("via")).branch, request.method)
        self._timers = timers
        self._emit = emit
        self._done = done
        self._forget = forget
        self._data = request.to_bytes()
        self._state: Literal["calling", "proceeding", "completed"] = "calling"
        self._acknowledgement = b""
        self._repeat: Timer | None = None
        self._end: Timer | None = None

    @property
    def is_over(self) -> bool:
        """Whether a final answer came, or none is waited for."""
        return self._state == "completed"

    def start(self, now: float) -> None:
        """Send it."""
        self._emit(Send(self.flow, self._data))
        if not self.flow.reliable:
            self._repeats(now + T1, T1)  # timers A and E
        self._end = self._timers.set(now + PATIENCE, self._gave_up)  # timers B and F

    def received(self, response: Response, now: float) -> None:
        """A response to it."""
        if self._state == "completed":
            if self._acknowledgement:
                self._emit(Send(self.flow, self._acknowledgement))
            return
        if response.status < 200:  # noqa: PLR2004 provisional
            self._state = "proceeding"
            return
        self._finish(now)
        if self.request.method == "INVITE" and response.status >= 300:  # noqa: PLR2004 not a 2xx
            self.acknowledge(_acknowledgement(self.request, response))
        self._done(response, now)

    def fail(self, now: float) -> None:
        """It cannot be sent: nobody is there (RFC 3261 section 17.1.4)."""
        if self._state != "completed":
            if self._end:
                self._end.cancel()
            self._gave_up(now)

    def acknowledge(self, request: Request) -> None:
        """Send an ACK now, and again whenever the final response comes again."""
        self._acknowledgement = request.to_bytes()
        self._emit(Send(self.flow, self._acknowledgement))

    def _repeats(self, at: float, pause: float) -> None:
        def again(now: float) -> None:
            invite = self.request.method == "INVITE"
            if self._state == "calling" or (self._state == "proceeding" and not invite):
                self._emit(Send(self.flow, self._data))
                following = pause * 2 if invite else min(pause * 2, T2)
                self._repeats(now + following, following)

        self._repeat = self._timers.set(at, again)

    def _finish(self, now: float) -> None:
        self._state = "completed"
        for timer in (self._repeat, self._end):
            if timer:
                timer.cancel()
        self._end = self._timers.set(now + PATIENCE, lambda _: self._forget(self.key))

    def _gave_up(self, now: float) -> None:
        self._state = "completed"
        if self._repeat:
            self._repeat.cancel()
        self._forget(self.key)
        self._done(None, now)


def _acknowledgement(invite: Request, response: Response) -> Request:
    """The ACK of a final response that is no 2xx (RFC 3261 section 17.1.1.3)."""
    number = invite.headers.first("cseq").partition(" ")[0]
    fields = [field for field in invite.headers if field[0] in {"via", "from", "call-id", "route"}]
    fields += [("to", response.headers.first("to")), ("cseq", f"{number} ACK"), ("max-forwards", "70")]
    return Request("ACK", invite.uri, Headers(tuple(fields)))
