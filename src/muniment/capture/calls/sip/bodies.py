"""Which part of a message is what: description of media, recording metadata, neither.

"Required" is the default of RFC 3261 section 20.11, yet clients send parts of their own without a mark
(`application/gtd`); only what says `handling=required` itself is refused, and a body that is alone.
"""

import re
from dataclasses import dataclass

from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.media_types import (
    RECORDING_SESSION,
    SDP,
    MediaType,
    parse_disposition,
    parse_media_type,
)
from muniment.capture.calls.sip.message import Headers
from muniment.capture.calls.sip.multipart import Part, parts_of

_SDP_BEGINS = re.compile(rb"\A\s*v=0[ \t]*\r?\n")
_XML_BEGINS = re.compile(rb"\A\s*(?:<\?xml|<(?:[A-Za-z0-9_]+:)?(?:recording|requestsnapshot))")


@dataclass(frozen=True)
class Bodies:
    """What a message carried; each is empty where it carried none."""

    sdp: bytes = b""
    metadata: bytes = b""
    charset: str = ""
    """Of the metadata, where the part names one: it beats what the XML declares (RFC 7865 section 5.1)."""
    others: tuple[str, ...] = ()
    """Types that were left unread."""


def bodies_of(headers: Headers, body: bytes) -> Bodies:
    """The bodies of a message; MalformedError with status 415 where one had to be understood and was not."""
    if headers.first("content-encoding").strip().lower() not in {"", "identity"}:
        raise MalformedError("Bodies are taken as they are, not compressed.", status=415)
    if not body.strip():
        return Bodies()
    media_type = parse_media_type(headers.first("content-type"))
    disposition = parse_disposition(headers.first("content-disposition"))
    parts = parts_of(media_type, disposition, body)
    alone = not media_type.is_multipart
    sdp, metadata, charset, others = b"", b"", "", []
    for part in parts:
        kind = _kind(part)
        if kind == SDP and not sdp:
            sdp = part.content
        elif kind == RECORDING_SESSION and not metadata:
            metadata, charset = part.content.strip(), part.media_type.parameter("charset")
        elif _must_be_read(part, alone=alone):
            raise MalformedError("A body is of a type that is not understood.", status=415)
        else:
            others.append(part.media_type.name)
    return Bodies(sdp, metadata, charset, tuple(others))


def _kind(part: Part) -> str:
    if part.media_type.name == SDP:
        return SDP
    if part.media_type.is_metadata or part.disposition.name == RECORDING_SESSION:
        return RECORDING_SESSION
    if _is_vague(part.media_type):
        if _SDP_BEGINS.match(part.content):
            return SDP
        if _XML_BEGINS.match(part.content):
            return RECORDING_SESSION
    return ""


def _is_vague(media_type: MediaType) -> bool:
    return media_type.name in {"", "text/plain", "text/xml", "application/xml", "application/+xml"}


def _must_be_read(part: Part, *, alone: bool) -> bool:
    if part.disposition.handling == "optional":
        return False
    return alone or part.disposition.handling == "required"
