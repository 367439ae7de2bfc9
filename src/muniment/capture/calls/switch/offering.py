"""What a recording client says of a call: its description (SDP) and its metadata (RFC 7865), as one body."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

BOUNDARY = "part-of-a-recording"
NAMESPACE = "urn:ietf:params:xml:ns:recording:1"
EXTENSION = "urn:muniment:recording-client:1"
BODY_TYPE = f"multipart/mixed;boundary={BOUNDARY}"


@dataclass(frozen=True)
class Side:
    """Somebody in the call, with a stream of their own. The first side of a call is the one who called."""

    address: str
    """A SIP or tel: address, such as `sip:+441632960123@carrier.example`."""
    name: str = ""


@dataclass(frozen=True)
class Session:
    """One conversation as the client names it, and its sides in the order of their streams."""

    name: str
    sides: tuple[Side | None, ...]
    """None where nobody is on a stream any more, or not yet."""
    group: str = ""
    """What conversations of one call share: a consultation has its own name and the same group (RFC 7865 6.2)."""
    held: bool = False
    """Whether it is on hold: everybody is still there, and nothing is sent."""

    @property
    def present(self) -> list[tuple[int, Side]]:
        """Who is there, with the places of their streams."""
        return [(place, side) for place, side in enumerate(self.sides) if side is not None]


def body(session: Session, ports: Sequence[int], host: str, *, version: int, direction: str) -> bytes:
    """The whole body of an INVITE: `ports` are those from which each side's sound is sent."""
    ways = [direction if side and not session.held else "inactive" for side in session.sides]
    parts = (
        ("application/sdp", description(ports, host, version=version, ways=ways), ""),
        ("application/rs-metadata+xml", metadata(session), "Content-Disposition: recording-session\r\n"),
    )
    text = "".join(
        f"--{BOUNDARY}\r\nContent-Type: {kind}\r\n{more}\r\n{content}\r\n" for kind, content, more in parts
    )
    return f"{text}--{BOUNDARY}--\r\n".encode()


def description(ports: Sequence[int], host: str, *, version: int, ways: Sequence[str]) -> str:
    """One stream of G.711 µ-law for each port, `sendonly` or `inactive` as `ways` say."""
    family = "IP6" if ":" in host else "IP4"
    lines = ["v=0", f"o=- 1 {version} IN {family} {host}", "s=-", f"c=IN {family} {host}", "t=0 0"]
    for label, (port, way) in enumerate(zip(ports, ways, strict=True), 1):
        lines += [f"m=audio {port} RTP/AVP 0", "a=rtpmap:0 PCMU/8000", f"a=label:{label}", f"a={way}"]
    return "".join(f"{line}\r\n" for line in lines)


def metadata(session: Session) -> str:
    """A complete document: a participant for each side, who sends one stream and hears the others."""
    name, group = _name(session.name), _name(session.group)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<recording xmlns="{NAMESPACE}" xmlns:client="{EXTENSION}"><datamode>complete</datamode>',
    ]
    if session.group:
        lines += [
            f"<group group_id={quoteattr(group)}/>",
            f"<session session_id={quoteattr(name)}><group-ref>{group}</group-ref></session>",
        ]
    else:
        lines.append(f"<session session_id={quoteattr(name)}/>")
    for place, side in session.present:
        named = f"<name>{escape(side.name)}</name>" if side.name else ""
        calling = f"<client:callingParty>{str(place == 0).lower()}</client:callingParty>"
        lines.append(
            f"<participant participant_id={quoteattr(_of(session, side))}>"
            f"<nameID aor={quoteattr(side.address)}>{named}</nameID>{calling}</participant>"
        )
    streams = {place: _name(f"{session.name}/stream/{place}") for place, _ in session.present}
    lines += [
        f"<stream stream_id={quoteattr(each)} session_id={quoteattr(name)}><label>{place + 1}</label></stream>"
        for place, each in streams.items()
    ]
    lines += [
        f"<participantsessionassoc participant_id={quoteattr(_of(session, side))} session_id={quoteattr(name)}/>"
        for _, side in session.present
    ]
    for place, side in session.present:
        sent = "" if session.held else f"<send>{streams[place]}</send>"
        heard = (
            ""
            if session.held
            else "".join(f"<recv>{each}</recv>" for at, each in streams.items() if at != place)
        )
        lines.append(
            f"<participantstreamassoc participant_id={quoteattr(_of(session, side))}>{sent}{heard}"
            "</participantstreamassoc>"
        )
    return "".join(f"{line}\n" for line in [*lines, "</recording>"])


def _of(session: Session, side: Side) -> str:
    return _name(f"{session.name}/side/{side.address}")


def _name(text: str) -> str:
    """A UUID as RFC 7865 writes it: sixteen octets in base64, the same for the same words."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()[:16]).decode()
