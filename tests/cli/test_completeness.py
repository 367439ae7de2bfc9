"""`muniment source report` in words."""

from datetime import UTC, date, datetime

import pytest

from muniment.capture.calls.assurance import report
from muniment.capture.calls.assurance.matching import match
from muniment.cli import completeness
from muniment.core.errors import WrongUseError
from muniment.governance.completeness import ReportView
from tests.capture.calls.assurance.test_report import made


def test_a_report_names_each_gap_and_its_place_in_the_ledger() -> None:
    day = made()
    said = completeness.said(ReportView(day.day, datetime(2026, 3, 2, tzinfo=UTC), day, day.digest, 17))
    assert "4 expected. 0 recorded, 2 in part, 1 not recorded, 1 not to be recorded" in said
    assert "two on 202: not-recorded (source-down), 60 s missing" in said
    assert said.endswith(f"SHA-256 {day.digest}, entry 17 of the ledger.")


def test_where_nothing_came_in_it_says_so() -> None:
    day = report.compose("org_a", date(2026, 3, 1), "UTC", match([], []), accounts=0, recordings=0)
    said = completeness.said(ReportView(day.day, datetime(2026, 3, 2, tzinfo=UTC), day, day.digest, -1))
    assert "nobody knows what is missing" in said
    assert "not in the ledger yet" in said


def test_what_is_no_day_is_refused() -> None:
    with pytest.raises(WrongUseError, match="no day"):
        completeness._day("yesterday")
