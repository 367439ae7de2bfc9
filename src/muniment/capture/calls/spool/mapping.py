"""A mapping of a hosted switch's columns to our fields, and what a test file shows of its gaps."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from muniment.capture.calls.spool.account import Account, direction, moment, seconds
from muniment.capture.calls.spool.fields import FIELDS, Mapped, account_of, value
from muniment.core.errors import WrongUseError
from muniment.core.phone_numbers import DEFAULT_REGION, address
from muniment.core.row_mapping import SavedMapping
from muniment.core.spool_settings import MappingSettings

NEEDED: Mapping[str, str] = {
    "started": "without it nobody knows when the call was",
    "caller": "without it nobody finds the call by who called",
    "called": "without it nobody finds the call by who was called",
    "recording": "without it the recording is found only by the call's name within the file's name",
    "direction": "without it only extensions tell whether a call came in or went out",
    "ended": "without it, and without seconds, the sound alone tells how long the call was",
    "call": "without it recordings of one call are not united",
}
"""Why a field matters, for those that a report must name when they are missing."""
SAMPLES = 3
_ZONED = re.compile(r"Z$|[+-]\d{2}:?\d{2}$|^\d{9,16}(\.\d+)?$", re.IGNORECASE)


class FieldReport(msgspec.Struct, frozen=True):
    """One field in a test file: its column, in how many rows it has a value and a good one, some values.

    `gap` says what its absence costs; empty where nothing is missing.
    """

    field: str
    column: str
    filled: int
    good: int
    samples: tuple[str, ...]
    gap: str


class MappingReport(msgspec.Struct, frozen=True):
    """What a mapping makes of a test file. `unused` are its columns that no field takes.

    `absent` says what the file itself does not tell: no mapping mends that.
    """

    rows: int
    fields: tuple[FieldReport, ...]
    unused: tuple[str, ...]
    absent: tuple[str, ...] = ()

    @property
    def gaps(self) -> tuple[str, ...]:
        """Every gap in words."""
        return tuple(f"{each.field}: {each.gap}" for each in self.fields if each.gap)


def mapped_by(settings: MappingSettings | SavedMapping) -> Mapped:
    """The mapping of the settings or the pages; WrongUseError where it names a field or a zone that there is not."""
    if unknown := sorted(set(settings.columns) - set(FIELDS)):
        raise WrongUseError(
            f"The mapping {settings.name!r} names {', '.join(unknown)}, which is no field.",
            remedy=f"Fields are: {', '.join(FIELDS)}.",
        )
    directions: dict[str, str] = {
        word.strip().lower(): meaning for word, meaning in settings.directions.items()
    }
    mapped = Mapped(dict(settings.columns), settings.zone, directions, settings.region)
    mapped.zone_info()
    return mapped


def report(rows: Sequence[Mapping[str, str]], mapped: Mapped) -> MappingReport:
    """What a mapping makes of these rows, field by field; the gaps named."""
    lowered = [{key.strip().lower(): text for key, text in row.items()} for row in rows]
    columns = {name: _column(lowered, name, mapped) for name in FIELDS}
    given = tuple(dict.fromkeys(key for row in lowered for key in row))
    fields = tuple(_field(name, columns[name], lowered, mapped, given) for name in FIELDS)
    lacking = {each.field for each in fields if each.good == 0}
    seen = [msgspec.structs.replace(each, gap=_gap(each, len(rows), lacking)) for each in fields]
    taken = {column for column in columns.values() if column}
    unused = tuple(key for key in given if key not in taken)
    return MappingReport(len(rows), tuple(seen), unused, _absent(rows, mapped, lacking) if rows else ())


def accounts(rows: Sequence[Mapping[str, str]], mapped: Mapped, origin: str) -> list[Account]:
    """The accounts that an import would make of these rows."""
    return [account_of(row, mapped, origin) for row in rows]


def _absent(rows: Sequence[Mapping[str, str]], mapped: Mapped, lacking: set[str]) -> tuple[str, ...]:
    """What calls and times of a file show to be missing from the whole of it."""
    found = accounts(rows, mapped, "")
    ways = {each.heading for each in found}
    words = {"inbound": "incoming", "outbound": "outgoing", "internal": "internal"}
    said = [f"No {words[way]} calls are in this file." for way in words if way not in ways]
    if all(each.was_answered for each in found):
        said.append("No call in it went unanswered: missed calls may not be exported.")
    if "answered" in lacking and "started" not in lacking:
        said.append("When a call was answered is not told: it counts as answered from its beginning.")
    lowered = [{key.strip().lower(): text for key, text in row.items()} for row in rows]
    times = [text for row in lowered if moment(text := value(row, "started", mapped), mapped.zone_info())]
    if times and not any(_ZONED.search(text) for text in times):
        said.append(
            f"Its times name no zone: they are read as {mapped.zone}. Ask whether the export is in UTC."
        )
    return tuple(said)


def _column(rows: Sequence[Mapping[str, str]], name: str, mapped: Mapped) -> str:
    if (column := mapped.columns.get(name)) is not None:
        return column.strip().lower()
    alone = ({key: row[key]} for row in rows for key in row)
    return next((next(iter(one)) for one in alone if value(one, name, Mapped())), "")


def _field(
    name: str, column: str, rows: Sequence[Mapping[str, str]], mapped: Mapped, given: Sequence[str]
) -> FieldReport:
    values = [found for row in rows if (found := value(row, name, mapped))]
    good = sum(_is_good(name, each, mapped) for each in values)
    gap = f"the column {column!r} is not in the file" if column and column not in given else ""
    return FieldReport(name, column, len(values), good, tuple(dict.fromkeys(values))[:SAMPLES], gap)


def _is_good(name: str, text: str, mapped: Mapped) -> bool:
    if name in ("started", "answered", "ended"):
        return bool(moment(text, mapped.zone_info()))
    if name == "seconds":
        return bool(seconds(text)) or text.strip("0:.") == ""
    if name == "direction":
        return direction(text, mapped.directions) != "unknown"
    if name in ("caller", "called"):
        return bool(address(text, mapped.region or DEFAULT_REGION))
    return True


def _gap(each: FieldReport, rows: int, lacking: set[str]) -> str:
    if each.gap:
        return each.gap
    if each.filled == 0:
        missing_end = each.field == "ended" and "seconds" not in lacking
        return "" if missing_end else NEEDED.get(each.field, "")
    if each.good < each.filled:
        return f"{each.filled - each.good} of {each.filled} values are not understood"
    if each.field in NEEDED and each.filled < rows:
        return f"{rows - each.filled} of {rows} rows have none"
    return ""
