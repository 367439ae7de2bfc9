"""MIME bodies in parts, as recording clients send them (RFC 2046 section 5.1, RFC 5621 section 4.2).

Boundaries are looked for at the beginning of a line, whether lines end in CRLF or LF; the bytes of a part
are never changed, so that a body with bare LF is as long as it was. A last boundary that is missing is
the end of the body; a `boundary` parameter that is missing is read off the first line.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.media_types import (
    Disposition,
    MediaType,
    parse_disposition,
    parse_media_type,
)

MOST_PARTS = 64
DEEPEST = 5

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_FIRST_LINE = re.compile(rb"\A\s*--([!-~](?:[ -~]{0,68}[!-~])?)[ \t]*\r?\n")
_FIELD = re.compile(r"^([A-Za-z0-9-]+)[ \t]*:[ \t]*(.*)$")
_FIELD_LINE = re.compile(rb"^[A-Za-z0-9-]+[ \t]*:")


@dataclass(frozen=True)
class Part:
    """One leaf."""

    media_type: MediaType
    disposition: Disposition
    content: bytes


def parts_of(media_type: MediaType, disposition: Disposition, content: bytes) -> list[Part]:
    """The leaves of a body in their order; of alternatives, the last that `is_known` (RFC 2046 5.1.4).

    MalformedError for more than 64 parts or five levels, or a multipart without any boundary.
    """
    found: list[Part] = []
    for part in _leaves(media_type, disposition, content, 0):
        found.append(part)
        if len(found) > MOST_PARTS:
            raise MalformedError("The body has too many parts.", status=413)
    return found


def is_known(part: Part) -> bool:
    """Whether a part is a description of media or recording metadata."""
    return part.media_type.is_metadata or part.media_type.name == "application/sdp"


def _leaves(media_type: MediaType, disposition: Disposition, content: bytes, depth: int) -> Iterator[Part]:
    if not media_type.is_multipart:
        yield Part(media_type, disposition, content)
        return
    if depth >= DEEPEST:
        raise MalformedError("The body has parts in parts in parts.", status=413)
    parts = [_part(piece) for piece in _pieces(content, _boundary(media_type, content))]
    leaves = [list(_leaves(part.media_type, part.disposition, part.content, depth + 1)) for part in parts]
    if media_type.name == "multipart/alternative" and leaves:
        known = [each for each in leaves if any(is_known(part) for part in each)]
        leaves = [known[-1] if known else leaves[-1]]
    for each in leaves:
        yield from each


def _boundary(media_type: MediaType, content: bytes) -> bytes:
    stated = media_type.parameter("boundary").encode("utf-8", "surrogateescape").rstrip()
    if stated and re.search(rb"(?:\A|\n)[ \t]*--" + re.escape(stated), content):
        return stated
    if first := _FIRST_LINE.match(content):
        return first[1]
    raise MalformedError("A body of several parts has no boundary.")


def _pieces(content: bytes, boundary: bytes) -> Iterator[bytes]:
    # The line break before a boundary belongs to it; white space may follow it (RFC 2046 section 5.1.1).
    line = re.compile(rb"(?:\A|\r?\n)[ \t]*--" + re.escape(boundary) + rb"(?:(--)[^\n]*|[ \t]*)(?=\r?\n|\Z)")
    begun = -1
    for count, found in enumerate(line.finditer(content)):
        if begun >= 0:
            yield content[begun : found.start()]
        if count >= MOST_PARTS:
            raise MalformedError("The body has too many parts.", status=413)
        begun = -1 if found[1] else found.end()
        if found[1]:
            return
    if begun >= 0:
        yield content[begun:]


def _part(piece: bytes) -> Part:
    # `piece` begins with the line break that ends its boundary.
    piece = piece.removeprefix(b"\r").removeprefix(b"\n")
    if piece.startswith((b"\n", b"\r\n")) or not _FIELD_LINE.match(piece):
        headers: dict[str, str] = {}
        content = piece.removeprefix(b"\r").removeprefix(b"\n") if piece[:1] in b"\r\n" else piece
    else:
        end = _HEADER_END.search(piece)
        head, content = (piece[: end.start()], piece[end.end() :]) if end else (piece, b"")
        headers = _headers(head)
    return Part(
        parse_media_type(headers.get("content-type", "text/plain")),
        parse_disposition(headers.get("content-disposition", "")),
        _decoded(content, headers.get("content-transfer-encoding", "")),
    )


def _headers(head: bytes) -> dict[str, str]:
    text = re.sub(r"\r?\n[ \t]+", " ", head.decode("utf-8", "surrogateescape"))
    found: dict[str, str] = {}
    for line in re.split(r"\r?\n", text):
        if field := _FIELD.match(line):
            found.setdefault(field[1].lower(), field[2].strip())
    return found


def _decoded(content: bytes, encoding: str) -> bytes:
    try:
        if encoding.lower() == "base64":
            return base64.b64decode(content, validate=False)
        if encoding.lower() == "quoted-printable":
            return quopri.decodestring(content)
    except (binascii.Error, ValueError) as error:
        raise MalformedError("A part is not in the encoding that it names.") from error
    return content
