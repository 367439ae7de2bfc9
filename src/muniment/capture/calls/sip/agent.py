"""The user agent server of a recorder, sans-io: messages in, commands out, the time said by the caller.

`receive` takes what came. New INVITEs are answered by `decide`, which the caller runs when it has read
what was there to read: a CANCEL right behind its INVITE then wins, as RFC 3261 section 9.2 means it.
`wake` lets happen what is due; `next` says when that is.
"""

import hashlib
import secrets
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from muniment.capture.calls.sip.address import parse_name_address, parse_via
from muniment.capture.calls.sip.application import Application, Arrival, Ending, Outcome, Refused
from muniment.capture.calls.sip.bodies import bodies_of
from muniment.capture.calls.sip.checks import Refusal, explained, refusal_of, reply_flow, stamped
from muniment.capture.calls.sip.dialog import ALLOW, SUPPORTED, Dialog, belongs
from muniment.capture.calls.sip.dialog_life import DialogLife
from muniment.capture.calls.sip.flows import Close, Command, Flow, Send
from muniment.capture.calls.sip.inviting import Invitation, Inviting
from muniment.capture.calls.sip.limits import Limits, Rate
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.media_types import ACCEPTED
from muniment.capture.calls.sip.message import Message, Request, Response, has_tag, reply
from muniment.capture.calls.sip.parsing import parse
from muniment.capture.calls.sip.timers import Timers
from muniment.capture.calls.sip.transactions import Key, ServerTransaction, transaction_key
from muniment.core.errors import NotAvailableError, describe

log = structlog.get_logger()


@dataclass(frozen=True)
class Terms:
    """How we present ourselves. `name` stands in Contact, the local address where it is empty."""

    name: str = ""
    session_seconds: int = 1800
    """The session timer where a client asks for none; 0 for none."""


