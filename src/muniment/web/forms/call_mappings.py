"""A test file of calls and what a person chose for its columns.

The file is read in memory and its first rows travel with the page itself, in a hidden field: between two pages
nothing of it is anywhere on the server.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from muniment.capture.calls.spool.account import Account, direction
from muniment.capture.calls.spool.fields import FIELDS, Mapped, rows_of
from muniment.capture.calls.spool.guessing import guess
from muniment.capture.calls.spool.mapping import MappingReport, accounts, report
from muniment.core.errors import WrongUseError
from muniment.core.phone_numbers import DEFAULT_REGION, e164
from muniment.core.row_mapping import RowMapping

LARGEST: Final = 2 * 1024 * 1024  # bytes of a test file
MOST_ROWS: Final = 100  # that are looked at
MOST_COLUMNS: Final = 100
LONGEST_VALUE: Final = 200  # characters
MOST_WORDS: Final = 12  # for a direction
SHOWN: Final = 10  # rows as they would be read
WAYS: Final = (("", "Not told"), ("inbound", "Incoming"), ("outbound", "Outgoing"), ("internal", "Internal"))
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "started": ("Began", "Date and time in one column"),
    "answered": ("Answered", "When somebody picked up"),
    "ended": ("Ended", "Or the length below"),
    "seconds": ("Length", "In seconds, or as 0:04:12"),
    "caller": ("Caller's number", ""),
    "caller_name": ("Caller's name", ""),
    "called": ("Called number", "As it was dialled"),
    "called_name": ("Called party's name", ""),
    "extension": ("Our extension", "Of whoever took or made the call"),
    "queue": ("Queue or hunt group", ""),
    "direction": ("Which way", "Incoming, outgoing or internal"),
    "disposition": ("What became of it", "Answered, missed, busy"),
    "recording": ("File of the recording", "Name or path"),
    "call": ("The switch's name of the call", "Different for each call"),
    "group": ("What parts of one call share", "Where a transfer makes several rows"),
}


class Sample(msgspec.Struct, frozen=True):
    """The first rows of a test file, and how many there are in all."""

    rows: tuple[dict[str, str], ...]
    total: int

    @property
    def columns(self) -> tuple[str, ...]:
        """Its columns, in their order."""
        return tuple(dict.fromkeys(key for row in self.rows for key in row))

    def words(self, column: str) -> tuple[str, ...]:
        """The different values of a column."""
        found = dict.fromkeys(text for row in self.rows if (text := row.get(column, "").strip()))
        return tuple(found)[:MOST_WORDS]

    def encode(self) -> str:
        """As the hidden field carries it."""
        return msgspec.json.encode(self).decode()


class Line(msgspec.Struct, frozen=True):
    """One row as an import would read it, in words."""

    began: str
    length: str
    way: str
    caller: str
    called: str
    extension: str
    recording: str
    answered: str


def read(upload: "UploadedFile[bytes] | None") -> Sample:
    """The rows of a file that was uploaded; WrongUseError where it is none, or too large."""
    if upload is None:
        raise WrongUseError(
            "Choose a test file of at most 2 MiB.",
            remedy="A day's export, or its first hundred lines, will do.",
        )
    data = upload.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise WrongUseError("A test file has at most 2 MiB.", remedy="Its first hundred lines will do.")
    rows = rows_of(data, upload.name or "the file")
    kept = tuple(_bounded(row) for row in rows[:MOST_ROWS])
    if not any(kept):
        raise WrongUseError(
            "No row with columns is in this file.", remedy="Its first line must name the columns."
        )
    return Sample(kept, len(rows))


def carried(text: str) -> Sample:
    """What a page carried; WrongUseError where somebody made it up badly."""
    try:
        sample = msgspec.json.decode(text, type=Sample)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise WrongUseError(
            "The test file is no longer with this page.", remedy="Choose it again."
        ) from error
    return Sample(tuple(_bounded(row) for row in sample.rows[:MOST_ROWS]), sample.total)


def guessed(sample: Sample, region: str) -> RowMapping:
    """The mapping that a person begins with."""
    found = guess(sample.rows, region or DEFAULT_REGION)
    return RowMapping({field: found.get(field, "") for field in FIELDS}, {}, region=region)


def chosen(post: QueryDict) -> RowMapping:
    """What a person chose on the page. Nothing is checked here.

    A field without a column is said to have none: otherwise the habits of switches would find it one.
    """
    columns = {field: post.get(f"field-{field}", "") for field in FIELDS}
    words = {
        post.get(f"word-{number}", ""): way
        for number in range(MOST_WORDS)
        if (way := post.get(f"way-{number}", ""))
    }
    zone, region = post.get("zone", "Europe/London").strip(), post.get("region", "").strip().upper()
    return RowMapping(columns, words, zone, region)


def mapped(mapping: RowMapping) -> Mapped:
    """As readers take it; WrongUseError where there is no such zone."""
    directions = {word.strip().lower(): way for word, way in mapping.directions.items()}
    found = Mapped(mapping.columns, mapping.zone, directions, mapping.region)
    found.zone_info()
    return found


def tried(sample: Sample, mapping: RowMapping) -> tuple[MappingReport, tuple[Line, ...]]:
    """What is good and what is missing, and the first rows as they would be read."""
    how = mapped(mapping)
    lines = tuple(_line(each, how) for each in accounts(sample.rows[:SHOWN], how, "the test file"))
    return report(sample.rows, how), lines


def _bounded(row: Mapping[str, str]) -> dict[str, str]:
    plain = ((key.strip(), text) for key, text in row.items() if key.strip() and "." not in key)
    return {key[:LONGEST_VALUE]: text[:LONGEST_VALUE] for key, text in list(plain)[:MOST_COLUMNS]}


def _line(account: Account, how: Mapped) -> Line:
    region = how.region or DEFAULT_REGION
    seconds = account.seconds or max(account.ended - account.answered, 0) // 1000 * bool(account.ended)

    def at(moment: int) -> str:
        when = datetime.fromtimestamp(moment / 1000, UTC).astimezone(how.zone_info())
        return when.strftime("%Y-%m-%d %H:%M:%S") if moment else "–"

    def number(text: str) -> str:
        return e164(text, region) or text or "–"

    return Line(
        began=at(account.started),
        answered=at(account.answered) if account.was_answered else "not answered",
        length=f"{seconds // 60}:{seconds % 60:02}" if seconds else "–",
        way=account.heading,
        caller=number(account.caller),
        called=number(account.called),
        extension=account.extension or "–",
        recording=account.recording or "–",
    )


def words_of(sample: Sample, mapping: RowMapping) -> Sequence[tuple[str, str]]:
    """The words that stand in the column of directions, each with what it means now."""
    lowered = {word.strip().lower(): way for word, way in mapping.directions.items()}
    return [
        (word, lowered.get(word.lower(), "") or direction(word).replace("unknown", ""))
        for word in sample.words(mapping.columns.get("direction", ""))
    ]
