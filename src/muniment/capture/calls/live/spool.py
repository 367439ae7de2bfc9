"""The file of a call under way: a place for its head, then chunks under the call's own key.

    head     HEAD_BYTES, zeros until the call is kept (see `vault.live_keys`)
    chunk    u32 length of the ciphertext, u64 number, ciphertext (AES-256-GCM with its tag)

The nonce is the number, which never comes twice, not even after a write that failed; associated data are the
call and the tag of the chunk before, which is a digest of that chunk under a key that nobody else has. So a
chunk can be neither altered, moved, left out nor repeated; what is torn at the end of the file shows.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muniment.core.errors import NotAvailableError
from muniment.vault.live_keys import HEAD_BYTES, LiveHead

LABEL = b"muniment/live-chunk/v1"
CHUNK = struct.Struct("<IQ")
NONCE = struct.Struct("<Q4x")
TAG_BYTES = 16
LARGEST = 1 << 28  # bytes of one chunk
KEY_BYTES = 32
SKIPPED = 1 << 20  # numbers that are never used after a worker's end: it may have begun to write some


class LiveFile:
    """Appends to the file of one call. Nothing touches the disk before the first `append` or `put_head`."""

    def __init__(self, path: Path, call: str, key: bytes, *, again: bool = False) -> None:
        """`again`: go on with a file that another process began, after its last whole chunk."""
        self._path, self._name, self._again = path, call, again
        self._raw_key = key
        self._key, self._call = AESGCM(key), call.encode()
        self._number = 0
        self._before = bytes(TAG_BYTES)
        self.size = HEAD_BYTES
        self.descriptor = -1

    @property
    def begun(self) -> bool:
        """Whether a chunk is in the file."""
        return self.size > HEAD_BYTES

    def open(self) -> None:
        """Make the file, or find its end; does nothing if that is done. NotAvailableError if the disk refuses."""
        if self.descriptor >= 0:
            return
        try:
            if self._again and self._path.exists():
                self._resume()
                return
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self.descriptor = os.open(self._path, flags, 0o640)  # the keeper reads heads
            os.pwrite(self.descriptor, bytes(HEAD_BYTES), 0)
        except OSError as error:
            raise _refused(error) from error

    def _resume(self) -> None:
        for number, sealed, _ in _sealed(self._path, self._name, self._raw_key):
            self._number, self._before = number, sealed[-TAG_BYTES:]
            self.size += CHUNK.size + len(sealed)
        self._number += SKIPPED
        self.descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        os.ftruncate(self.descriptor, self.size)

    def append(self, data: bytes) -> None:
        """Seal and write; durable only after `sync`. NotAvailableError: nothing of it is in the file."""
        self.open()
        self._number += 1
        sealed = self._key.encrypt(NONCE.pack(self._number), data, self._bound())
        parts = (CHUNK.pack(len(sealed), self._number), sealed)
        try:
            written = os.pwritev(self.descriptor, parts, self.size)
        except OSError as error:
            self._cut_back()
            raise _refused(error) from error
        if written < CHUNK.size + len(sealed):
            self._cut_back()
            raise NotAvailableError("A call cannot be written.", why="The disk is full.")
        self.size += written
        self._before = sealed[-TAG_BYTES:]

    def put_head(self, head: LiveHead) -> None:
        """As `put_packed`, and durable on return."""
        self.put_packed(head.pack())
        self.sync()

    def put_packed(self, head: bytes) -> None:
        """Write a packed head; NotAvailableError if the disk refuses."""
        self.open()
        try:
            os.pwrite(self.descriptor, head, 0)
        except OSError as error:
            raise _refused(error) from error

    def sync(self) -> None:
        """Make everything durable; NotAvailableError if the disk refuses."""
        try:
            os.fdatasync(self.descriptor)
        except OSError as error:
            raise _refused(error) from error

    def close(self) -> None:
        """Let go of the file."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def _bound(self) -> bytes:
        return LABEL + self._before + self._call

    def _cut_back(self) -> None:
        with suppress(OSError):
            os.ftruncate(self.descriptor, self.size)


def chunks(path: Path, call: str, key: bytes) -> Iterator[bytes]:
    """What was written, up to the first chunk that is torn or altered. OSError if the file cannot be read."""
    for _, _, data in _sealed(path, call, key):
        yield data


class Follower:
    """Reads the file of a call under way as it grows: each whole chunk once, in order."""

    def __init__(self, path: Path, call: str, key: bytes) -> None:
        self._path, self._call = path, call.encode()
        self._opener = AESGCM(key)
        self._place, self._before, self._last = HEAD_BYTES, bytes(TAG_BYTES), 0

    def more(self) -> Iterator[bytes]:
        """What was added since the last time. A chunk that is still being written comes the next time."""
        for _, _, data in self.sealed():
            yield data

    def sealed(self) -> Iterator[tuple[int, bytes, bytes]]:
        """The same with each chunk's number and ciphertext."""
        with self._path.open("rb") as file:
            file.seek(self._place)
            while len(head := file.read(CHUNK.size)) == CHUNK.size:
                length, number = CHUNK.unpack(head)
                if number <= self._last or not TAG_BYTES <= length <= LARGEST:
                    return
                sealed = file.read(length)
                if len(sealed) < length:
                    return
                try:
                    data = self._opener.decrypt(NONCE.pack(number), sealed, LABEL + self._before + self._call)
                except (InvalidTag, ValueError):
                    return
                self._place += CHUNK.size + length
                self._before, self._last = sealed[-TAG_BYTES:], number
                yield number, sealed, data


def _sealed(path: Path, call: str, key: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, ciphertext and content of each whole chunk."""
    return Follower(path, call, key).sealed()


def _refused(error: OSError) -> NotAvailableError:
    return NotAvailableError(
        "A call cannot be written.", why=f"{error.strerror}.", remedy="Make room on the disk."
    )
