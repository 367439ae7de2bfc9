"""Where a page of results ends, as an opaque text that the next request brings back."""

import base64
import struct
from typing import Literal

from muniment.core.errors import WrongUseError

type Sorting = Literal["date", "relevance"]

_PACKED = struct.Struct(">BQ")
_SORTINGS: tuple[Sorting, ...] = ("date", "relevance")


def write(sorting: Sorting, place: int) -> str:
    """A cursor: the `order` of the last result when sorted by date, else how many were shown."""
    packed = _PACKED.pack(_SORTINGS.index(sorting), place)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read(cursor: str, sorting: Sorting) -> int:
    """The place in a cursor; WrongUseError for a text that is no cursor of this sorting."""
    try:
        kind, place = _PACKED.unpack(base64.urlsafe_b64decode(cursor + "=="))
        right = _SORTINGS[kind] == sorting and write(sorting, place) == cursor
    except (ValueError, struct.error, IndexError):
        right, place = False, 0
    if not right:
        raise WrongUseError(
            "That is not the end of a page of this search.", remedy="Begin again at the first page."
        )
    return int(place)
