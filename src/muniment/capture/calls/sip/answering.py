"""Our side of offer and answer (RFC 3264, RFC 7866 sections 7 and 8), written as SDP.

1. Every m-line of an offer has its m-line in the answer, in the same place; one that is not taken has
   port 0 (RFC 7866 section 8.3.1).
2. A client that sends is answered `recvonly`; `inactive` is answered `inactive` (RFC 3264 section 6.1).
3. Dynamic payload types keep their number and meaning.
4. `o=` keeps its identifier, and its version grows by one with each change (RFC 3264 section 8).
"""

from dataclasses import dataclass, field

from muniment.capture.calls.ports import Codec, Direction, MediaAnswer, MediaOffer
from muniment.capture.calls.sip.codecs import is_sound, is_taken
from muniment.capture.calls.sip.crypto_lines import write_crypto
from muniment.capture.calls.sip.handshake_lines import write_handshake
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.sdp import Media, parse_sdp


@dataclass(frozen=True)
class Line:
    """One m-line of ours."""

    kind: str
    transport: str
    formats: tuple[str, ...]
    codecs: dict[int, Codec] = field(default_factory=dict)
    label: str = ""
    taken: MediaAnswer | None = None
    """None where the stream is not taken."""
    ptime: str = ""
    multiplexed: bool = False


@dataclass
class LocalDescription:
    """What we last said of our media, in one dialog."""

    identifier: int
    address: str
    """Numeric: where the media of this dialog go, unless an answer says otherwise."""
    version: int = 0
    lines: list[Line] = field(default_factory=list)
    _written: str = ""

    def written(self) -> bytes:
        """The description as SDP; the version grows only if something in it changed."""
        body = self._body()
        if body != self._written:
            self.version += 1
            self._written = body
        head = (
            f"v=0\r\no=muniment {self.identifier} {self.version} IN {_family(self.address)} {self.address}\r\n"
            f"s=-\r\nc=IN {_family(self.address)} {self.address}\r\nt=0 0\r\n"
        )
        return (head + body).encode()

    def _body(self) -> str:
        return "".join(_line(line, self.address) for line in self.lines)


def taken_codecs(media: Media) -> dict[int, Codec]:
    """The payload types of an m-line that we answer with; empty where none of them carries speech."""
    taken = {number: codec for number, codec in media.codecs.items() if is_taken(codec)}
    return taken if any(is_sound(codec) for codec in taken.values()) else {}


def direction_of(media: Media) -> Direction:
    """Which way the client's media flow.

    No direction with a null address is a pause (RFC 3264 section 8.4); a direction that is said counts
    for more than an address.
    """
    if media.stated_direction is not None:
        return media.stated_direction
    return "inactive" if media.is_nowhere else "sendrecv"


def sends(direction: Direction) -> bool:
    """Whether who says so sends now."""
    return direction in {"sendonly", "sendrecv"}


def offer_of(media: Media, number: int, label: str, direction: Direction) -> MediaOffer:
    """An m-line of the client in the form that the recorder takes."""
    return MediaOffer(
        number=number,
        label=label,
        address=media.connection,
        port=media.port,
        codecs=taken_codecs(media),
        profile=media.transport,
        crypto=media.crypto,
        direction=direction,
        rtcp_port=media.rtcp_port,
        handshake=media.handshake,
    )


def line_for(media: Media, taken: MediaAnswer | None, codecs: dict[int, Codec]) -> Line:
    """Our m-line for one of the client's."""
    return Line(
        kind=media.kind,
        transport=media.transport,
        formats=tuple(str(number) for number in codecs) if taken else media.formats[:1] or ("0",),
        codecs=codecs if taken else {},
        label=media.label,
        taken=taken,
        ptime=media.attributes.first("ptime") or "",
        multiplexed=media.multiplexed,
    )


def turned_down(offer: bytes) -> bytes:
    """An answer that takes nothing of an offer; empty where the offer cannot be read."""
    try:
        description = parse_sdp(offer)
    except MalformedError:
        return b""
    nowhere = "0.0.0.0"  # noqa: S104  where nothing is taken
    return LocalDescription(
        0, nowhere, lines=[line_for(each, None, {}) for each in description.media]
    ).written()


def _line(line: Line, address: str) -> str:
    taken = line.taken
    if taken is None:
        return f"m={line.kind} 0 {line.transport} {' '.join(line.formats)}\r\n"
    lines = [f"m={line.kind} {taken.port} {line.transport} {' '.join(line.formats)}"]
    if taken.address and taken.address != address:
        lines.append(f"c=IN {_family(taken.address)} {taken.address}")
    for number, codec in line.codecs.items():
        channels = f"/{codec.channels}" if codec.channels > 1 else ""
        name = codec.name.lower() if codec.name == "TELEPHONE-EVENT" else codec.name
        lines.append(f"a=rtpmap:{number} {name}/{codec.rate}{channels}")
        if codec.fmtp:
            lines.append(f"a=fmtp:{number} {codec.fmtp}")
    if line.ptime:
        lines.append(f"a=ptime:{line.ptime}")
    if line.multiplexed and taken.rtcp_port == taken.port:
        lines.append("a=rtcp-mux")
    elif taken.rtcp_port not in {0, taken.port + 1}:
        lines.append(f"a=rtcp:{taken.rtcp_port}")
    lines += _keys(taken)
    lines.append(f"a={taken.direction}")
    if line.label:
        lines.append(f"a=label:{line.label}")
    return "".join(f"{each}\r\n" for each in lines)


def _keys(taken: MediaAnswer) -> list[str]:
    lines = [f"a=crypto:{write_crypto(taken.crypto)}"] if taken.crypto else []
    return lines + (write_handshake(taken.handshake) if taken.handshake else [])


def _family(address: str) -> str:
    return "IP6" if ":" in address else "IP4"
