"""One dialog as we hold it (RFC 3261 section 12), and the requests that we make inside it."""

import re
import secrets
from dataclasses import dataclass, field

from muniment.capture.calls.sip.address import (
    DEFAULT_PORT,
    NameAddress,
    in_uri,
    is_numeric,
    parse_name_address,
    parse_uri,
    value_of,
)
from muniment.capture.calls.sip.flows import Flow, Place, Transport
from muniment.capture.calls.sip.message import Headers, Message, Request, Response
from muniment.capture.calls.sip.parsing import sequence
from muniment.capture.calls.sip.session_timer import SessionTimer
from muniment.capture.calls.sip.timers import Timer
from muniment.capture.calls.sip.transactions import COOKIE, ServerTransaction

ALLOW = "INVITE, ACK, CANCEL, BYE, UPDATE, INFO, OPTIONS"
SUPPORTED = "siprec, timer"
SENDABLE = re.compile(r"\S{1,8192}")  # what can stand in the first line of a request


@dataclass
class Unacknowledged:
    """A 2xx of ours that waits for its ACK."""

    number: int
    """Of CSeq."""
    data: bytes
    repeat: Timer | None = None
    deadline: Timer | None = None
    offers: bool = False
    """Whether it holds an offer of ours, which the ACK is to answer."""

    def stop(self) -> None:
        """Wait no longer."""
        for timer in (self.repeat, self.deadline):
            if timer:
                timer.cancel()


@dataclass
class Dialog:
    """Everything that a dialog needs, by its local tag `id`."""

    id: str
    call_id: str
    local: str
    """To of the client's requests, with our tag: From of ours."""
    remote: str
    """From of the client's requests: To of ours."""
    remote_tag: str
    target: str
    """The URI of the client's Contact."""
    route: tuple[str, ...]
    flow: Flow
    """Where its latest request came from."""
    origin: str
    """The numeric address that its first request came from."""
    remote_number: int
    sips: bool = False
    """Whether the client began with SIPS, so that our Contact must be (RFC 3261 section 12.1.1)."""
    local_number: int = 0
    allow: frozenset[str] = frozenset()
    accept: frozenset[str] = frozenset()
    supported: frozenset[str] = frozenset()
    deciding: ServerTransaction | None = None
    """The client's INVITE, while it has no final answer of ours."""
    answer: Unacknowledged | None = None
    confirmed: bool = False
    """Whether an ACK ever came, or ours went."""
    invited: bool = False
    """Whether it began with an INVITE of ours."""
    own: str = ""
    """The method of a request of ours that has no final answer yet."""
    timer: SessionTimer | None = None
    expiry: Timer | None = None
    refresh: Timer | None = None
    snapshots: int = 0
    ended: bool = False
    warned: set[str] = field(default_factory=set)

    @property
    def our_offer_is_open(self) -> bool:
        """Whether we have offered and not been answered."""
        return self.own == "INVITE" or (self.answer is not None and self.answer.offers)

    def learn(self, request: Message, flow: Flow) -> None:
        """What every message of the client may renew: its address, and what it can do."""
        self.flow = flow
        if contacts := request.headers.values("contact"):
            self.target = _target(contacts[0]) or self.target
        for name in ("allow", "accept", "supported"):
            if request.headers.lines(name):
                setattr(self, name, request.headers.tokens(name))


def open_dialog(transaction: ServerTransaction) -> Dialog:
    """The dialog that a 2xx to this INVITE will make (RFC 3261 section 12.1.1)."""
    headers = transaction.request.headers
    sender = parse_name_address(headers.only("from"))
    dialog = Dialog(
        id=transaction.tag,
        call_id=headers.only("call-id"),
        local=f"{headers.only('to')};tag={transaction.tag}",
        remote=headers.only("from"),
        remote_tag=sender.parameter("tag") or "",
        target=_target(headers.only("from")) or f"sip:{in_uri(transaction.flow.peer.host)}",
        route=tuple(headers.values("record-route")),
        flow=transaction.flow,
        origin=transaction.flow.peer.host,
        remote_number=sequence(headers)[0],
        sips=_wants_sips(transaction.request),
    )
    dialog.learn(transaction.request, transaction.flow)
    return dialog


