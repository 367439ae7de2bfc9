"""How the rows of a file of call details are read: kept with the file, so that a rebuild reads the same."""

import msgspec


class RowMapping(msgspec.Struct, frozen=True):
    """Columns from our fields to the file's names; words for directions; the zone of times that name none."""

    columns: dict[str, str] = {}
    directions: dict[str, str] = {}
    zone: str = "Europe/London"
    region: str = ""
    """The country by which numbers without one are read; GB where empty."""


class SavedMapping(RowMapping, frozen=True, kw_only=True):
    """A mapping that was saved on the pages: the importers ask for it by its name.

    `retired` is when it was taken out of use, in seconds since 1970; 0 where it counts.
    """

    name: str
    version: int
    retired: int = 0
