"""Descriptions of media (SDP, RFC 4566), read tolerantly and kept as lines where nobody asks for more."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import get_args

from muniment.capture.calls.ports import Codec, Crypto, Direction, Handshake
from muniment.capture.calls.sip.address import LARGEST_PORT
from muniment.capture.calls.sip.codecs import STATIC, registered
from muniment.capture.calls.sip.crypto_lines import parse_crypto
from muniment.capture.calls.sip.handshake_lines import parse_handshake
from muniment.capture.calls.sip.malformed import MalformedError

MOST_MEDIA = 64
MOST_LINES = 4096
LARGEST_PAYLOAD_TYPE = 127

DIRECTIONS: dict[str, Direction] = {each: each for each in get_args(Direction.__value__)}
NOWHERE = frozenset({"0.0.0.0", "::", "0:0:0:0:0:0:0:0"})  # noqa: S104  an address in text, bound by nobody

_LINE = re.compile(r"^([a-z])=(.*)$")
_MEDIA = re.compile(r"^(\S+)[ \t]+([0-9]{1,6})(?:/([0-9]{1,4}))?[ \t]+(\S+)(?:[ \t]+(.*))?$")
_RTPMAP = re.compile(r"^([0-9]{1,3})[ \t]+([^\s/]+)/([0-9]{1,7})(?:/([0-9]{1,2}))?[ \t]*$")
_NUMBERED = re.compile(r"^([0-9]{1,3})[ \t]+(.*)$")
_CONNECTION = re.compile(r"^IN[ \t]+IP[46][ \t]+([^\s/]+)", re.IGNORECASE)
_RTCP = re.compile(r"^([0-9]{1,5})(?:[ \t]|$)")

# What is never kept: keys (RFC 4568, 3830), candidates' passwords, and lines that name people (RFC 4566 5.4–5.6).
_SECRET = re.compile(r"^(?:a=(?:crypto|key-mgmt|ice-pwd|ice-ufrag|candidate)\b|[kieup]=)", re.IGNORECASE)


@dataclass(frozen=True)
class Attributes:
    """`a=` lines as pairs; the value is empty for a flag."""

    pairs: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> list[str]:
        """Every value of this name."""
        return [value for key, value in self.pairs if key == name]

    def first(self, name: str) -> str | None:
        """The first value, None where the attribute is absent."""
        return next((value for key, value in self.pairs if key == name), None)

    @property
    def direction(self) -> Direction | None:
        """The direction that is said here, the last where several are."""
        return next((DIRECTIONS[key] for key, _ in reversed(self.pairs) if key in DIRECTIONS), None)


@dataclass(frozen=True)
class Media:
    """One m-line with what stands under it."""

    kind: str
    port: int
    transport: str
    formats: tuple[str, ...]
    connection: str = ""
    """Numeric address or name; empty where neither the m-line nor the session has one."""
    attributes: Attributes = Attributes()
    session: Attributes = Attributes()

    @cached_property
    def codecs(self) -> dict[int, Codec]:
        """By payload type in the client's order; numbers without meaning are left out."""
        maps = dict(_rtpmaps(self.attributes.all("rtpmap")))
        formats = dict(_numbered(self.attributes.all("fmtp")))
        found: dict[int, Codec] = {}
        for text in self.formats:
            if text.isdecimal() and int(text) <= LARGEST_PAYLOAD_TYPE:
                number = int(text)
                codec = maps.get(number) or STATIC.get(number)
                if codec and number not in found:
                    found[number] = replace(codec, fmtp=formats.get(number, ""))
        return found

    @property
    def label(self) -> str:
        """`a=label` (RFC 4574), empty where there is none."""
        return (self.attributes.first("label") or "").strip()

    @property
    def stated_direction(self) -> Direction | None:
        """What the m-line or else the session says; None where neither does."""
        return self.attributes.direction or self.session.direction

    @property
    def is_nowhere(self) -> bool:
        """Whether its address is the null address: an old way to say "hold" (RFC 3264 section 8.4)."""
        return self.connection in NOWHERE

    @property
    def secure(self) -> bool:
        """Whether its packets are to be SRTP, whatever brings the key."""
        return "SAVP" in self.transport

    @property
    def keyed_by_dtls(self) -> bool:
        """Whether a handshake would bring the key (RFC 5763)."""
        return self.transport.startswith("UDP/TLS/")

    @property
    def is_rtp(self) -> bool:
        """Whether it is sound over RTP."""
        return self.kind == "audio" and self.transport.rpartition("/")[2].startswith(("AVP", "SAVP"))

    @cached_property
    def crypto(self) -> tuple[Crypto, ...]:
        """Every valid key, in order."""
        return tuple(key for value in self.attributes.all("crypto") for key in parse_crypto(value))

    @cached_property
    def handshake(self) -> Handshake | None:
        """What is said of a handshake, in the m-line or else for the session; None where no key can come of it."""
        own, session = self.attributes, self.session
        return parse_handshake(
            own.all("fingerprint") or session.all("fingerprint"),
            own.first("setup") or session.first("setup") or "",
            own.first("tls-id") or session.first("tls-id") or "",
        )

    @property
    def multiplexed(self) -> bool:
        """Whether RTCP may come on the RTP port (RFC 5761)."""
        return self.attributes.first("rtcp-mux") is not None

    @property
    def rtcp_port(self) -> int:
        """Where the client takes RTCP (RFC 3605), by default the port above; 0 where it has no port."""
        said = _RTCP.match(self.attributes.first("rtcp") or "")
        if said and 0 < int(said[1]) <= LARGEST_PORT:
            return int(said[1])
        if not self.port:
            return 0
        return self.port if self.multiplexed else min(self.port + 1, LARGEST_PORT)


