"""A switch's own account of one call, whatever it wrote it in, and the facts that become of it."""

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from muniment.core.call_facts import CallFacts, CallParty, Direction, NoticeEvidence
from muniment.core.phone_numbers import DEFAULT_REGION, e164, is_extension

LONGEST_VALUE = 400  # characters of one field that are kept as evidence
_EPOCH = re.compile(r"\d{9,11}(\.\d{1,9})?")
_EPOCH_FINE = re.compile(r"\d{12,16}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})[-T_ ]?(\d{2})(\d{2})(\d{2})")
_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?")
_CALLER_ID = re.compile(r'\s*"?([^"<>]*)"?\s*<([^<>]*)>\s*')


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One call as its switch tells it. Times are in ms since 1970, 0 for unknown.

    `call` is the switch's name of the call, `group` what several accounts of one call share; `recording` is
    the recording as the switch names it, a path or a name; `extension` is ours, whoever called.
    """

    call: str = ""
    group: str = ""
    recording: str = ""
    started: int = 0
    answered: int = 0
    ended: int = 0
    seconds: int = 0
    caller: str = ""
    caller_name: str = ""
    called: str = ""
    called_name: str = ""
    extension: str = ""
    queue: str = ""
    direction: Direction = "unknown"
    was_answered: bool = True
    legs: tuple[str, ...] = ()
    holds: tuple[tuple[int, int], ...] = ()
    evidence: dict[str, str] = {}
    defects: tuple[str, ...] = ()
    origin: str = ""

    def facts(self, name: str, region: str = "") -> CallFacts:
        """The call, under our own name of it; numbers without a country are `region`'s, or GB's."""
        ended = self.ended or ((self.answered or self.started) + self.seconds * 1000)
        return CallFacts(
            id=name,
            global_id=self.group or self.call,
            direction=self.heading,
            started=self.started,
            answered=self.answered if self.was_answered else 0,
            ended=max(ended, self.started),
            queue=self.queue,
            parties=self._parties(region or DEFAULT_REGION),
            legs=self.legs,
            holds=self.holds,
            notice=NoticeEvidence("unknown"),
            evidence={key: value[:LONGEST_VALUE] for key, value in sorted(self.evidence.items()) if value},
            defects=self.defects,
            region=region,
        )

    @property
    def heading(self) -> Direction:
        """The direction as told, or as the numbers show: extensions are ours."""
        if self.direction != "unknown" or not self.caller or not self.called:
            return self.direction
        from_us, to_us = bool(is_extension(self.caller)), bool(is_extension(self.called))
        if from_us:
            return "internal" if to_us else "outbound"
        return "inbound" if to_us or self.extension or self.queue else "unknown"

    def _parties(self, region: str) -> tuple[CallParty, ...]:
        parties = []
        if self.caller or self.caller_name:
            parties.append(
                _party("caller", self.caller, self.caller_name, self._ours(self.caller, "outbound"), region)
            )
        if self.called or self.called_name:
            parties.append(
                _party("called", self.called, self.called_name, self._ours(self.called, "inbound"), region)
            )
        if self.extension and all(party.extension != self.extension for party in parties):
            parties.append(CallParty("agent", extension=self.extension))
        return tuple(parties)

    def _ours(self, number: str, when: Direction) -> str:
        """The extension of a party: its own number where that is one, the account's on our side of the call."""
        if extension := is_extension(number):
            return extension
        return self.extension if self.heading == when == "outbound" else ""


def _party(role: str, number: str, name: str, extension: str, region: str) -> CallParty:
    return CallParty(
        "caller" if role == "caller" else "called",
        dialled=number,
        e164=e164(number, region),
        name=name,
        extension=extension,
    )


def moment(text: str, zone: ZoneInfo) -> int:
    """A moment as switches write it, in ms since 1970; 0 where it is none. Without a zone it is `zone`'s.

    ISO 8601, seconds or milliseconds since 1970, `20260301-101112`, `1/3/2026 10:11[:12]` (day first).
    """
    text = text.strip()
    try:
        if _EPOCH.fullmatch(text):
            return round(float(text) * 1000)
        if match := _COMPACT.fullmatch(text):
            found = datetime(*map(int, match.groups()), tzinfo=zone)  # type: ignore[misc, arg-type]
        elif match := _BRITISH.fullmatch(text):
            day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
            found = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        elif _EPOCH_FINE.fullmatch(text):
            return int(text[:13])
        else:
            found = datetime.fromisoformat(text)
            found = found if found.tzinfo else found.replace(tzinfo=zone)
        return max(round(found.timestamp() * 1000), 0)
    except (ValueError, OverflowError, OSError):
        return 0


def seconds(text: str) -> int:
    """A length: seconds, `h:mm:ss`, `m:ss` or ISO 8601 (`PT4M12S`); 0 where it is none."""
    text = text.strip()
    if match := re.fullmatch(
        r"PT(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,6})(?:\.\d+)?S)?", text, re.IGNORECASE
    ):
        hours, minutes, rest = (int(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + rest
    if re.fullmatch(r"(\d{1,4}:)?\d{1,4}:\d{2}", text):
        total = 0
        for part in text.split(":"):
            total = total * 60 + int(part)
        return total
    return int(float(text)) if re.fullmatch(r"\d{1,8}(\.\d{1,9})?", text) else 0


def caller_id(text: str) -> tuple[str, str]:
    """Name and number of `"Name" <number>`; the whole as the number where it is not written so."""
    match = _CALLER_ID.fullmatch(text)
    return (match[1].strip(), match[2].strip()) if match else ("", text.strip())


def direction(text: str, words: Mapping[str, str] | None = None) -> Direction:
    """The direction that a switch's word means; `words` are those of a mapping, in small letters."""
    lowered = text.strip().lower()
    lowered = (words or {}).get(lowered, lowered)
    for meaning, said in _DIRECTIONS.items():
        if lowered == meaning or lowered in said:
            return meaning
    return "unknown"


_DIRECTIONS: Mapping[Direction, frozenset[str]] = {
    "inbound": frozenset({"in", "incoming", "received", "mt", "terminating", "i"}),
    "outbound": frozenset({"out", "outgoing", "dialled", "dialed", "placed", "mo", "originating", "o"}),
    "internal": frozenset({"int", "local", "extension", "on-net"}),
}
