"""How the rows of a file of call details are read: kept with the file, so that a rebuild reads the same."""

import msgspec


class RowMapping(msgspec.Struct, frozen=True):
    """Columns from our fields to the file's names; words for directions; the zone of times that name none."""

    columns: dict[str, str] = {}
    directions: dict[str, str] = {}
    zone: str = "Europe/London"
