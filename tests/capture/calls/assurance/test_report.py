"""The report of a day: figures that add up, gaps by name, one text for one report."""

import hashlib
from datetime import date

import pytest

from muniment.capture.calls.assurance import report
from muniment.capture.calls.assurance.matching import Known, match
from tests.capture.calls.assurance.test_matching import T, call, sound

DAY = date(2026, 3, 1)


def made() -> report.Report:
    calls = [
        call("a#0", call="one", line="201"),
        call("a#1", at=T + 600_000, names=frozenset({"second"}), call="two", line="202", addresses=frozenset({"ext:202"})),
        call("a#2", at=T + 900_000, names=frozenset({"third"}), was_answered=False),
        call("a#3", at=T + 1_200_000, names=frozenset({"fourth"}), call="four", addresses=frozenset()),
    ]  # fmt: skip
    sounds = [
        sound(masked_ms=9),
        sound("rec_x", at=T + 5_000_000),
        sound("rec_4", names=frozenset({"fourth"}), length_ms=10_000),
    ]
    found = match(calls, sounds, known=Known(down=((T + 600_000, T + 700_000),)))
    return report.compose("org_a", DAY, "Europe/London", found, accounts=4, recordings=3)


def test_the_figures_add_up() -> None:
    day = made()
    assert (day.expected, day.recorded, day.partly, day.not_recorded, day.not_expected) == (4, 0, 2, 1, 1)
    assert (day.unexplained, day.unexplained_count, day.recordings) == (("rec_x",), 1, 3)
    assert day.reasons == {"masked": 1, "source-down": 1, "not-answered": 1, "shorter": 1}
    assert day.reconciled


def test_each_gap_is_named_and_silence_on_purpose_is_none() -> None:
    gaps = {gap.call: (gap.outcome, gap.reasons, gap.line, gap.missing) for gap in made().gaps}
    assert gaps == {
        "two": ("not-recorded", ("source-down",), "202", 60),
        "four": ("partly", ("shorter",), "", 50),
    }


def test_no_number_of_an_outsider_is_in_it() -> None:
    assert b"1632" not in made().encode()


def test_one_text_and_its_digest() -> None:
    day = made()
    assert report.decode(day.encode()) == day
    assert day.digest == hashlib.sha256(day.encode()).hexdigest()
    assert day.encode() == made().encode()


def test_without_an_account_nothing_is_said_to_be_whole() -> None:
    assert not report.compose("org_a", DAY, "UTC", match([], [sound()]), accounts=0, recordings=1).reconciled


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 1), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)]
)
def test_a_day_is_as_long_as_the_clock_on_the_wall_says(day: date, hours: int) -> None:
    begins, ends = report.span(day, "Europe/London")
    assert (ends - begins) / 3600 == hours
