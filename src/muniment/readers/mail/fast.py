"""The fast reader: a Rust parser, and the cheap signs that its answer should not be believed."""

import re
from collections import Counter
from collections.abc import Iterator

from fast_mail_parser import ParseError, PyMimePart, parse_email_tree

from muniment.readers.mail import headers
from muniment.readers.mail.tree import DEEPEST, EMBEDDED, Part

KNOWN_ENCODINGS = frozenset({"", "7bit", "8bit", "binary", "base64", "quoted-printable"})
MOST_ENCODED_WORDS = 4_000  # the parser takes quadratic time over those of one field


class FastReaderError(Exception):
    """The fast reader gave nothing."""


def read(message: bytes) -> tuple[Part, tuple[str, ...]]:
    """The tree of a message, and each reason to doubt it. FastReaderError where there is none."""
    if message.count(b"=?") > MOST_ENCODED_WORDS:
        raise FastReaderError("too many encoded words")
    try:
        root = parse_email_tree(message)
    except (ParseError, ValueError) as error:
        raise FastReaderError(type(error).__name__) from error
    if message.count(b"oundary=") > DEEPEST and _depth(root) > DEEPEST:
        raise FastReaderError("nested too deep")
    return _part(root), tuple(dict.fromkeys(_doubts(message, root)))


def _depth(root: PyMimePart) -> int:
    level, depth = [root], 0
    while level:
        level, depth = [child for node in level for child in node.children], depth + 1
    return depth


def _part(node: PyMimePart) -> Part:
    return Part(
        content_type=node.content_type.lower(),
        charset=_charset(node),
        name=node.filename,
        disposition=(node.disposition or "").lower(),
        content=node.content or b"",
        children=tuple(_part(child) for child in node.children),
        embedded=node.is_message,
    )


def _field(node: PyMimePart, name: str) -> str:
    values = node.headers.get(name)
    if values is None:
        lower = name.lower()
        values = next((held for key, held in node.headers.items() if key.lower() == lower), [""])
    return values[0]


def _charset(node: PyMimePart) -> str:
    if not node.content_type.startswith("text/"):
        return ""
    return headers.parameters(_field(node, "Content-Type")).get("charset", "")


def _doubts(message: bytes, root: PyMimePart) -> Iterator[str]:
    expected: Counter[str] = Counter()
    for node in _walk(root):
        declared = _field(node, "Content-Type")
        if declared.lower().lstrip().startswith("multipart/"):
            boundary = headers.parameters(declared).get("boundary", "")
            if not boundary or not node.children:
                yield "a multipart without parts"
            else:
                expected[boundary] += len(node.children) + 1
        elif not node.children:
            yield from _leaf_doubts(message, node)
    for boundary, count in expected.items():
        if _delimiters(message, boundary, count) != count:
            yield "part boundaries that do not add up"


def _walk(root: PyMimePart) -> Iterator[PyMimePart]:
    yield root
    for child in root.children:
        yield from _walk(child)


def _delimiters(message: bytes, boundary: str, expected: int) -> int:
    line = b"\n--" + boundary.encode("utf-8", "replace")
    count = message.count(line)
    if count <= expected:
        return count
    # Another boundary may begin with this one: count whole lines only.
    whole = re.compile(re.escape(line) + rb"(?:--)?[ \t]*\r?(?=\n|\Z)")
    return len(whole.findall(message))


def _leaf_doubts(message: bytes, node: PyMimePart) -> Iterator[str]:
    if node.content_type in EMBEDDED:
        yield "an embedded message that was not opened"
    encoding = _field(node, "Content-Transfer-Encoding").strip().lower()
    if encoding not in KNOWN_ENCODINGS:
        yield "an unusual transfer encoding"
    shown = node.content_type in ("text/plain", "text/html") and node.disposition != "attachment"
    if encoding == "quoted-printable" and not shown and b"\r\n" not in message:
        # It would write line ends that the sender's file did not have.
        yield "quoted-printable in a message with bare line feeds"
