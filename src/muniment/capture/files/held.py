"""Which messages an import has sealed already: keyed digests on disk, nothing that can be guessed at.

An entry is HMAC-SHA256 of the message's SHA-256 under a key of the organisation, cut to 16 bytes: without
that key nobody can test a guess at a message. It is written after the receipt, so that a crash in between
costs a second copy of at most the batches under way (the catalogue unites them) and never a message.

The file is `muniment-held-1` and a check value of the key, then groups: place of the group's first entry
in the ledger (u64), number of digests (u32), digests. A torn last group is dropped. A group beyond the
ledger's present size (a vault restored from an older copy) does not count.
"""

import fcntl
import hmac
import os
import struct
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import Self

from muniment.core.errors import FaultFoundError, NotAvailableError

MAGIC = b"muniment-held-1\n"
DIGEST_BYTES = 16
GROUP = struct.Struct("<QI")
LABEL = b"muniment/held-digests/v1"


def key_of(index_key: bytes) -> bytes:
    """The key of the digests: who has it can note and test them, and nothing else."""
    return hmac.digest(index_key, LABEL, "sha256")


class HeldDigests:
    """The digests of one organisation, for the time of one import. A context manager; holds a lock."""

    def __init__(self, path: Path, key: bytes, *, ledger_size: int, derived: bool = False) -> None:
        """`key` is the organisation's index key, or (`derived`) what `key_of` made of it."""
        self._path = path
        self._key = key if derived else key_of(key)
        self._ledger_size = self._reached = ledger_size
        self._held: set[bytes] = set()
        self._file = -1

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._load()
        except BlockingIOError as error:
            os.close(self._file)
            raise NotAvailableError(
                "Another import for this organisation is running.", remedy="Wait until it has ended."
            ) from error
        except BaseException:
            os.close(self._file)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def holds(self, digest: bytes) -> bool:
        """Whether a message with this SHA-256 is held."""
        return self._keyed(digest) in self._held

    def add(self, first: int, digests: Collection[bytes]) -> None:
        """Note messages whose receipt begins at `first` in the ledger; on return it is on disk."""
        keyed = [self._keyed(digest) for digest in digests]
        os.write(self._file, GROUP.pack(first, len(keyed)) + b"".join(keyed))
        os.fdatasync(self._file)
        self._held.update(keyed)
        self._reached = max(self._reached, first + len(keyed))

    def remember(self, digests: Collection[bytes]) -> None:
        """Note what follows from everything that is in the ledger by now; on return it is on disk.

        In a vault that was restored from an older copy it does not count, as what it follows from does not.
        """
        self.add(max(self._reached - len(digests), 0), digests)

    def _keyed(self, digest: bytes) -> bytes:
        return hmac.digest(self._key, digest, "sha256")[:DIGEST_BYTES]

    def _load(self) -> None:
        start = MAGIC + self._keyed(b"key check")
        with open(self._file, "rb", closefd=False) as file:
            data = file.read()
        if len(data) < len(start):
            os.ftruncate(self._file, 0)
            os.write(self._file, start)
            os.fsync(self._file)
            return
        if not data.startswith(start):
            raise FaultFoundError(
                f"{self._path.name} was not written with this organisation's key.",
                remedy=f"Move {self._path} away; files that were imported before are then sealed once more.",
            )
        whole = self._groups(data, len(start))
        if whole < len(data):
            os.ftruncate(self._file, whole)

    def _groups(self, data: bytes, at: int) -> int:
        """Take the groups in; where the last whole one ends."""
        while at + GROUP.size <= len(data):
            first, count = GROUP.unpack_from(data, at)
            begin, end = at + GROUP.size, at + GROUP.size + count * DIGEST_BYTES
            if end > len(data):
                break
            if first + count <= self._ledger_size:
                self._held.update(
                    data[place : place + DIGEST_BYTES] for place in range(begin, end, DIGEST_BYTES)
                )
            at = end
        return at
