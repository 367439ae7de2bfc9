"""The clock is in UTC and does not stand still."""

from datetime import UTC

from muniment.core import clock


def test_now_carries_its_zone() -> None:
    assert clock.now().tzinfo is UTC


def test_a_day_is_said_as_iso_8601() -> None:
    assert clock.day(1_800_000_000) == "2027-01-15"


def test_seconds_are_those_of_now() -> None:
    before = int(clock.now().timestamp())
    assert before <= clock.seconds() <= int(clock.now().timestamp())
