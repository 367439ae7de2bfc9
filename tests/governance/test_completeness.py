"""The completeness report: composed of rows, put beside the ledger, told to those who can mend it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from muniment.catalogue import intake
from muniment.catalogue.models import Record
from muniment.core.assurance_settings import AssuranceSettings
from muniment.core.call_facts import CallParty
from muniment.core.errors import RefusedError
from muniment.core.tags import EventTag
from muniment.governance import compare, completeness
from muniment.governance.models import DayReport, Notice, RecorderAway
from muniment.people.roles import Role
from muniment.people.services import view
from muniment.readers.calls import Call
from muniment.readers.calls.details import CallList, ExpectedCall
from tests.catalogue.samples import batch, record
from tests.core.test_rule_settings import rule
from tests.readers.calls.samples import STARTED, the_facts
from tests.residents import keeper, town
from tests.town import Town

__all__ = ["keeper", "town"]

CHOSEN = AssuranceSettings(zone="UTC")
DAY = datetime.fromtimestamp(STARTED / 1000, UTC).date()


def expected(place: int, at: int = STARTED, **changes: object) -> ExpectedCall:
    fields: dict[str, object] = {
        "call": f"1772359200.{place}", "started": at, "answered": at, "ended": at + 60_000, "caller": f"0163296000{place}", "called": f"20{place}",
    }  # fmt: skip
    return ExpectedCall(**{**fields, **changes})  # type: ignore[arg-type]


def take(organisation: str, *calls: ExpectedCall, recorded: tuple[int, ...] = ()) -> None:
    """Call details, and recordings of those with these places."""
    listed = record(10_000 + Record.objects.count())
    intake.take_in(organisation, batch(listed), {listed.record: CallList(calls)})
    Record.objects.filter(pk=listed.record).update(channel="call-detail", source="pbx")
    for place in recorded:
        held = record(20_000 + Record.objects.count())
        facts = the_facts(60, id=f"c{place}", global_id=f"1772359200.{place}", parties=(CallParty("called", extension=f"20{place}"),), masks=())  # fmt: skip
        intake.take_in(organisation, batch(held), {held.record: Call(facts, seconds=60)})
        Record.objects.filter(pk=held.record).update(channel="call", source="pbx")


def test_what_is_not_there_is_named_and_told(town: Town) -> None:
    take(town.ours.id, expected(1), expected(2), expected(3, was_answered=False), recorded=(1,))
    made = completeness.compose(town.ours.id, DAY, CHOSEN)
    assert (made.expected, made.recorded, made.not_recorded, made.not_expected) == (3, 1, 1, 1)
    assert [(gap.call, gap.reasons, gap.line) for gap in made.gaps] == [("1772359200.2", ("unknown",), "202")]
    found = completeness.record(town.desk, made, CHOSEN)
    assert found is not None
    [act] = town.desk.acts(town.ours.id, found.ledger_sequence - 1, 1)
    assert EventTag.CALLS_RECONCILED.encode() in act.clear
    assert made.digest.encode() in act.body
    told = Notice.objects.all()
    assert {each.person_id for each in told} == {
        town.ours[Role.DATA_CONTROLLER].id,
        town.ours[Role.IT_ENGINEER].id,
    }
    assert told[0].path == f"/calls/completeness/{DAY.isoformat()}"
    assert not any("0163296" in each.body for each in told)


def test_a_test_call_counts_as_nobodys_call_in_no_figure(town: Town) -> None:
    take(town.ours.id, expected(1), expected(2), recorded=(1,))
    before = completeness.compose(town.ours.id, DAY, CHOSEN)
    held = record(30_000)
    tested = the_facts(
        60, id="t1", global_id="t1", test=True, parties=(CallParty("called", extension="202"),)
    )
    intake.take_in(town.ours.id, batch(held), {held.record: Call(tested, seconds=60)})
    Record.objects.filter(pk=held.record).update(channel="call", source="pbx")
    assert Record.objects.get(pk=held.record).markings == "test"
    after = completeness.compose(town.ours.id, DAY, CHOSEN)
    assert after == before, "it neither fills the gap of line 202 nor is it a recording that nothing explains"


def test_what_a_rule_leaves_out_and_what_is_known_of_notices_is_counted(town: Town) -> None:
    council = rule(organisation=town.ours.id, lines=("202",))
    take(town.ours.id, expected(1), expected(2), recorded=(1,))
    made = completeness.compose(town.ours.id, DAY, CHOSEN, (council,))
    assert (made.recorded, made.not_recorded, made.not_expected, made.gaps) == (1, 0, 1, ())
    assert made.left_out
    assert [(each.call, each.note) for each in made.left_out] == [("1772359200.2", "council")]
    assert made.notices
    assert sum(made.notices.values()) == 1
    before = completeness.compose(town.ours.id, DAY - timedelta(days=1), CHOSEN)
    assert b"left_out" not in before.encode(), "a report of before keeps its digest"


def test_the_same_again_writes_nothing_and_news_do(town: Town) -> None:
    take(town.ours.id, expected(1))
    first = completeness.record(town.desk, completeness.compose(town.ours.id, DAY, CHOSEN), CHOSEN)
    assert completeness.record(town.desk, completeness.compose(town.ours.id, DAY, CHOSEN), CHOSEN) is None
    take(town.ours.id, recorded=(1,))
    second = completeness.record(town.desk, completeness.compose(town.ours.id, DAY, CHOSEN), CHOSEN)
    assert first is not None
    assert second is not None
    assert (first.report.gap_count, second.report.gap_count) == (1, 0)
    assert completeness.of_day(town.ours.id, DAY) == second
    assert DayReport.objects.count() == 2


def test_an_edited_report_is_found(town: Town) -> None:
    take(town.ours.id, expected(1))
    completeness.record(town.desk, completeness.compose(town.ours.id, DAY, CHOSEN), CHOSEN)
    row = DayReport.objects.get()

    def faults() -> list[str]:
        return [one.kind for one in compare.compare(town.desk, town.ours.id) if one.row == str(row.pk)]

    assert faults() == []
    DayReport.objects.update(report=row.report.replace('"gap_count":1', '"gap_count":0'))
    assert faults() == ["row differs"]


def test_few_gaps_alarm_nobody_where_that_is_set(town: Town) -> None:
    take(town.ours.id, expected(1))
    patient = AssuranceSettings(zone="UTC", gaps=1)
    completeness.record(town.desk, completeness.compose(town.ours.id, DAY, patient), patient)
    assert not Notice.objects.exists()


def test_recordings_without_any_account_alarm(town: Town) -> None:
    take(town.ours.id, recorded=(1,))
    made = completeness.compose(town.ours.id, DAY, CHOSEN)
    assert (made.reconciled, made.unexplained_count) == (False, 1)
    completeness.record(town.desk, made, CHOSEN)
    assert "nobody knows what is missing" in Notice.objects.all()[0].body


def test_a_call_at_midnight_finds_its_recording_and_counts_once(town: Town) -> None:
    midnight = (STARTED // 86_400_000 + 1) * 86_400_000
    take(town.ours.id, expected(1, midnight - 1_000))
    held = record(30_000)
    facts = the_facts(60, started=midnight + 1_000, answered=midnight + 1_000, ended=midnight + 61_000, global_id="", id="x", parties=(CallParty("called", extension="201"),), masks=())  # fmt: skip
    intake.take_in(town.ours.id, batch(held), {held.record: Call(facts, seconds=60)})
    Record.objects.filter(pk=held.record).update(channel="call")
    before, after = (completeness.compose(town.ours.id, DAY + timedelta(days=n), CHOSEN) for n in (0, 1))
    assert (before.expected, before.recorded, after.expected, after.unexplained_count) == (1, 1, 0, 0)


def test_the_recorder_s_absence_is_a_reason(town: Town) -> None:
    at = datetime.fromtimestamp(STARTED / 1000, UTC)
    completeness.looked(at - timedelta(minutes=2), answers=True)
    completeness.looked(at - timedelta(minutes=1), answers=False)
    completeness.looked(at + timedelta(minutes=1), answers=True)
    assert RecorderAway.objects.count() == 1
    take(town.ours.id, expected(1))
    (gap,) = completeness.compose(town.ours.id, DAY, CHOSEN).gaps
    assert gap.reasons == ("source-down",)


def test_where_nobody_looked_the_recorder_counts_as_away(town: Town) -> None:
    at = datetime(2026, 3, 1, 10, tzinfo=UTC)
    for minutes in (0, 1, 2, 60):
        completeness.looked(at + timedelta(minutes=minutes), answers=True)
    (away,) = RecorderAway.objects.all()
    assert (away.began, away.over) == (at + timedelta(minutes=2), at + timedelta(minutes=60))


def test_which_days_are_due(town: Town) -> None:
    early, late = (datetime(2026, 3, 3, hour, tzinfo=UTC) for hour in (5, 7))
    assert completeness.due(town.ours.id, CHOSEN, early) == (date(2026, 3, 1),)
    assert completeness.due(town.ours.id, CHOSEN, late) == (date(2026, 3, 2),)
    completeness.record(town.desk, completeness.compose(town.ours.id, date(2026, 2, 27), CHOSEN), CHOSEN)
    assert completeness.due(town.ours.id, CHOSEN, late) == (date(2026, 2, 27), date(2026, 3, 2))


def test_only_those_who_mend_or_answer_see_it(town: Town) -> None:
    take(town.ours.id, expected(1))
    completeness.record(town.desk, completeness.compose(town.ours.id, DAY, CHOSEN), CHOSEN)
    (day,) = completeness.listed(view(town.ours[Role.IT_ENGINEER].id))
    assert completeness.one(view(town.ours[Role.AUDITOR].id), DAY) == day
    assert completeness.listed(view(town.theirs[Role.DATA_CONTROLLER].id)) == ()
    with pytest.raises(RefusedError):
        completeness.listed(view(town.ours[Role.HR].id))


def test_without_sources_there_is_nothing_to_hold_against_anything(town: Town) -> None:
    before = completeness.has_calls(town.ours.id)
    assert not before
    take(town.ours.id, expected(1))
    found = completeness.has_calls(town.ours.id)
    assert found
