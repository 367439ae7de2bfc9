"""Rows of completeness."""

from datetime import UTC, date, datetime

from muniment.governance.models import DayReport, RecorderAway, RecorderSeen


def test_the_digest_covers_the_whole_report() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    one = DayReport(organisation_id="org_a", day=date(2026, 3, 1), made=at, expected=1, gaps=0, report="{}")
    other = DayReport(
        organisation_id="org_a", day=date(2026, 3, 1), made=at, expected=1, gaps=0, report="{ }"
    )
    assert one.facts()["report"] != other.facts()["report"]
    assert one.digest() != other.digest()


def test_each_row_says_what_it_is() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    assert "2026-03-01" in str(DayReport(day=date(2026, 3, 1)))
    assert "away" in str(RecorderAway(began=at))
    assert "seen" in str(RecorderSeen(last=at))
