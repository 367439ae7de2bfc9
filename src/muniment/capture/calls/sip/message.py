"""SIP messages as values, and how they are written (RFC 3261 section 7).

Text is UTF-8; a byte that is not stays itself through `surrogateescape`, so that what is echoed in a
reply (Via, From, Call-ID) is the same to the byte.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from muniment.capture.calls.sip.address import parse_name_address
from muniment.capture.calls.sip.lists import split_list
from muniment.capture.calls.sip.malformed import MalformedError

VERSION = "SIP/2.0"

COMPACT = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "n": "identity-info",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
    "y": "identity",
}
"""One-letter names (RFC 3261 section 7.3.3 and the IANA registry)."""

SPELLING = {"call-id": "Call-ID", "cseq": "CSeq", "min-se": "Min-SE", "mime-version": "MIME-Version"}

LISTS = frozenset(
    {
        "accept",
        "accept-encoding",
        "allow",
        "contact",
        "record-route",
        "require",
        "route",
        "supported",
        "unsupported",
        "via",
        "content-encoding",
        "proxy-require",
    }
)
"""Headers whose values may share a line, separated by commas, and are read so here."""

REASONS = {
    100: "Trying",
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    416: "Unsupported URI Scheme",
    420: "Bad Extension",
    422: "Session Interval Too Small",
    469: "Bad Info Package",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    491: "Request Pending",
    500: "Server Internal Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "Version Not Supported",
    513: "Message Too Large",
}


@dataclass(frozen=True)
class Headers:
    """Header fields in their order, under their long names in small letters."""

    fields: tuple[tuple[str, str], ...] = ()

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.fields:
            found.setdefault(name, []).append(value)
        return found

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.fields)

    def first(self, name: str) -> str:
        """The first field of this name, empty where there is none."""
        return self._by_name.get(name, [""])[0]

    def lines(self, name: str) -> list[str]:
        """Every field of this name as it stood."""
        return self._by_name.get(name, [])

    def values(self, name: str) -> list[str]:
        """Every value of this name, whether on lines of their own or separated by commas."""
        return [value for line in self.lines(name) for value in split_list(line)]

    def tokens(self, name: str) -> frozenset[str]:
        """The values without their parameters, in small letters: for option tags, methods and types."""
        return frozenset(value.partition(";")[0].strip().lower() for value in self.values(name))

    def only(self, name: str) -> str:
        """The value of a header that must stand exactly once; MalformedError otherwise."""
        found = self.lines(name)
        if len(found) != 1 or not found[0]:
            raise MalformedError(f"A message has one {_spelt(name)}.")
        return found[0]


@dataclass(frozen=True)
class Request:
    """What a user agent asks."""

    method: str
    uri: str
    headers: Headers
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """As it goes over the wire; Content-Length is added."""
        return _written(f"{self.method} {self.uri} {VERSION}", self.headers, self.body)


@dataclass(frozen=True)
class Response:
    """What a user agent answers."""

    status: int
    reason: str
    headers: Headers
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """As it goes over the wire; Content-Length is added."""
        return _written(f"{VERSION} {self.status} {self.reason}", self.headers, self.body)


type Message = Request | Response


def reply(
    request: Request,
    status: int,
    to_tag: str,
    *,
    extra: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    reason: str = "",
) -> Response:
    """A response that echoes what RFC 3261 section 8.2.6.2 asks for.

    `to_tag` is added to To where it has none and this is no 100.
    """
    echoed = [(name, value) for name, value in request.headers if name == "via"]
    for name in ("from", "to", "call-id", "cseq"):
        value = request.headers.first(name)
        if name == "to" and status > 100 and to_tag and not has_tag(value):  # noqa: PLR2004 Trying
            value += f";tag={to_tag}"
        echoed.append((name, value))
    return Response(status, reason or REASONS.get(status, "Unknown"), Headers((*echoed, *extra)), body)


def has_tag(address: str) -> bool:
    """Whether a From or To header has a `tag` parameter."""
    return parse_name_address(address).parameter("tag") is not None


def _spelt(name: str) -> str:
    return SPELLING.get(name, name.title())


def _written(start: str, headers: Headers, body: bytes) -> bytes:
    lines = [start]
    lines += [f"{_spelt(name)}: {value}" for name, value in headers if name != "content-length"]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body