@dataclass(frozen=True)
class Description:
    """A whole description."""

    origin: str
    media: tuple[Media, ...]
    attributes: Attributes = Attributes()


def parse_sdp(body: bytes) -> Description:
    """Read a description; MalformedError for bytes that are none, or that ask for too much."""
    lines = re.split(r"\r\n|\n|\r", body.decode("utf-8", "replace"))
    if len(lines) > MOST_LINES:
        raise MalformedError("The description of media has too many lines.", status=413)
    pairs = [(found[1], found[2].strip()) for line in lines if (found := _LINE.match(line.strip()))]
    if not any(letter in "vm" for letter, _ in pairs):
        raise MalformedError("The description of media is none.")
    first = next((place for place, (letter, _) in enumerate(pairs) if letter == "m"), len(pairs))
    session = _attributes(pairs[:first])
    connection = _connection(pairs[:first])
    blocks = list(_blocks(pairs[first:]))
    if len(blocks) > MOST_MEDIA:
        raise MalformedError("The description has too many media.", status=413)
    media = tuple(_media(block, connection, session) for block in blocks)
    origin = next((value for letter, value in pairs[:first] if letter == "o"), "")
    return Description(origin, media, session)


def without_secrets(body: bytes) -> str:
    """The text that may be kept of a description: no key, no password, no line that names people."""
    lines = re.split(r"\r\n|\n|\r", body.decode("utf-8", "replace"))
    kept = [line for line in lines if line.strip() and not _SECRET.match(line.strip())]
    return "".join(f"{line.rstrip()}\r\n" for line in kept)


def _blocks(pairs: list[tuple[str, str]]) -> Iterable[list[tuple[str, str]]]:
    block: list[tuple[str, str]] = []
    for letter, value in pairs:
        if letter == "m" and block:
            yield block
            block = []
        block.append((letter, value))
    if block:
        yield block


def _media(block: list[tuple[str, str]], connection: str, session: Attributes) -> Media:
    line = _MEDIA.match(block[0][1])
    if line is None or int(line[2]) > LARGEST_PORT:
        raise MalformedError("A media line is a kind, a port, a transport and formats.")
    return Media(
        kind=line[1].lower(),
        port=int(line[2]),
        transport=line[4].upper(),
        formats=tuple((line[5] or "").split()),
        connection=_connection(block) or connection,
        attributes=_attributes(block),
        session=session,
    )


def _attributes(pairs: list[tuple[str, str]]) -> Attributes:
    found = []
    for letter, value in pairs:
        if letter == "a":
            name, _, rest = value.partition(":")
            found.append((name.strip().lower(), rest.strip()))
    return Attributes(tuple(found))


def _connection(pairs: list[tuple[str, str]]) -> str:
    for letter, value in pairs:
        if letter == "c" and (found := _CONNECTION.match(value)):
            return found[1]
    return ""


def _rtpmaps(values: list[str]) -> Iterable[tuple[int, Codec]]:
    for value in values:
        if found := _RTPMAP.match(value):
            yield int(found[1]), Codec(registered(found[2]), int(found[3]), int(found[4] or 1))


def _numbered(values: list[str]) -> Iterable[tuple[int, str]]:
    for value in values:
        if found := _NUMBERED.match(value):
            yield int(found[1]), found[2].strip()
