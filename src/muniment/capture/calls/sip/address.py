"""Addresses and what hangs on them: name-addr, URI, Via, parameters (RFC 3261 sections 19, 20 and 25).

Read tolerantly: vendors put feature tags inside the angle brackets, leave the scheme out, or add
parameters of their own. What is not understood is kept as text, never an error, unless a reply or a
dialog depends on it.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from muniment.capture.calls.sip.lists import split_list
from muniment.capture.calls.sip.malformed import MalformedError

DEFAULT_PORT = {"UDP": 5060, "TCP": 5060, "TLS": 5061}
LARGEST_PORT = 65_535

type Parameters = tuple[tuple[str, str], ...]

_SENT_BY = re.compile(r"^(\[[0-9A-Fa-f:.%a-z]+\]|[^\s:\[\];,]+)(?:[ \t]*:[ \t]*([0-9]{1,5}))?$")
_VIA = re.compile(r"^SIP[ \t]*/[ \t]*2\.0[ \t]*/[ \t]*([A-Za-z0-9-]+)[ \t]+(.+)$", re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):(.*)$", re.DOTALL)


@dataclass(frozen=True)
class Uri:
    """A SIP or other URI; `user`, `host` and `port` are empty or 0 where it has none."""

    text: str
    scheme: str
    user: str
    host: str
    port: int
    parameters: Parameters


@dataclass(frozen=True)
class NameAddress:
    """A name, an address, and the parameters of the header that they stand in."""

    name: str
    uri: str
    parameters: Parameters

    def parameter(self, name: str) -> str | None:
        """The first parameter of this name; empty text where it has no value, None where it is absent."""
        return value_of(self.parameters, name)


@dataclass(frozen=True)
class Via:
    """The first hop back (RFC 3261 section 20.42)."""

    transport: str
    host: str
    port: int | None
    parameters: Parameters

    @property
    def branch(self) -> str:
        """The transaction identifier, empty where there is none."""
        return value_of(self.parameters, "branch") or ""


def value_of(parameters: Parameters, name: str) -> str | None:
    """The first parameter of this name, None where it is absent."""
    return next((value for key, value in parameters if key == name), None)


def parse_parameters(text: str) -> Parameters:
    """`;a=b;c` as pairs, names in small letters, quotes taken off."""
    found = []
    for part in split_list(text, ";"):
        name, _, value = part.partition("=")
        found.append((name.strip().lower(), unquoted(value.strip())))
    return tuple(found)


def unquoted(text: str) -> str:
    """A quoted string without its quotes and backslashes; other text as it is."""
    if len(text) < 2 or not (text[0] == text[-1] == '"'):  # noqa: PLR2004 a pair of quotes
        return text
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)


def parse_name_address(text: str) -> NameAddress:
    """One value of From, To, Contact, Route and their like; never an error."""
    opening = _opening(text)
    if opening < 0:
        uri, _, tail = text.partition(";")
        return NameAddress("", uri.strip(), parse_parameters(tail))
    closing = text.find(">", opening)
    if closing < 0:
        closing = len(text)
    name = unquoted(text[:opening].strip())
    return NameAddress(name, text[opening + 1 : closing].strip(), parse_parameters(text[closing + 1 :]))


def parse_uri(text: str) -> Uri:
    """A URI in its parts; never an error: what does not fit leaves its part empty."""
    scheme, rest = "", text
    if (found := _SCHEME.match(text)) and not _looks_like_host(found):
        scheme, rest = found[1].lower(), found[2]
    rest = rest.partition("?")[0]
    before, at, after = rest.rpartition("@")
    user, host_part = (before, after) if at else ("", rest)
    host_text, _, tail = host_part.partition(";")
    if scheme == "tel":
        return Uri(text, scheme, host_text, "", 0, parse_parameters(tail))
    host, port = host_and_port(host_text)
    parameters = parse_parameters(tail)
    if ";" in user:  # parameters that a vendor put before the @ belong to the user part
        user, _, inner = user.partition(";")
        parameters = (*parse_parameters(inner), *parameters)
    return Uri(text, scheme, user.partition(":")[0], host, port or 0, parameters)


def parse_via(text: str) -> Via:
    """The value of a Via header; MalformedError where no reply could be sent by it."""
    found = _VIA.match(text)
    if found is None:
        raise MalformedError("A Via header says protocol, transport and sender.")
    sent_by, *rest = split_list(found[2], ";") or [""]
    place = _SENT_BY.match(sent_by)
    if place is None or (place[2] and int(place[2]) > LARGEST_PORT):
        raise MalformedError("A Via header names a host, and a port that exists.")
    host = place[1].strip("[]")
    port = int(place[2]) if place[2] else None
    return Via(found[1].upper(), host, port, parse_parameters(";".join(rest)))


def host_and_port(text: str) -> tuple[str, int | None]:
    """`host`, `host:port`, `[v6]`, `[v6]:port`; an odd port is None."""
    found = _SENT_BY.match(text.strip())
    if found is None:
        return text.strip().strip("[]"), None
    port = int(found[2]) if found[2] and int(found[2]) <= LARGEST_PORT else None
    return found[1].strip("[]"), port


def is_numeric(host: str) -> bool:
    """Whether a host is an IPv4 or IPv6 address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def in_uri(host: str) -> str:
    """A host as it stands in a URI: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def _opening(text: str) -> int:
    """Where the angle bracket opens that no quotes hold, −1 for none."""
    quoted = escaped = False
    for place, letter in enumerate(text):
        if escaped:
            escaped = False
        elif quoted:
            escaped, quoted = letter == "\\", letter != '"'
        elif letter == '"':
            quoted = True
        elif letter == "<":
            return place
    return -1


def _looks_like_host(found: re.Match[str]) -> bool:
    """`host:5060` and `a.b@c` have no scheme, though a colon may follow letters."""
    head, tail = found[1], found[2]
    digits = tail.partition(";")[0]
    return head.lower() not in {"sip", "sips", "tel", "urn", "im", "pres"} and (
        digits.isdecimal() or "." in head
    )
