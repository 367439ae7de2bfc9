"""The completeness report of one day: figures, and each gap by name. Nobody's words, and no number of a caller.

A gap is named by the switch's name of the call, its time and our extension or queue. Whoever needs to know who
called asks for it, as for anything else (promise 5).
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import msgspec

from muniment.capture.calls.assurance.matching import MASKED, Matching, Verdict

TYPE = "muniment/completeness/v1"
MOST_NAMED = 1000
"""Gaps that a report names; all are counted."""
_ENCODER = msgspec.json.Encoder(order="sorted")


class Gap(msgspec.Struct, frozen=True):
    """One call that is not there, or not whole. `started` in seconds since 1970, `missing` in seconds."""

    call: str
    started: int
    line: str
    outcome: str
    reasons: tuple[str, ...]
    record: str = ""
    missing: int = 0
    note: str = ""


class SourceState(msgspec.Struct, frozen=True):
    """A source: calls that it gave on that day, when it was last heard of, and whether it has been silent."""

    name: str
    records: int
    last: int
    silent: bool = False


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One day of one organisation. `begins` and `ends` in seconds since 1970.

    expected = recorded + partly + not_recorded + not_expected. `reasons` counts by reason; `recordings` are
    all of the day, `unexplained` those that no account of a switch explains. `accounts` counts files and rows
    of call details: without any, nothing can be said of what is missing, and `reconciled` is false.
    `left_out` are calls that a recording rule leaves out (`note`: the rule), `notices` counts recorded calls by
    what is known of their notice ("played", "unknown", "not-feasible switch-cannot" …), `categories` by the
    category of the rule that they fit; each stands only where there are any, so that the digest of a report of
    before stays what it was.
    """

    organisation: str
    day: str
    begins: int
    ends: int
    reconciled: bool
    accounts: int
    expected: int
    recorded: int
    partly: int
    not_recorded: int
    not_expected: int
    recordings: int
    unexplained_count: int
    reasons: dict[str, int]
    sources: tuple[SourceState, ...] = ()
    gaps: tuple[Gap, ...] = ()
    gap_count: int = 0
    unexplained: tuple[str, ...] = ()
    left_out: tuple[Gap, ...] | msgspec.UnsetType = msgspec.UNSET
    notices: dict[str, int] | msgspec.UnsetType = msgspec.UNSET
    categories: dict[str, int] | msgspec.UnsetType = msgspec.UNSET
    type: str = TYPE

    def encode(self) -> bytes:
        """Canonical JSON: one text for one report."""
        return _ENCODER.encode(self)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal: what the ledger says."""
        return hashlib.sha256(self.encode()).hexdigest()

    @property
    def silent(self) -> tuple[str, ...]:
        """The names of the sources that have been silent."""
        return tuple(each.name for each in self.sources if each.silent)


def span(day: date, zone: str) -> tuple[int, int]:
    """The beginning and the end of a day in a zone, in seconds since 1970; 23 or 25 hours twice a year."""
    where = ZoneInfo(zone)
    begins = datetime(day.year, day.month, day.day, tzinfo=where)
    after = day + timedelta(days=1)
    ends = datetime(after.year, after.month, after.day, tzinfo=where)
    return int(begins.timestamp()), int(ends.timestamp())


def compose(
    organisation: str,
    day: date,
    zone: str,
    matching: Matching,
    *,
    accounts: int,
    recordings: int,
    sources: Sequence[SourceState] = (),
    notices: Mapping[str, int] = MappingProxyType({}),
    categories: Mapping[str, int] = MappingProxyType({}),
) -> Report:
    """The report of a day, of a matching of what began on it."""
    begins, ends = span(day, zone)
    counts = Counter(one.outcome for one in matching.verdicts)
    gaps = [_gap(one) for one in matching.verdicts if is_gap(one)]
    left = tuple(_gap(one) for one in matching.verdicts if "by-rule" in one.reasons)[:MOST_NAMED]
    return Report(
        organisation=organisation,
        day=day.isoformat(),
        begins=begins,
        ends=ends,
        reconciled=accounts > 0,
        accounts=accounts,
        expected=len(matching.verdicts),
        recorded=counts["recorded"],
        partly=counts["partly"],
        not_recorded=counts["not-recorded"],
        not_expected=counts["not-expected"],
        recordings=recordings,
        unexplained_count=len(matching.unexplained),
        reasons=dict(Counter(reason for one in matching.verdicts for reason in one.reasons)),
        sources=tuple(sources),
        gaps=tuple(gaps[:MOST_NAMED]),
        gap_count=len(gaps),
        unexplained=matching.unexplained[:MOST_NAMED],
        left_out=left or msgspec.UNSET,
        notices=dict(notices) or msgspec.UNSET,
        categories=dict(categories) or msgspec.UNSET,
    )


def decode(text: bytes) -> Report:
    """The inverse of `Report.encode`; msgspec.MsgspecError where it is none."""
    return msgspec.json.decode(text, type=Report)


def is_gap(verdict: Verdict) -> bool:
    """Whether somebody should look into it: not where silence was asked for, or no recording expected."""
    if verdict.outcome == "partly":
        return any(reason != MASKED for reason in verdict.reasons)
    return verdict.outcome == "not-recorded"


def _gap(verdict: Verdict) -> Gap:
    call = verdict.call
    return Gap(
        call=call.call or call.place,
        started=call.started // 1000,
        line=call.line,
        outcome=verdict.outcome,
        reasons=tuple(verdict.reasons),
        record=verdict.record,
        missing=verdict.missing_ms // 1000,
        note=verdict.note,
    )
