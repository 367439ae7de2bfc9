"""Which bytes of a file a request asks for: the Range header of RFC 9110, section 14.

1. No header, another unit, or a header that cannot be read: the whole file (14.2 lets it be ignored).
2. One range: from `first` to `last`, both included, cut at the end of the file (14.1.2).
3. A range that begins beyond the end, or a suffix of nothing: not satisfiable, 416 (15.5.17).
4. Several ranges: the whole file; no player of sound asks for them.
"""

import re
from typing import Final

import msgspec

from muniment.core.errors import WrongUseError

_LONGEST: Final = 100  # characters; no honest range of one file is longer
_ONE: Final = re.compile(r"bytes\s*=\s*(\d{0,19})\s*-\s*(\d{0,19})", re.ASCII | re.IGNORECASE)


class Stretch(msgspec.Struct, frozen=True):
    """Bytes of a file: the first and the last, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many bytes it is."""
        return self.last - self.first + 1


class UnsatisfiableError(WrongUseError):
    """A range outside the file."""


def asked(header: str, size: int) -> Stretch | None:
    """What a Range header asks of a file of `size` bytes; None for the whole; UnsatisfiableError for nothing."""
    found = _ONE.fullmatch(header.strip()) if len(header) <= _LONGEST else None
    if found is None or found.groups() == ("", ""):
        return None
    begin, end = found.groups()
    if not begin:
        length = min(int(end), size)
        if not length:
            raise UnsatisfiableError("The range asks for nothing of this file.")
        return Stretch(size - length, size - 1)
    first = int(begin)
    if end and int(end) < first:
        return None
    if first >= size:
        raise UnsatisfiableError("The range begins beyond the end of the file.")
    return Stretch(first, min(int(end), size - 1) if end else size - 1)
