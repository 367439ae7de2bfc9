"""The first sound of a recording kept in segments, against pread and AES-256-GCM of the same segment alone.

Ours is what a listener waits for behind an opening that stands: the head of the container, its end, the
index, and a window of ten seconds half-way, through the decoding child, as a WAV file's first bytes. The
keeper's pipe and the page are not in it.
"""

import os
import secrets
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muniment.bench.calls import a_call
from muniment.bench.figures import Figure, compare
from muniment.core.errors import FaultFoundError
from muniment.release.sound.messages import Heard, Task
from muniment.release.sound.pool import Pool
from muniment.release.sound.wave import WINDOW

SEGMENT = 4 * 1024 * 1024  # bytes
SECONDS = 600
TURNS = 10


class _Segments:
    """A recording in sealed segments on a disk; one opened segment is kept, as the keeper keeps it."""

    def __init__(self, path: Path, data: bytes) -> None:
        self._seal = AESGCM(secrets.token_bytes(32))
        self._size = len(data)
        self._places: list[tuple[int, int]] = []
        self._held: dict[int, bytes] = {}
        with path.open("wb") as file:
            for number, start in enumerate(range(0, len(data), SEGMENT)):
                sealed = self._seal.encrypt(number.to_bytes(12), data[start : start + SEGMENT], None)
                self._places.append((file.tell(), len(sealed)))
                file.write(sealed)
        self._file = os.open(path, os.O_RDONLY)

    def opened(self, number: int) -> bytes:
        """Read one segment with pread, and decrypt it."""
        place, length = self._places[number]
        return self._seal.decrypt(number.to_bytes(12), os.pread(self._file, length, place), None)

    def forget(self) -> None:
        """Let go of what is in memory."""
        self._held.clear()

    def read(self, offset: int, length: int) -> bytes:
        """Bytes of the recording."""
        found = bytearray()
        while len(found) < length and offset + len(found) < self._size:
            number, within = divmod(offset + len(found), SEGMENT)
            if number not in self._held:
                self._held[number] = self.opened(number)
            found += self._held[number][within : within + length - len(found)]
        return bytes(found)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def measure() -> Figure:
    """Starts of playback in a second."""
    data = a_call(SECONDS)
    start = SECONDS * 500
    task = Task("hear", "siprec", len(data), start=start, end=start + WINDOW)
    pool = Pool()
    with TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        segments = _Segments(Path(folder) / "call", data)

        def ours() -> float:
            begun = time.monotonic()
            for _ in range(TURNS):
                segments.forget()
                if not isinstance(pool.do("bench", task, segments.read), Heard):
                    raise FaultFoundError("The recording that was made for measuring cannot be heard.")
            return TURNS / (time.monotonic() - begun)

        def limit() -> float:
            begun = time.monotonic()
            for _ in range(TURNS):
                segments.opened(len(data) // 2 // SEGMENT)
            return TURNS / (time.monotonic() - begun)

        try:
            ours()  # the child starts once for each opening
            return compare("playback", "starts/s", "pread and AES-256-GCM of the one segment", ours, limit)
        finally:
            pool.close()
            segments.close()
