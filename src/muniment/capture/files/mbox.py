"""Taking an mbox file apart, sans-io: blocks of bytes in, messages out.

RFC 4155 and the four dialects that programs write:

* mboxo: a body line that begins with `From ` got a `>`; lines that had one already look the same.
* mboxrd: every line `>*From ` got one more `>`, so that taking one off gives the message back.
* mboxcl: as mboxo, and a Content-Length field says how long the body is.
* mboxcl2: Content-Length, and nothing quoted.

A dialect must be named for quoting to be undone. Without one (`auto`) a Content-Length that leads exactly
to the next separator is believed, and not a byte of a message is changed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

type Dialect = Literal["auto", "mboxo", "mboxrd", "mboxcl", "mboxcl2"]

DIALECTS: tuple[str, ...] = get_args(Dialect.__value__)
SEPARATOR = b"From "
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Text can begin with "From" too: a separator has a time of day in it, or one word and a field after it.
# Every repetition has a bound: a line made to be searched for ever is no separator.
AFTER_EMPTY_LINE = re.compile(
    rb"\n\r?\n(?=From (?:[^\n]{0,400}?\d:\d\d|\S{1,320}[ \t]{0,9}\r?\n(?:>?From |[!-9;-~]{1,99}[ \t]{0,9}:)))"
)
# Without an empty line before it: the full form `From address Www Mmm dd hh:mm:ss … yyyy`, or Mozilla's
# `From -`, followed by a field.
WITHOUT_EMPTY_LINE = re.compile(
    rb"\n(?=From (?:\S{1,320}[ \t]{1,9}\w{3},? [^\n]{0,60}\d:\d\d[^\n]{0,60}\d{4}[^\n]{0,60}|-[ \t]{0,9}\r?)"
    rb"\n(?:>?From |[!-9;-~]{1,99}[ \t]{0,9}:))"
)
CONTENT_LENGTH = re.compile(rb"^Content-Length:[ \t]*(\d{1,10})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
HEADER_END = re.compile(rb"\n\r?\n")
QUOTED = re.compile(rb"^>(From )", re.MULTILINE)
QUOTED_ANY_DEPTH = re.compile(rb"^>(>*From )", re.MULTILINE)
LONGEST_HEADER = 1024 * 1024  # bytes in which a Content-Length is looked for
LOOK_BACK = 1024  # bytes of a separator's line that may have been cut by a block's end
LONGEST_BY_LENGTH = 256 * 1024 * 1024  # bytes; a length beyond it is not believed


@dataclass(frozen=True, slots=True)
class BoxedMessage:
    """One message of a file: its separator line, and its bytes without that line."""

    separator: bytes
    original: bytes


def looks_like_mbox(start: bytes) -> bool:
    """Whether a file that begins with these bytes is an mbox."""
    return AFTER_EMPTY_LINE.match(b"\n\n" + start[:4096].removeprefix(BYTE_ORDER_MARK)) is not None


class Splitter:
    """Feed it a file's blocks in order; each call gives the messages that are whole."""

    def __init__(self, dialect: Dialect = "auto") -> None:
        self._dialect = dialect
        self._by_length = dialect in ("auto", "mboxcl", "mboxcl2")
        self._buffer = bytearray()
        self._searched = 0

    def feed(self, block: bytes) -> Iterator[BoxedMessage]:
        """The messages that end before the end of this block."""
        self._buffer += block
        yield from self._whole(final=False)

    def finish(self) -> Iterator[BoxedMessage]:
        """What is left when the file has ended."""
        yield from self._whole(final=True)

    def _whole(self, *, final: bool) -> Iterator[BoxedMessage]:
        while self._buffer:
            end = self._end(final=final)
            if end is None:
                return
            taken = bytes(self._buffer[:end])
            del self._buffer[:end]
            self._searched = 0
            separator, original = _without_separator(taken)
            if original.strip() or separator:
                yield BoxedMessage(separator, self._unquoted(_without_last_line(original)))

    def _end(self, *, final: bool) -> int | None:
        """Where the first message of the buffer ends; None where more of the file must be seen."""
        if self._by_length and (end := self._end_by_length(final=final)) != 0:
            return end
        found = self._search()
        # A separator cut by the end of a block looks different when the rest has come.
        if found is not None and (final or found + LOOK_BACK <= len(self._buffer)):
            return found
        if final:
            return len(self._buffer)
        self._searched = max(0, len(self._buffer) - LOOK_BACK)
        return None

    def _search(self) -> int | None:
        start = max(0, self._searched - 4)
        ends = [
            match.end()
            for pattern in (AFTER_EMPTY_LINE, WITHOUT_EMPTY_LINE)
            if (match := pattern.search(self._buffer, start))
        ]
        return min(ends, default=None)

    def _end_by_length(self, *, final: bool) -> int | None:
        """Where Content-Length says the message ends; 0 where it says nothing that can be true."""
        header = HEADER_END.search(self._buffer, 0, LONGEST_HEADER)
        if header is None:
            return 0 if final or len(self._buffer) > LONGEST_HEADER else None
        named = CONTENT_LENGTH.search(self._buffer, 0, header.end())
        if named is None or int(named[1]) > LONGEST_BY_LENGTH:
            return 0
        end = header.end() + int(named[1])
        if not final and len(self._buffer) < end + LOOK_BACK:
            return None
        gap = self._buffer[end : end + len(SEPARATOR) + 4]
        stripped = gap.lstrip(b"\r\n")
        if end <= len(self._buffer) and (not stripped or stripped.startswith(SEPARATOR)):
            return end + len(gap) - len(stripped)
        return 0

    def _unquoted(self, original: bytes) -> bytes:
        if b"From " not in original:
            return original
        match self._dialect:
            case "mboxrd":
                return QUOTED_ANY_DEPTH.sub(rb"\1", original)
            case "mboxo" | "mboxcl":
                return QUOTED.sub(rb"\1", original)
            case _:
                return original


def _without_separator(taken: bytes) -> tuple[bytes, bytes]:
    start = taken.removeprefix(BYTE_ORDER_MARK)
    if not start.startswith(SEPARATOR):
        return b"", taken
    separator, _, original = start.partition(b"\n")
    return separator.rstrip(b"\r"), original


def _without_last_line(original: bytes) -> bytes:
    # The empty line before the next separator belongs to the file, not to the message: unless it is the
    # one that ends the header.
    for line_end in (b"\r\n", b"\n"):
        if original.endswith(line_end * 2) and line_end * 2 in original[: -len(line_end)]:
            return original[: -len(line_end)]
    return original
