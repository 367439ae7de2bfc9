"""Bytes that are read piece by piece: a recording is opened where somebody listens, not as a whole."""

from typing import Protocol

WINDOW = 64 * 1024  # bytes asked for at a time; a second of two streams is about 17 kB


class Source(Protocol):
    """A recording's original bytes, wherever they lie."""

    @property
    def size(self) -> int:
        """How many bytes there are."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset` on; fewer only where the recording ends."""
        ...


class Held:
    """A recording that lies in memory as a whole."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self._data)

    def read(self, offset: int, length: int) -> bytes:
        """The bytes from `offset` on."""
        return self._data[offset : offset + length]


class Windowed:
    """Another source, read in windows, so that many small reads ask it seldom."""

    def __init__(self, inner: Source, window: int = WINDOW) -> None:
        self._inner = inner
        self._window = window
        self._start = 0
        self._held = b""

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self._inner.size

    def read(self, offset: int, length: int) -> bytes:
        """The bytes from `offset` on; what lies in the window costs nothing."""
        if not self._start <= offset or offset + length > self._start + len(self._held):
            wanted = max(0, min(max(length, self._window), self._inner.size - offset))
            self._start, self._held = offset, self._inner.read(offset, wanted) if wanted else b""
        place = offset - self._start
        return self._held[place : place + length]
