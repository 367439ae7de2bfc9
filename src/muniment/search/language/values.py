"""Dates, sizes, lengths and scores as people write them."""

import re
from datetime import date, timedelta

LARGEST_SIZE = 2**53 - 1  # octets
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_SIZE = re.compile(r"(\d{1,16})(?:([KMG])(?:i?B)?|B)?", re.IGNORECASE)
_LENGTH = re.compile(r"(?:(\d{1,5})h)?(?:(\d{1,6})m(?:in)?)?(?:(\d{1,8})s?)?", re.IGNORECASE | re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,6}):(\d{2})", re.ASCII)
_SCORE = re.compile(r"([1-5])(?:\.(\d{1,2}))?", re.ASCII)
HIGHEST_SCORE = 500  # hundredths
_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}


def days(text: str) -> tuple[date, date] | None:
    """The first day of the year, month or day that `text` names, and the first day after it.

    `2026`, `2026-03`, `2026-03-31` and, as the British write it, `31/3/2026`; None for anything else.
    """
    try:
        if match := _BRITISH.fullmatch(text):
            day, month, year = map(int, match.groups())
            first = date(year, month, day)
            return first, first + timedelta(days=1)
        if not (match := _ISO.fullmatch(text)):
            return None
        year = int(match[1])
        if match[2] is None:
            return date(year, 1, 1), date(year + 1, 1, 1)
        month = int(match[2])
        if match[3] is None:
            return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
        first = date(year, month, int(match[3]))
        return first, first + timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def written_days(first: date, end: date) -> str:
    """The shortest text that `days` reads as this span."""
    for text in (f"{first.year:04}", f"{first.year:04}-{first.month:02}"):
        if days(text) == (first, end):
            return text
    return first.isoformat()


def octets(text: str) -> int | None:
    """A size: `500`, `200K`, `10M`, `2G` (of 1024); None for anything else."""
    match = _SIZE.fullmatch(text)
    if match is None:
        return None
    size = int(match[1]) * _UNITS[(match[2] or "").upper()]
    return size if size <= LARGEST_SIZE else None


def written_octets(size: int) -> str:
    """The shortest text that `octets` reads as this size."""
    for unit in ("G", "M", "K"):
        if size and size % _UNITS[unit] == 0:
            return f"{size // _UNITS[unit]}{unit}"
    return str(size)


def seconds(text: str) -> int | None:
    """A length: `90`, `90s`, `5m`, `1h30m`, `4:12`; None for anything else."""
    if match := _CLOCK.fullmatch(text):
        return int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])
    match = _LENGTH.fullmatch(text)
    if match is None or not text:
        return None
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest


def written_seconds(length: int) -> str:
    """The shortest text that `seconds` reads as this length."""
    hours, rest = divmod(length, 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{number}{unit}" for number, unit in ((hours, "h"), (minutes, "m"), (left, "s")) if number]
    return "".join(parts) or "0s"


def hundredths(text: str) -> int | None:
    """A score from 1 to 5 with at most two decimals, in hundredths; None for anything else."""
    match = _SCORE.fullmatch(text)
    if match is None:
        return None
    score = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    return score if score <= HIGHEST_SCORE else None


def written_hundredths(score: int) -> str:
    """The shortest text that `hundredths` reads as this score."""
    whole, rest = divmod(score, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".")
