"""A recording as the child sees it: bytes that it asks for, as a source and as a file."""

import io
from collections.abc import Callable
from typing import Protocol

from muniment.readers.calls.errors import CallUnreadableError

LARGEST_WHOLE = 256 * 1024 * 1024  # bytes of a recording of a kind that can be read only as a whole
BUFFER = 256 * 1024  # bytes asked for at a time


class Sized(Protocol):
    """Bytes that can be asked for."""

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` of them from `offset` on."""
        ...


class Asked:
    """The recording at the other end of the pipe; it fills `readers.calls.source.Source`."""

    def __init__(self, size: int, ask: Callable[[int, int], bytes]) -> None:
        self._size = size
        self._ask = ask

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset` on; fewer only at the end."""
        length = max(min(length, self._size - offset), 0)
        return self._ask(offset, length) if length else b""


class SourceFile(io.RawIOBase):
    """The same as a file that libsndfile reads and seeks in."""

    def __init__(self, source: Sized) -> None:
        self._source = source
        self._place = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; never before the beginning."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._source.size}[whence]
        self._place = max(base + offset, 0)
        return self._place

    def tell(self) -> int:
        """Where it is."""
        return self._place

    def readinto(self, buffer: object) -> int:
        """Fill a buffer as far as bytes are left."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # what io calls a writable buffer
        piece = self._source.read(self._place, len(view))
        view[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)


def opened(source: Sized) -> io.BufferedReader:
    """A buffered file over a source."""
    return io.BufferedReader(SourceFile(source), BUFFER)


def whole(source: Sized) -> bytes:
    """All bytes; CallUnreadableError for a recording too large for that."""
    if source.size > LARGEST_WHOLE:
        raise CallUnreadableError("A recording of this kind is too long to be heard here.")
    found = bytearray()
    while len(found) < source.size:
        piece = source.read(len(found), 1024 * 1024)
        if not piece:
            break
        found += piece
    return bytes(found)
