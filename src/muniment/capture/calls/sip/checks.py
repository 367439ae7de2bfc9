"""What is looked at before a request is understood (RFC 3261 section 8.2), in the order of that section."""

from dataclasses import dataclass

from muniment.capture.calls.sip.address import parse_name_address, parse_uri, parse_via
from muniment.capture.calls.sip.dialog import ALLOW
from muniment.capture.calls.sip.flows import Flow, Place
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.media_types import ACCEPTED
from muniment.capture.calls.sip.message import Headers, Request
from muniment.capture.calls.sip.parsing import content_length, sequence

UNDERSTOOD = frozenset({"siprec", "timer", "100rel"})
"""Options a client may require. No reliable provisional response is asked of who sends none (RFC 3262)."""

SPOKEN = frozenset(ALLOW.replace(" ", "").split(","))
KNOWN = SPOKEN | {"REGISTER", "SUBSCRIBE", "NOTIFY", "PUBLISH", "MESSAGE", "REFER", "PRACK"}
SCHEMES = frozenset({"sip", "sips", "tel", ""})
DEFAULT_PORT = 5060


@dataclass(frozen=True)
class Refusal:
    """A status with the headers that explain it."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()


def stamped(request: Request, flow: Flow) -> Request:
    """The request with `received` and `rport` in its first Via (RFC 3261 18.2.1, RFC 3581 section 4).

    MalformedError where it has no Via by which a reply could go.
    """
    values = request.headers.values("via")
    if not values:
        raise MalformedError("A request has a Via.")
    via = parse_via(values[0])
    asks = any(name == "rport" for name, _ in via.parameters)
    if not asks and via.host == flow.peer.host:
        return request
    first = values[0]
    parts = [
        part
        for part in first.split(";")
        if part.strip().partition("=")[0].strip().lower() not in {"rport", "received"}
    ]
    parts.append(f"received={flow.peer.host}")
    if asks:
        parts.append(f"rport={flow.peer.port}")
    others = [field for field in request.headers if field[0] != "via"]
    lines = [("via", value) for value in (";".join(parts), *values[1:])]
    return Request(request.method, request.uri, Headers((*lines, *others)), request.body)


def reply_flow(request: Request, flow: Flow) -> Flow:
    """Where responses go: back over a connection, or to the port that Via names (18.2.2, RFC 3581)."""
    if flow.reliable:
        return flow
    via = parse_via(request.headers.values("via")[0])
    if any(name == "rport" for name, _ in via.parameters):
        return flow
    return flow._replace(peer=Place(flow.peer.host, via.port or DEFAULT_PORT))


def refusal_of(request: Request) -> Refusal | None:
    """Why a request cannot be taken at all; None where it can be looked at."""
    try:
        _is_whole(request)
    except MalformedError as error:
        return Refusal(error.status)
    if request.method not in SPOKEN:
        return Refusal(405 if request.method in KNOWN else 501, (("allow", ALLOW),))
    if parse_uri(request.uri).scheme not in SCHEMES:
        return Refusal(416)
    if request.method not in {"CANCEL", "ACK"}:
        unknown = sorted(request.headers.tokens("require") - UNDERSTOOD)
        if unknown:
            return Refusal(420, (("unsupported", ", ".join(unknown)),))
    return None


def explained(status: int) -> tuple[tuple[str, str], ...]:
    """The headers that a status comes with."""
    if status == 415:  # noqa: PLR2004 Unsupported Media Type
        return (("accept", ", ".join(ACCEPTED)), ("accept-encoding", "identity"))
    return ()


def _is_whole(request: Request) -> None:
    headers = request.headers
    for name in ("from", "to", "call-id"):
        headers.only(name)
    for name in ("from", "to"):
        if not parse_name_address(headers.first(name)).uri:
            raise MalformedError("From and To have an address.")
    _, method = sequence(headers)
    if method != request.method:
        raise MalformedError("CSeq names another method.")
    content_length(headers)