def invited_dialog(invite: Request, response: Response, flow: Flow) -> Dialog:
    """The dialog that a 2xx to an INVITE of ours has made (RFC 3261 section 12.1.2)."""
    headers = response.headers
    remote = headers.only("to")
    dialog = Dialog(
        id=parse_name_address(invite.headers.only("from")).parameter("tag") or "",
        call_id=invite.headers.only("call-id"),
        local=invite.headers.only("from"),
        remote=remote,
        remote_tag=parse_name_address(remote).parameter("tag") or "",
        target=invite.uri,
        route=tuple(reversed(headers.values("record-route"))),
        flow=flow,
        origin=flow.peer.host,
        remote_number=-1,
        local_number=sequence(invite.headers)[0],
        sips=invite.uri.lower().startswith("sips:"),
        confirmed=True,
        invited=True,
    )
    dialog.learn(response, flow)
    return dialog


def contact(flow: Flow, name: str, *, sips: bool = False) -> str:
    """Our Contact: the feature tag is a header parameter (RFC 7866 section 6.2)."""
    host = name or in_uri(flow.local.host)
    scheme = "sips" if sips else "sip"
    secure = flow.transport == "TLS" and not sips
    transport = "" if flow.transport == "UDP" else ";transport=tls" if secure else ";transport=tcp"
    return f"<{scheme}:recorder@{host}:{flow.local.port}{transport}>;+sip.srs"


def request_within(
    dialog: Dialog, method: str, name: str, extra: tuple[tuple[str, str], ...] = (), body: bytes = b""
) -> Request:
    """A request of ours in a dialog, under a number and a branch of its own (RFC 3261 section 12.2.1.1)."""
    if method != "ACK":
        dialog.local_number += 1
    uri, routes = dialog.target, dialog.route
    strict = _target(routes[0]) if routes else ""
    if strict and value_of(parse_uri(strict).parameters, "lr") is None:
        # The first proxy routes strictly: it wants itself as the address, and the target last.
        uri, routes = strict, (*routes[1:], f"<{dialog.target}>")
    flow = dialog.flow
    host = name or in_uri(flow.local.host)
    branch = COOKIE + secrets.token_hex(12)
    fields = (
        ("via", f"SIP/2.0/{flow.transport} {host}:{flow.local.port};branch={branch};rport"),
        *(("route", route) for route in routes),
        ("max-forwards", "70"),
        ("from", dialog.local),
        ("to", dialog.remote),
        ("call-id", dialog.call_id),
        ("cseq", f"{dialog.local_number} {method}"),
        *((("contact", contact(flow, name, sips=dialog.sips)),) if method not in {"BYE", "ACK"} else ()),
        ("user-agent", "Muniment"),
        *extra,
    )
    return Request(method, uri, Headers(fields), body)


def _target(value: str) -> str:
    """The URI of a header field, if a request can be sent to it: what holds white space would break its first line."""
    uri = parse_name_address(value).uri
    return uri if SENDABLE.fullmatch(uri) else ""


def _wants_sips(request: Request) -> bool:
    headers = request.headers
    nearest = headers.values("record-route") or headers.values("contact")
    named = [request.uri, *(parse_name_address(value).uri for value in nearest[:1])]
    return any(uri.lower().startswith("sips:") for uri in named)


def next_hop(dialog: Dialog) -> tuple[Place, Transport] | None:
    """Where the route or the target leads, if to a numeric address; None leaves the flow as it is."""
    first = parse_name_address(dialog.route[0]).uri if dialog.route else dialog.target
    uri = parse_uri(first)
    if not is_numeric(uri.host):
        return None
    named = (value_of(uri.parameters, "transport") or "").upper()
    secure = uri.scheme == "sips" or named == "TLS" or dialog.flow.transport == "TLS"
    transport: Transport = (
        "TLS" if secure else "TCP" if named == "TCP" else "UDP" if named == "UDP" else dialog.flow.transport
    )
    return Place(uri.host, uri.port or DEFAULT_PORT[transport]), transport


def belongs(dialog: Dialog, headers: Headers) -> bool:
    """Whether a request with our tag is really of this dialog."""
    sender: NameAddress = parse_name_address(headers.first("from"))
    return dialog.call_id == headers.first("call-id") and dialog.remote_tag == (sender.parameter("tag") or "")


def answers(response: Response) -> str:
    """The method that a response answers, empty where it does not say."""
    return response.headers.first("cseq").partition(" ")[2].strip().upper()
