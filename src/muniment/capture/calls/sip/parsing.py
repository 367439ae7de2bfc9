"""Bytes to SIP messages (RFC 3261 sections 7, 18.3 and 25), tolerant where nothing is ambiguous.

Taken beside the letter of the standard: lines that end in LF alone, compact and odd-cased names, white
space before the colon, folded lines. A body is never touched: it is counted in bytes as it came.
"""

import re

from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.message import COMPACT, VERSION, Headers, Message, Request, Response

LARGEST_MESSAGE = 65_535  # bytes; RFC 3261 section 18.1.1
MOST_FIELDS = 256
LONGEST_NUMBER = 10  # digits of Content-Length and CSeq (RFC 3261 section 8.1.1.5: below 2**31)

END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
LINE_END = re.compile(r"\r?\n")
REQUEST_LINE = re.compile(
    r"^([A-Za-z0-9.!%*_+`'~-]{1,32}) ([^\s]{1,8192}) (SIP/[0-9]{1,3}\.[0-9]{1,3})[ \t]*$"
)
STATUS_LINE = re.compile(r"^(SIP/[0-9]{1,3}\.[0-9]{1,3}) ([1-6][0-9]{2})(?: (.*))?$")
FIELD = re.compile(r"^([A-Za-z0-9.!%*_+`'~-]{1,128})[ \t]*:[ \t]*(.*?)[ \t]*$")
FORBIDDEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def parse(data: bytes) -> Message:
    """One message that fills a datagram, or that a stream was cut into; MalformedError otherwise."""
    data = data.lstrip(b"\r\n")
    end = END_OF_HEAD.search(data)
    if end is None:
        raise MalformedError("The head of the message has no end.")
    if len(data) > LARGEST_MESSAGE:
        raise MalformedError("The message is too large.", status=513)
    return _with_body(_head(data[: end.start()]), data[end.end() :])


def parse_head(data: bytes) -> Message:
    """The message without its body, from the bytes before the empty line."""
    return _head(data)


def content_length(headers: Headers) -> int | None:
    """The length that is announced, None where none is; MalformedError where it is no number."""
    lines = headers.lines("content-length")
    if not lines:
        return None
    if len(set(lines)) > 1 or not _is_number(lines[0]):
        raise MalformedError("The length of the content is not one number.")
    return int(lines[0])


def sequence(headers: Headers) -> tuple[int, str]:
    """Number and method of CSeq; MalformedError where it is not well formed."""
    number, _, method = headers.only("cseq").partition(" ")
    if not _is_number(number) or int(number) >= 2**31 or not method.strip():
        raise MalformedError("CSeq is a number below 2**31 and a method.")
    return int(number), method.strip()


def _with_body(message: Message, rest: bytes) -> Message:
    length = content_length(message.headers)
    if length is not None and length > len(rest):
        raise MalformedError("The message is shorter than it says.", head=message)
    body = rest if length is None else rest[:length]
    if isinstance(message, Request):
        return Request(message.method, message.uri, message.headers, body)
    return Response(message.status, message.reason, message.headers, body)


def _head(data: bytes) -> Message:
    first, *lines = LINE_END.split(data.decode("utf-8", "surrogateescape"))
    headers = _headers(lines)
    if status := STATUS_LINE.match(first):
        _check_version(status[1], None)
        if FORBIDDEN.search(status[3] or ""):
            raise MalformedError("The reason holds control characters.")
        return Response(int(status[2]), status[3] or "", headers)
    if request := REQUEST_LINE.match(first):
        message = Request(request[1], request[2], headers)
        _check_version(request[3], message)
        return message
    raise MalformedError("The first line is neither a request nor a status.")


def _check_version(version: str, head: Request | None) -> None:
    if version != VERSION:
        raise MalformedError("Only SIP 2.0 is spoken.", status=505, head=head)


def _headers(lines: list[str]) -> Headers:
    unfolded: list[str] = []
    for line in lines:
        if line[:1] in {" ", "\t"} and unfolded:
            unfolded[-1] += " " + line.strip()
        elif line:
            unfolded.append(line)
    if len(unfolded) > MOST_FIELDS:
        raise MalformedError("The message has too many header fields.", status=513)
    return Headers(tuple(_field(line) for line in unfolded))


def _field(line: str) -> tuple[str, str]:
    field = FIELD.match(line)
    if field is None or FORBIDDEN.search(field[2]):
        raise MalformedError("A header field is a name, a colon and text.")
    name = field[1].lower()
    return COMPACT.get(name, name), field[2]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
