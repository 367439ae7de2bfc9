"""The worker holds calls against accounts within the hour, and looks for the recorder each minute."""

from datetime import UTC, datetime, timedelta

from muniment.core.assurance_settings import AssuranceSettings
from muniment.core.call_settings import CallListener, CallSettings
from muniment.governance.models import DayReport, RecorderAway
from muniment.processes.reconciling import Reconciling
from tests.governance.test_completeness import DAY, expected, take
from tests.residents import keeper, town
from tests.town import Town

__all__ = ["keeper", "town"]

MORNING = datetime(DAY.year, DAY.month, DAY.day, 8, tzinfo=UTC) + timedelta(days=1)


def reconciling(town: Town, *, answers: bool = True) -> Reconciling:
    chosen = CallSettings(listeners=(CallListener(),), assurance=AssuranceSettings(zone="UTC"))
    return Reconciling(
        town.desk, lambda: (town.ours.id, town.theirs.id), lambda: answers, chosen, now=lambda: MORNING
    )


def test_yesterday_is_reported_for_who_has_calls(town: Town) -> None:
    take(town.ours.id, expected(1))
    rounds = reconciling(town)
    assert rounds.round() == 1
    assert [(row.organisation_id, row.day, row.gaps) for row in DayReport.objects.all()] == [
        (town.ours.id, DAY, 1)
    ]
    assert rounds.round() == 0


def test_late_recordings_change_the_report_within_the_hour(town: Town) -> None:
    take(town.ours.id, expected(1))
    rounds = reconciling(town)
    rounds.round()
    take(town.ours.id, recorded=(1,))
    rounds.reported -= 3600
    assert rounds.round() == 1
    assert [row.gaps for row in DayReport.objects.order_by("pk")] == [1, 0]


def test_an_account_that_comes_in_is_seen_at_the_next_look(town: Town) -> None:
    take(town.ours.id, expected(1))
    rounds = reconciling(town)
    rounds.round()
    take(town.ours.id, expected(2))
    assert rounds.round() == 1
    assert rounds.round() == 0
    assert [row.gaps for row in DayReport.objects.order_by("pk")] == [1, 2]


def test_a_recorder_that_does_not_answer_is_noted(town: Town) -> None:
    reconciling(town, answers=False).round()
    assert RecorderAway.objects.filter(over__isnull=True).count() == 1
