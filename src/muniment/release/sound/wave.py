"""A file of samples that exists only as far as somebody asks for it.

It is a WAV file of 16-bit samples: 44 bytes of head, then the channels' samples in turn. Where each byte
lies in time follows by counting, so any range of bytes is a window of the recording.
"""

import struct
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from muniment.release.sound.ranges import Stretch

HEAD: Final = 44  # bytes
WINDOW: Final = 10_000  # ms that are decoded at once
SAMPLE: Final = 2  # bytes
_LARGEST: Final = 2**32 - 1 - HEAD  # what the head of a WAV file can say


class Wave(msgspec.Struct, frozen=True):
    """The file: its rate in hertz, its channels, how long it is in ms, and why some of it is silent."""

    rate: int
    channels: int
    length: int
    notes: tuple[str, ...] = ()

    @property
    def _frame(self) -> int:
        return self.channels * SAMPLE

    @property
    def window_bytes(self) -> int:
        """Bytes of a whole window."""
        return WINDOW * self.rate // 1000 * self._frame

    @property
    def sound_bytes(self) -> int:
        """Bytes of all samples."""
        return min(self.length * self.rate // 1000, _LARGEST // self._frame) * self._frame

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return HEAD + self.sound_bytes

    def head(self) -> bytes:
        """The first 44 bytes."""
        return struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            b"RIFF", self.size - 8, b"WAVE", b"fmt ", 16, 1, self.channels, self.rate,
            self.rate * self._frame, self._frame, SAMPLE * 8, b"data", self.sound_bytes,
        )  # fmt: skip

    def span(self, window: int) -> tuple[int, int]:
        """From where to where a window goes, in ms."""
        return window * WINDOW, min((window + 1) * WINDOW, self.length)

    def fitted(self, window: int, samples: bytes) -> bytes:
        """The window's bytes, exactly as many as the file has there: silence where the recording had fewer."""
        due = min(self.window_bytes, self.sound_bytes - window * self.window_bytes)
        return samples[:due] + bytes(max(due - len(samples), 0))

    def pieces(self, stretch: Stretch, window_of: Callable[[int], bytes]) -> Iterator[bytes]:
        """The bytes of a stretch; `window_of` gives a whole window's, and is asked for one at a time."""
        place, end = stretch.first, stretch.last + 1
        if place < HEAD:
            yield self.head()[place:end]
            place = HEAD
        while place < end:
            window, within = divmod(place - HEAD, self.window_bytes)
            piece = window_of(window)[within : within + end - place]
            if not piece:
                return
            yield piece
            place += len(piece)
