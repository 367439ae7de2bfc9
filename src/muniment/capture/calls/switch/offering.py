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
    """One call as the client names it, and its sides in the order of their streams."""

    name: str
    sides: tuple[Side, ...]


def body(session: Session, ports: Sequence[int], host: str, *, version: int, direction: str) -> bytes:
    """The whole body of an INVITE: `ports` are those from which each side's sound is sent."""
    parts = (
        ("application/sdp", description(ports, host, version=version, direction=direction), ""),
        ("application/rs-metadata+xml", metadata(session), "Content-Disposition: recording-session\r\n"),
    )
    text = "".join(
        f"--{BOUNDARY}\r\nContent-Type: {kind}\r\n{more}\r\n{content}\r\n" for kind, content, more in parts
    )
    return f"{text}--{BOUNDARY}--\r\n".encode()


def description(ports: Sequence[int], host: str, *, version: int, direction: str) -> str:
    """One stream of G.711 µ-law for each port; `direction` is `sendonly`, or `inactive` for a pause."""
    family = "IP6" if ":" in host else "IP4"
    lines = ["v=0", f"o=- 1 {version} IN {family} {host}", "s=-", f"c=IN {family} {host}", "t=0 0"]
    for label, port in enumerate(ports, 1):
        lines += [f"m=audio {port} RTP/AVP 0", "a=rtpmap:0 PCMU/8000", f"a=label:{label}", f"a={direction}"]
    return "".join(f"{line}\r\n" for line in lines)


def metadata(session: Session) -> str:
    """A complete document: a participant for each side, who sends one stream and hears the others."""
    name = _name(session.name)
    streams = [_name(f"{session.name}/stream/{place}") for place in range(len(session.sides))]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<recording xmlns="{NAMESPACE}" xmlns:client="{EXTENSION}"><datamode>complete</datamode>',
        f"<session session_id={quoteattr(name)}/>",
    ]
    for place, side in enumerate(session.sides):
        named = f"<name>{escape(side.name)}</name>" if side.name else ""
        calling = f"<client:callingParty>{str(place == 0).lower()}</client:callingParty>"
        lines.append(
            f"<participant participant_id={quoteattr(_of(session, side))}>"
            f"<nameID aor={quoteattr(side.address)}>{named}</nameID>{calling}</participant>"
        )
    for label, stream in enumerate(streams, 1):
        lines.append(
            f"<stream stream_id={quoteattr(stream)} session_id={quoteattr(name)}><label>{label}</label></stream>"
        )
    for place, side in enumerate(session.sides):
        heard = "".join(f"<recv>{each}</recv>" for each in streams if each != streams[place])
        lines.append(
            f"<participantstreamassoc participant_id={quoteattr(_of(session, side))}>"
            f"<send>{streams[place]}</send>{heard}</participantstreamassoc>"
        )
    return "".join(f"{line}\n" for line in [*lines, "</recording>"])


def _of(session: Session, side: Side) -> str:
    return _name(f"{session.name}/side/{side.address}")


def _name(text: str) -> str:
    """A UUID as RFC 7865 writes it: sixteen octets in base64, the same for the same words."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()[:16]).decode()
