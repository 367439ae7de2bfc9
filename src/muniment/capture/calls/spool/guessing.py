"""Which column of an unknown file is which of our fields: a guess, for a person to correct.

1. Names decide, however they are spaced and written: those of known switches, and those that carriers use.
2. What no name told, values do: times, lengths, names of sound files, words for a direction, numbers.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

from muniment.capture.calls.spool.account import direction, moment, seconds
from muniment.capture.calls.spool.fields import NAMES
from muniment.capture.calls.spool.finding import SOUNDS
from muniment.core.phone_numbers import DEFAULT_REGION, e164, is_extension

ENOUGH = 0.8  # of a column's values that must be of a kind
LOOKED_AT = 50  # rows
_OTHER: Mapping[str, tuple[str, ...]] = {
    "answered": ("answer_date", "connect_time", "pickup", "answered_time"),
    "call": ("call_ref", "call_reference", "reference", "ref", "record_id", "cdr_id"),
    "called": ("b_number", "called_party", "called_no", "dialled_number", "dialed_number", "to_phone", "callee_number"),
    "caller": ("a_number", "calling_party", "caller_no", "calling_no", "from_phone", "originating_number", "cli_number"),
    "direction": ("way", "in_out", "call_way", "traffic_type"),
    "ended": ("release_time", "hangup_time", "disconnect_time", "finish"),
    "extension": ("user", "agent_id", "device"),
    "queue": ("team", "department", "group_name"),
    "recording": ("recording_name", "media", "media_file", "wav", "audio_file", "file_path", "recording_url"),
    "seconds": ("length_s", "duration_s", "call_length", "secs", "bill_seconds", "conversation_time"),
    "started": ("begin", "begins", "call_start", "start_date_time", "date_time", "call_date_time", "setup_time", "when"),
}  # fmt: skip
_ZONE = ZoneInfo("UTC")
_DIGITS = re.compile(r"\d+")


def guess(rows: Sequence[Mapping[str, str]], region: str = DEFAULT_REGION) -> dict[str, str]:
    """From our fields to columns of these rows, as they are written there; fields without one are left out."""
    columns = tuple(dict.fromkeys(key for row in rows for key in row))
    found: dict[str, str] = {}
    for names in (NAMES, _OTHER):
        for field, known in names.items():
            free = {_plain(each): each for each in reversed(columns) if each not in found.values()}
            if field not in found and (named := next((free[name] for name in known if name in free), "")):
                found[field] = named
    values = {
        each: [text for row in rows[:LOOKED_AT] if (text := row.get(each, "").strip())] for each in columns
    }
    for field, fits in _kinds(region):
        if field not in found:
            left = {each: texts for each, texts in values.items() if each not in found.values()}
            if named := next((each for each, texts in left.items() if _mostly(texts, fits)), ""):
                found[field] = named
    return {field: found[field] for field in NAMES if field in found}


def _plain(column: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column.strip())
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def _mostly(texts: Sequence[str], fits: Callable[[str], bool]) -> bool:
    return bool(texts) and sum(map(fits, texts)) >= ENOUGH * len(texts)


def _kinds(region: str) -> tuple[tuple[str, Callable[[str], bool]], ...]:
    """What a field's values look like, the surest first; the first column of numbers is the caller's."""

    def number(text: str) -> bool:
        return bool(e164(text, region) or is_extension(text))

    return (
        ("recording", lambda text: text.rpartition(".")[2].lower() in SOUNDS),
        ("started", lambda text: not _DIGITS.fullmatch(text) and bool(moment(text, _ZONE))),
        ("seconds", lambda text: ":" in text and bool(seconds(text))),
        ("direction", lambda text: direction(text) != "unknown"),
        ("caller", number),
        ("called", number),
    )