class Agent:
    """One user agent over all its transports."""

    def __init__(self, terms: Terms, application: Application, limits: Limits | None = None) -> None:
        self.terms = terms
        self.application = application
        self.limits = limits or Limits()
        self.counts: Counter[str] = Counter()
        """What was dropped or refused, by reason."""
        self._out: list[Command] = []
        self._timers = Timers()
        self._transactions: dict[Key, ServerTransaction] = {}
        self._initial: dict[tuple[str, str, str], Key] = {}
        self._undecided: deque[ServerTransaction] = deque()
        self._undecided_of: Counter[str] = Counter()
        self._rate = Rate(self.limits.rate, self.limits.burst)
        self._life = DialogLife(terms.name, terms.session_seconds, self._timers, self._out.append, self)
        self._inviting = Inviting(terms.session_seconds, self._life, self)
        self._secret = secrets.token_bytes(16)

    # --- what the caller does -----------------------------------------------------------------------

    @property
    def dialogs(self) -> dict[str, Dialog]:
        """Every dialog, by its local tag."""
        return self._life.dialogs

    @property
    def has_undecided(self) -> bool:
        """Whether `decide` has something to do."""
        return bool(self._undecided)

    @property
    def waiting(self) -> bool:
        """Whether a request of ours has no final answer yet."""
        return self._life.waiting

    def receive(self, data: bytes, flow: Flow, now: float) -> list[Command]:
        """A message, whole; bytes that are none are dropped."""
        if data.strip():
            try:
                message = parse(data)
            except MalformedError as error:
                self.counts["malformed"] += 1
                self._unreadable(error, flow)
            else:
                self._message(message, flow, now)
        return self._taken()

    def decide(self, now: float) -> list[Command]:
        """Answer the INVITEs that wait."""
        while self._undecided:
            transaction = self._undecided.popleft()
            if transaction.state == "proceeding":
                self._decide(transaction, now)
        self._undecided_of.clear()
        return self._taken()

    def wake(self, now: float) -> list[Command]:
        """Let happen what is due."""
        self._timers.run(now)
        return self._taken()

    def next(self) -> float | None:
        """When `wake` is wanted next."""
        return self._timers.next()

    def invite(self, invitation: Invitation, now: float) -> list[Command]:
        """Start a recording session."""
        self._inviting.invite(invitation, now)
        return self._taken()

    def unreachable(self, flow: Flow, now: float) -> list[Command]:
        """No connection could be made to a peer."""
        self._inviting.unreachable(flow, now)
        return self._taken()

    def end(self, dialog: str, ending: Ending, now: float) -> list[Command]:
        """Say BYE."""
        self._life.hang_up(dialog, ending, now)
        return self._taken()

    def ask_snapshot(self, dialog: str, now: float) -> list[Command]:
        """Ask for all metadata of a dialog, where its client can be asked."""
        self._life.ask_snapshot(dialog, now)
        return self._taken()

    def lost(self, flow: Flow) -> None:
        """A connection is gone: what we still have to say in its dialogs goes over another."""
        self._life.lost(flow)

    def stop(self, now: float) -> list[Command]:
        """Say BYE in every dialog."""
        for dialog in list(self._life.dialogs):
            self._life.hang_up(dialog, "stopped", now)
        return self._taken()

    # --- messages -----------------------------------------------------------------------------------

    def _taken(self) -> list[Command]:
        commands = self._out[:]
        self._out.clear()  # the list itself is what transactions append to
        return commands

    def _message(self, message: Message, flow: Flow, now: float) -> None:
        try:
            if isinstance(message, Response):
                self._life.response(message, flow, now)
            else:
                self._request(stamped(message, flow), flow, now)
        except MalformedError:
            self.counts["malformed"] += 1

    def _unreadable(self, error: MalformedError, flow: Flow) -> None:
        """Answer what can be answered, to sources only; a stream that cannot be cut is closed by its reader."""
        if isinstance(error.head, Request) and error.head.method != "ACK" and self.application.admits(flow):
            try:
                self._stateless(stamped(error.head, flow), flow, Refusal(error.status))
            except MalformedError:
                self.counts["unanswerable"] += 1

    def _request(self, request: Request, flow: Flow, now: float) -> None:
        via = parse_via(request.headers.values("via")[0])
        key = transaction_key(request, via)
        known = self._transactions.get(key)
        if request.method == "ACK":
            self._ack(request, known, flow, now)
        elif known is not None:
            known.repeated(reply_flow(request, flow))
        elif not self.application.admits(flow):
            self.counts["not admitted"] += 1
            if self._rate.allows(flow.peer.host, now):
                self._stateless(request, flow, Refusal(403))
            if flow.reliable:
                self._out.append(Close(flow))
        elif refusal := refusal_of(request):
            self._stateless(request, flow, refusal)
        elif request.method == "CANCEL":
            self._cancel(request, transaction_key(request, via, "INVITE"), key, flow, now)
        elif has_tag(request.headers.first("to")):
            self._inside(request, key, flow, now)
        else:
            self._outside(request, key, flow, now)

    def _stateless(self, request: Request, flow: Flow, refusal: Refusal) -> None:
        """A final answer that is not repeated (RFC 3261 section 8.2.7): its tag is the same each time."""
        token = f"{request.headers.first('call-id')}\n{request.headers.first('from')}"
        digest = hashlib.blake2b(token.encode("utf-8", "surrogateescape"), key=self._secret, digest_size=8)
        extra = (*explained(refusal.status), *refusal.headers)
        response = reply(request, refusal.status, digest.hexdigest(), extra=extra)
        self._out.append(Send(reply_flow(request, flow), response.to_bytes()))

    def _begin(self, request: Request, key: Key, flow: Flow) -> ServerTransaction:
        transaction = ServerTransaction(
            key, request, reply_flow(request, flow), self._timers, self._out.append, self._forget
        )
        transaction.tag = secrets.token_hex(10)
        self._transactions[key] = transaction
        return transaction

    def _forget(self, key: Key) -> None:
        transaction = self._transactions.pop(key, None)
        if transaction:
            initial = _initial(transaction.request)
            if self._initial.get(initial) == key:
                del self._initial[initial]

    def _ack(self, request: Request, known: ServerTransaction | None, flow: Flow, now: float) -> None:
        dialog = self._life.dialogs.get(_to_tag(request))
        if known is not None and known.state != "accepted":
            known.acknowledged(now)
        elif dialog is not None and belongs(dialog, request.headers):
            self._life.acknowledged(dialog, request, flow, now)

    def _cancel(self, request: Request, invite: Key, key: Key, flow: Flow, now: float) -> None:
        transaction = self._transactions.get(invite)
        if transaction is None:
            self._stateless(request, flow, Refusal(481))
            return
        own = self._begin(request, key, flow)
        own.respond(reply(request, 200, transaction.tag), now)
        if transaction.state == "proceeding":
            transaction.respond(reply(transaction.request, 487, transaction.tag), now)
            dialog = self._life.dialogs.get(_to_tag(transaction.request))
            if dialog is not None:
                dialog.deciding = None

    # --- outside dialogs ----------------------------------------------------------------------------

    def _outside(self, request: Request, key: Key, flow: Flow, now: float) -> None:
        if not self._rate.allows(flow.peer.host, now):
            self._busy(request, flow, "rate")
        elif request.method == "OPTIONS":
            self._options(request, flow)
        elif request.method != "INVITE":
            self._stateless(request, flow, Refusal(481))
        elif _initial(request) in self._initial:
            self._stateless(request, flow, Refusal(482))  # the same INVITE by another way (8.2.2.2)
        elif reason := self._full(flow):
            self._busy(request, flow, reason)
        else:
            self._initial[_initial(request)] = key
            self._undecided.append(self._begin(request, key, flow))
            self._undecided_of[flow.peer.host] += 1

    def _full(self, flow: Flow) -> str:
        limits, life = self.limits, self._life
        if len(life.dialogs) >= limits.dialogs:
            return "dialogs"
        host = flow.peer.host
        half_open = life.half_open + len(self._undecided)
        own = life.half_open_of[host] + self._undecided_of[host]
        if half_open >= limits.half_open or own >= limits.half_open_each:
            return "half-open dialogs"
        if len(self._undecided) >= limits.undecided or len(self._transactions) >= limits.transactions:
            return "transactions"
        return ""

    def _busy(self, request: Request, flow: Flow, reason: str) -> None:
        self.counts[reason] += 1
        self._stateless(request, flow, Refusal(503, (("retry-after", str(5 + secrets.randbelow(20))),)))

    def _options(self, request: Request, flow: Flow) -> None:
        self.application.asked(flow)
        headers = (("allow", ALLOW), ("accept", ", ".join(ACCEPTED)), ("supported", SUPPORTED))
        if self.application.ready():
            self._stateless(request, flow, Refusal(200, headers))
        else:
            self._stateless(request, flow, Refusal(503, (("retry-after", "10"), *headers)))

    def _decide(self, transaction: ServerTransaction, now: float) -> None:
        dialog = self._life.dialogs.get(_to_tag(transaction.request))
        if dialog is not None:
            self._life.decide_again(dialog, transaction, now)
        elif has_tag(transaction.request.headers.first("to")):
            transaction.respond(reply(transaction.request, 481, ""), now)
        else:
            self._life.decide_first(transaction, now)

    # --- inside dialogs -----------------------------------------------------------------------------

    def _inside(self, request: Request, key: Key, flow: Flow, now: float) -> None:
        dialog = self._life.dialogs.get(_to_tag(request))
        if dialog is None or not belongs(dialog, request.headers):
            self._stateless(request, flow, Refusal(481))
            return
        if len(self._transactions) >= self.limits.transactions and request.method != "BYE":
            self._busy(request, flow, "transactions")
            return
        transaction = self._begin(request, key, flow)
        if refusal := self._life.out_of_turn(dialog, request):
            transaction.respond(
                reply(request, refusal.status, "", extra=(*explained(refusal.status), *refusal.headers)), now
            )
        elif request.method == "INVITE":
            dialog.learn(request, flow)
            dialog.deciding = transaction
            self._undecided.append(transaction)
        else:
            dialog.learn(request, flow)
            self._life.request(dialog, transaction, flow, now)

    # --- the application ----------------------------------------------------------------------------

    def ask(self, what: Callable[[Arrival], Outcome], request: Message, flow: Flow) -> Outcome:
        """Put a message before the application; whatever goes wrong becomes a refusal."""
        try:
            return what(Arrival(request, bodies_of(request.headers, request.body), flow))
        except MalformedError as error:
            return Refused(error.status)
        except NotAvailableError as error:
            log.warning("cannot keep", why=error.what)
            return Refused(503, retry_after=10)
        except Exception as error:  # noqa: BLE001  one call must not end the others
            log.error("a recording session failed", **describe(error))  # noqa: TRY400  no text of a message
            return Refused(500)

    def tell(self, what: Callable[[], object]) -> object:
        """Let the application know something; what goes wrong there is logged, and stops nothing."""
        try:
            return what()
        except Exception as error:  # noqa: BLE001  one call must not end the others
            log.error("a recording session failed", **describe(error))  # noqa: TRY400  no text of a message
            return None


def _to_tag(request: Request) -> str:
    return parse_name_address(request.headers.first("to")).parameter("tag") or ""


def _initial(request: Request) -> tuple[str, str, str]:
    headers = request.headers
    sender = parse_name_address(headers.first("from")).parameter("tag") or headers.first("from")
    return sender, headers.first("call-id"), headers.first("cseq")
