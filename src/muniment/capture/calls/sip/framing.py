"""Messages out of a stream of bytes (RFC 3261 section 18.3, keep-alives of RFC 5626 section 3.5.1)."""

from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.parsing import END_OF_HEAD, LARGEST_MESSAGE, content_length, parse_head

LONGEST_GAP = 4  # bytes of the empty line, less one that may still be missing
PING = b"\r\n\r\n"


class StreamFramer:
    """Cuts what one connection sends into messages; holds at most one unfinished message."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0
        self._wanted = 0
        self.pings = 0

    @property
    def unfinished(self) -> bool:
        """Whether a message has begun and not ended."""
        return bool(self._buffer) and not _is_empty_line(self._buffer[0])

    def feed(self, data: bytes) -> list[bytes]:
        """Whole messages that these bytes complete, each with its head.

        `pings` counts keep-alives since the last reading. MalformedError where the stream can no longer
        be cut: close it.
        """
        self._buffer += data
        found = []
        while message := self._next():
            found.append(message)
        return found

    def _next(self) -> bytes | None:
        if not self._wanted:
            self._skip_empty_lines()
            end = END_OF_HEAD.search(self._buffer, max(0, self._searched - LONGEST_GAP))
            if end is None:
                self._searched = len(self._buffer)
                self._limit(len(self._buffer))
                return None
            self._wanted = end.end() + self._body_length(bytes(self._buffer[: end.start()]))
            self._limit(self._wanted)
        if len(self._buffer) < self._wanted:
            return None
        message = bytes(self._buffer[: self._wanted])
        del self._buffer[: self._wanted]
        self._wanted = self._searched = 0
        return message

    def _body_length(self, head: bytes) -> int:
        headers = parse_head(head).headers
        length = content_length(headers)
        if length is None and headers.first("content-type"):
            raise MalformedError("On a stream the length of the content must be said.")
        return length or 0

    def _skip_empty_lines(self) -> None:
        if self._buffer and _is_empty_line(self._buffer[0]):
            empty = len(self._buffer) - len(self._buffer.lstrip(b"\r\n"))
            self.pings += self._buffer[:empty].count(PING)
            # Half a keep-alive waits for its other half, if nothing follows it.
            keep = empty % len(PING) if empty == len(self._buffer) and empty < len(PING) else 0
            del self._buffer[: empty - keep]
            self._searched = 0

    def _limit(self, size: int) -> None:
        if size > LARGEST_MESSAGE:
            raise MalformedError("The message is too large.", status=513)


def _is_empty_line(byte: int) -> bool:
    return byte in b"\r\n"
