"""Taking in a message's bytes: after DATA up to its end mark, or in BDAT chunks of a stated length."""

import sys

END_MARK = b"\r\n.\r\n"
LINE_START = b"\r\n"


class DottedBody:
    """The text after DATA (RFC 5321 section 4.5.2).

    Only CRLF . CRLF ends it. A bare CR or LF is content, never a line end: a message cannot smuggle a
    second one past us, and what it holds is kept as it came.
    """

    def __init__(self, limit: int = 0) -> None:
        # The first line begins a line too: a mark before it makes every case the same.
        self._buffer = bytearray(LINE_START)
        self._searched = 0
        self._limit = limit or sys.maxsize
        self.too_large = False

    def feed(self, data: bytes) -> bytes | None:
        """Take bytes; None while the end mark has not come, else what the client sent after it."""
        self._buffer += data
        end = self._buffer.find(END_MARK, self._searched)
        if end >= 0:
            rest = bytes(self._buffer[end + len(END_MARK) :])
            del self._buffer[end + len(LINE_START) :]
            stuffed = self._buffer.count(b"\r\n.")
            self.too_large |= len(self._buffer) - len(LINE_START) - stuffed > self._limit
            return rest
        self._searched = max(0, len(self._buffer) - len(END_MARK) + 1)
        if self.too_large or len(self._buffer) > 2 * self._limit + len(END_MARK):
            self.too_large = True  # read on to the end mark, keep nothing
            del self._buffer[: self._searched]
            self._searched = 0
        return None

    def content(self) -> bytes:
        """The message, once `feed` has said that it is whole: stuffed dots taken out, nothing else."""
        stuffed = bytes(self._buffer)
        return stuffed.replace(b"\r\n.", LINE_START)[len(LINE_START) :]


class ChunkedBody:
    """The chunks of BDAT (RFC 3030): exactly as many bytes as each says."""

    def __init__(self, limit: int = 0) -> None:
        self._buffer = bytearray()
        self._missing = 0
        self._limit = limit or sys.maxsize
        self.too_large = False

    def begin(self, size: int) -> None:
        """A chunk of `size` bytes follows."""
        self._missing = size
        self.too_large |= len(self._buffer) + size > self._limit

    def feed(self, data: bytes) -> bytes | None:
        """Take bytes; None while the chunk is not whole, else what the client sent after it."""
        part = data[: self._missing]
        self._missing -= len(part)
        if not self.too_large:
            self._buffer += part
        return None if self._missing else data[len(part) :]

    def content(self) -> bytes:
        """The message so far."""
        return bytes(self._buffer)
