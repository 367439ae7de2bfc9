"""The header section of a message: its fields in order, their words, addresses and dates.

RFC 5322 sections 2.2 and 3.4, RFC 2047 and RFC 2231, read as generously as senders write.
"""

import binascii
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from muniment.readers.mail import charsets

type Field = tuple[str, bytes]
"""A field's name as written, and its unfolded value in the bytes of the message."""

NAME = re.compile(rb"[!-9;-~]+")
FIELD = re.compile(rb"^[!-9;-~]++[ \t]*+:", re.MULTILINE)
FOLD = re.compile(rb"\n[ \t]+")
ENCODED_WORD = re.compile(r"=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
# One mailbox of a list. No part gives back what it took, and what is quoted has a bound, so that a list
# of quotes that never close takes linear time.
MAILBOX = re.compile(
    r"""(?:"(?:[^"\\]|\\.){0,256}+"|\((?:[^()\\]|\\.){0,256}+\)|<[^<>]*+>|[^,;"(<]|["(<])++""", re.DOTALL
)
# What nearly every sender writes: `"Name" <address>` or an address alone.
SIMPLE = re.compile(
    r"""\s*(?:"?([^"<>()\\@=:]*?)"?\s*<([^<>\s()@'":]+@[^<>\s()@'":]+)>|([^<>\s()@'":=]+@[^<>\s()@'":=]+))\s*"""
)
LONGEST_SIMPLE = 300  # characters; the pattern takes quadratic time over blanks
ANGLE = re.compile(r"<([^<>]*)>")
COMMENT = re.compile(r"\(((?:[^()\\]|\\.){0,256}+)\)", re.DOTALL)
GROUP = re.compile(r'^(?:"[^"]*+"|[^"<>@:()\[\]]*+):(?!//)')
QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
MESSAGE_ID = re.compile(r"<[^<>\s]+>")
PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*+"|[^;]*)', re.DOTALL)


def split(message: bytes) -> tuple[list[Field], int]:
    """The fields of a message and where its body begins."""
    start = 2 if message[:2] == b"\r\n" else 1 if message[:1] == b"\n" else 0
    ends = [at for mark in (b"\n\r\n", b"\n\n") if (at := message.find(mark, start)) >= 0]
    end = min(ends, default=len(message))
    fields: list[Field] = []
    for line in FOLD.sub(b" ", message[:end].replace(b"\r\n", b"\n")).split(b"\n"):
        name, colon, value = line.partition(b":")
        name = name.rstrip()
        if colon and NAME.fullmatch(name):
            fields.append((name.decode("ascii"), value.strip()))
    return fields, end + (2 if message[end + 1 : end + 2] == b"\n" else 3)


def first(fields: Sequence[Field], name: str) -> bytes:
    """The first value of a field, by its name in lower case; empty where it is absent."""
    return next((value for key, value in fields if key.lower() == name), b"")


def words(value: bytes) -> str:
    """The words of an unstructured value, with RFC 2047 encoded words decoded."""
    return _decode_words(charsets.guess(value))


def _decode_words(text: str) -> str:
    if "=?" not in text:
        return text
    done: list[str] = []
    pending: list[bytes] = []
    charset, place = "", 0
    for match in ENCODED_WORD.finditer(text):
        between = text[place : match.start()]
        # White space between two encoded words is not part of the text (RFC 2047 section 6.2);
        # neighbours in one charset are joined first: some senders cut through a character.
        adjacent = bool(pending) and not between.strip()
        if not (adjacent and match[1].lower() == charset):
            done.append(charsets.decode(b"".join(pending), charset)[0] if pending else "")
            done.append("" if adjacent else between)
            pending, charset = [], match[1].lower()
        pending.append(_encoded_word(match[2], match[3]))
        place = match.end()
    done.append(charsets.decode(b"".join(pending), charset)[0] if pending else "")
    done.append(text[place:])
    return "".join(done)


def _encoded_word(encoding: str, content: str) -> bytes:
    data = content.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    for padding in (b"", b"=", b"==", b"==="):
        try:
            return binascii.a2b_base64(data + padding)
        except binascii.Error:
            continue
    return data


def addresses(value: bytes) -> list[tuple[str, str]]:
    """Each mailbox of an address list as (name, address); groups give their members.

    An entry that has no address gives its text as the name and an empty address, so that nothing
    that stood there is lost.
    """
    found = []
    for entry in MAILBOX.findall(charsets.guess(value)):
        name, address = _mailbox(entry)
        if name or address:
            found.append((name, address))
    return found


def _mailbox(text: str) -> tuple[str, str]:
    simple = SIMPLE.fullmatch(text) if len(text) < LONGEST_SIMPLE else None
    if simple:
        return (simple[1] or "").strip(), (simple[2] or simple[3]).lower()
    text = GROUP.sub("", text.strip())
    angles = list(ANGLE.finditer(text))
    angle = angles[-1] if angles else None  # names may hold a bracket
    if angle:
        name, address = text[: angle.start()], angle[1]
        name = name if name.strip() else " ".join(COMMENT.findall(text[angle.end() :]))
    else:
        name, address = " ".join(COMMENT.findall(text)), COMMENT.sub("", text)
    address = "".join(address.split()) if "@" in address or angle else address.strip()
    if "@" not in address and not angle:
        name, address = f"{_decode_words(_unquoted(address))} {name}", ""
    return _decode_words(_unquoted(name)).strip(), _address(address)


def _address(text: str) -> str:
    return text.removeprefix("mailto:").strip("'").lower()


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == '"' == text[-1]:
        text = text[1:-1]
    return QUOTED_PAIR.sub(r"\1", text) if "\\" in text else text


def message_ids(value: bytes) -> list[str]:
    """Every message id in a value, brackets kept, in order."""
    return MESSAGE_ID.findall(charsets.guess(value))


def date(value: bytes) -> datetime | None:
    """The moment a `Date` field names, in UTC; None where there is none that can be read."""
    try:
        moment = parsedate_to_datetime(charsets.guess(value))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def parameters(value: str) -> dict[str, str]:
    """The parameters of a structured value by name in lower case; RFC 2231 pieces are joined."""
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for match in PARAMETER.finditer(value):
        key, text = match[1].lower(), match[2].strip()
        quoted = text[:1] == '"'
        text = _unquoted(text)
        base, star, number = key.rstrip("*").partition("*")
        if not star and not key.endswith("*"):
            plain.setdefault(key, text if quoted else text.strip())
            continue
        position = int(number) if number.isdecimal() and len(number) < 5 else 0  # noqa: PLR2004 pieces, not bytes
        pieces.setdefault(base, {}).setdefault(position, (key.endswith("*"), text))
    for base, numbered in pieces.items():
        plain[base] = _joined(numbered)
    return {key: _decode_words(text) for key, text in plain.items()}


def _joined(numbered: dict[int, tuple[bool, str]]) -> str:
    charset, first, data = "", min(numbered), []
    for index, (extended, text) in sorted(numbered.items()):
        if extended and index == first and text.count("'") > 1:
            charset, _, text = text.split("'", 2)  # noqa: PLW2901 the rest of this piece
        data.append(unquote_to_bytes(text) if extended else text.encode("utf-8", "replace"))
    return charsets.decode(b"".join(data), charset)[0]
