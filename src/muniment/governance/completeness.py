"""What should be there and what is, day by day: composed, put beside the ledger, told, shown.

No content is opened for it: figures of the catalogue are held against accounts of the switch.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.db import transaction
from django.db.models import Q, QuerySet

from muniment.capture.calls.assurance import matching, report
from muniment.capture.calls.assurance.matching import Matching, Rules
from muniment.capture.calls.assurance.report import Report
from muniment.catalogue import expected
from muniment.core import clock
from muniment.core.assurance_settings import AssuranceSettings
from muniment.core.errors import RefusedError
from muniment.core.rule_settings import RecordingRule
from muniment.governance import notice_reasons, notices
from muniment.governance.desk import Desk, write
from muniment.governance.models import DayReport, RecorderAway, RecorderSeen
from muniment.people import services as people
from muniment.people.roles import Role
from muniment.people.views import PersonView

READERS = frozenset(
    {
        Role.ADMINISTRATOR,
        Role.AUDITOR,
        Role.DATA_CONTROLLER,
        Role.DIRECTOR,
        Role.IT_ENGINEER,
        Role.MANAGING_DIRECTOR,
    }
)
"""Who sees what is missing: whoever can mend it, and whoever answers for it."""
TOLD = (Role.DATA_CONTROLLER, Role.IT_ENGINEER)
AWAY_AFTER = timedelta(minutes=3)
"""Without a look for so long, the recorder counts as away: nobody was there to see it."""


class ReportView(msgspec.Struct, frozen=True):
    """A report as pages show it; `ledger_sequence` is −1 where it was composed just now and stands nowhere."""

    day: str
    made: datetime
    report: Report
    digest: str
    ledger_sequence: int


def compose(
    organisation: str, day: date, chosen: AssuranceSettings, recording: tuple[RecordingRule, ...] = ()
) -> Report:
    """The report of a day as the catalogue stands now; `recording` are the recording rules of the settings.

    Neighbours of the day take part in the matching, so that a call at midnight finds its recording.
    """
    begins, ends = report.span(day, chosen.zone)
    margin = chosen.window_seconds
    wide = (organisation, begins - margin, ends + margin)
    accounts, recordings = expected.expected_in(*wide), expected.recorded_in(*wide)
    known = expected.known_in(*wide, down=_away(begins - margin, ends + margin))
    found = matching.match(accounts, recordings, rules_of(chosen, organisation, recording), known)
    within = {one.record for one in recordings if begins * 1000 <= one.started < ends * 1000}
    verdicts = tuple(one for one in found.verdicts if begins * 1000 <= one.call.started < ends * 1000)
    seen = expected.notices_in(organisation, begins, ends)
    return report.compose(
        organisation,
        day,
        chosen.zone,
        Matching(verdicts, tuple(one for one in found.unexplained if one in within)),
        accounts=sum(begins * 1000 <= one.started < ends * 1000 for one in accounts),
        recordings=len(within),
        sources=expected.sources_in(organisation, begins, ends, chosen.silent_hours),
        notices=notice_reasons.counted(organisation, seen),
        categories=Counter(each.category for each in seen if each.category),
    )


def rules_of(
    chosen: AssuranceSettings, organisation: str = "", recording: tuple[RecordingRule, ...] = ()
) -> Rules:
    """What counts as the same call and as a gap, by the settings."""
    return Rules(
        window_ms=chosen.window_seconds * 1000,
        shorter_ms=chosen.shorter_seconds * 1000,
        lost_share=chosen.lost_percent / 100,
        not_configured={each.line: each.reason for each in chosen.unrecorded},
        organisation=organisation,
        recording=recording,
    )


def record(desk: Desk, made: Report, chosen: AssuranceSettings) -> ReportView | None:
    """Put a report beside the ledger and tell those who must know; None where it says nothing new."""
    day = date.fromisoformat(made.day)
    last = _of(made.organisation).filter(day=day).first()
    text = made.encode().decode()
    if last is not None and last.report == text:
        return None
    row = DayReport(
        organisation_id=made.organisation,
        day=day,
        made=clock.now(),
        expected=made.expected,
        gaps=made.gap_count,
        report=text,
    )
    with transaction.atomic():
        write(desk, made.organisation, row)
        before = report.decode(last.report.encode()) if last else None
        if _alarms(made, chosen) and (before is None or _news(made) != _news(before)):
            _tell(made)
    return _view(row)


def last_day(chosen: AssuranceSettings, now: datetime) -> date:
    """The last day that is reported: yesterday, or the day before while it is too early for that."""
    local = now.astimezone(ZoneInfo(chosen.zone))
    return local.date() - timedelta(days=1 if local.hour >= chosen.hour else 2)


def due(organisation: str, chosen: AssuranceSettings, now: datetime) -> tuple[date, ...]:
    """The days to report or to look at again, oldest first."""
    last = last_day(chosen, now)
    first = last - timedelta(days=chosen.again_days)
    known = _of(organisation).filter(day__gte=first, day__lt=last).values_list("day", flat=True)
    return (*sorted(set(known)), last)


def has_calls(organisation: str) -> bool:
    """Whether there is anything that could be reconciled."""
    return bool(expected.sources_in(organisation, 0, 0, 0))


def listed(actor: PersonView, *, limit: int = 60) -> tuple[ReportView, ...]:
    """The newest report of each day, newest day first. RefusedError for whoever may not see it."""
    _require(actor)
    newest: dict[date, DayReport] = {}
    for row in _of(actor.organisation)[: limit * 3]:
        newest.setdefault(row.day, row)
    return tuple(_view(row) for row in list(newest.values())[:limit])


def of_day(organisation: str, day: date) -> ReportView | None:
    """The newest report of a day; None where there is none."""
    row = _of(organisation).filter(day=day).first()
    return _view(row) if row else None


def one(actor: PersonView, day: date) -> ReportView | None:
    """The same for a person. RefusedError for whoever may not see it."""
    _require(actor)
    return of_day(actor.organisation, day)


def composed_now(made: Report) -> ReportView:
    """A report that stands nowhere yet, as pages and commands show it."""
    return ReportView(made.day, clock.now(), made, made.digest, -1)


def looked(now: datetime, *, answers: bool) -> None:
    """Note whether the recorder answers; asked about every minute. Spans in which it did not stay known."""
    seen = RecorderSeen.objects.first()
    open_span = RecorderAway.objects.filter(over__isnull=True).first()
    if not answers:
        if open_span is None:
            RecorderAway.objects.create(began=seen.last if seen else now)
        return
    if open_span is not None:
        RecorderAway.objects.filter(pk=open_span.pk).update(over=now)
    elif seen is not None and now - seen.last > AWAY_AFTER:
        RecorderAway.objects.create(began=seen.last, over=now)
    RecorderSeen.objects.update_or_create(pk=1, defaults={"last": now})


def _away(begins: int, ends: int) -> Sequence[tuple[int, int]]:
    first, last = datetime.fromtimestamp(begins, UTC), datetime.fromtimestamp(ends, UTC)
    rows = RecorderAway.objects.filter(Q(over__isnull=True) | Q(over__gt=first), began__lt=last)
    return [
        (int(row.began.timestamp() * 1000), int((row.over or last).timestamp() * 1000))
        for row in rows.order_by("began")
    ]


def _alarms(made: Report, chosen: AssuranceSettings) -> bool:
    return made.gap_count > chosen.gaps or bool(made.silent) or (made.recordings > 0 and not made.reconciled)


def _news(made: Report) -> tuple[object, ...]:
    return made.gap_count, made.silent, made.reconciled


def _tell(made: Report) -> None:
    says = []
    if made.gap_count:
        says.append(f"{made.gap_count} of {made.expected} calls are not there, or not whole.")
    if made.silent:
        says.append(f"Silent: {', '.join(made.silent)}.")
    if not made.reconciled:
        says.append("No account of the switch came in for that day, so nobody knows what is missing.")
    readers = {each.id for role in TOLD for each in people.holders(made.organisation, role)}
    for person in sorted(readers):
        notices.tell(
            person,
            f"Calls of {made.day}: something is missing",
            " ".join(says),
            f"/calls/completeness/{made.day}",
        )


def _require(actor: PersonView) -> None:
    if not actor.roles & READERS:
        raise RefusedError(
            "You may not see this report.",
            why="It is for whoever mends sources of calls, and whoever answers for them.",
            remedy="Ask your Data Controller.",
        )


def _of(organisation: str) -> QuerySet[DayReport]:
    return DayReport.objects.filter(organisation_id=organisation).order_by("-day", "-pk")


def _view(row: DayReport) -> ReportView:
    made = report.decode(row.report.encode())
    return ReportView(row.day.isoformat(), row.made, made, made.digest, row.ledger_sequence)
