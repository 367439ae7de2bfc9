"""A pack's bytes by place, read as they are asked for, of a file that stays the same one when another is renamed.

A mapped file would end the process at a bad sector, or where somebody has cut it; a read says which byte it is.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from muniment.core.errors import FaultFoundError

REMEDY = "Run `muniment verify`, then restore the pack from a backup."


class UnreadableError(FaultFoundError):
    """A pack could not be read at byte `at`; a shorter file and a bad sector are told apart in `why`."""

    def __init__(self, name: str, at: int, why: str) -> None:
        super().__init__(f"{name} cannot be read at byte {at}.", why=why, remedy=REMEDY)
        self.at = at


class PackBytes:
    """The bytes of an open file, as long as it was at the beginning; slices of it are read then, and not kept."""

    def __init__(self, name: str, descriptor: int) -> None:
        self._name, self._descriptor = name, descriptor
        self._length = os.fstat(descriptor).st_size

    def __len__(self) -> int:
        """How many bytes there were when it was opened."""
        return self._length

    def __getitem__(self, part: slice, /) -> bytes:
        """The bytes from a place to another, as far as there are any; UnreadableError if one is not to be had."""
        start, stop, _ = part.indices(self._length)
        pieces, at = list[bytes](), start
        while at < stop:
            piece = self._read(at, stop - at)
            pieces.append(piece)
            at += len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _read(self, at: int, length: int) -> bytes:
        try:
            piece = os.pread(self._descriptor, length, at)
        except OSError as error:
            raise UnreadableError(self._name, at, f"{os.strerror(error.errno or 0)}.") from error
        if not piece:
            raise UnreadableError(self._name, at, "The file has become shorter.")
        return piece


@contextmanager
def opened(path: Path) -> Iterator[PackBytes]:
    """A pack's bytes by place; whatever is renamed over it meanwhile, these stay."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield PackBytes(path.name, descriptor)
    finally:
        os.close(descriptor)
