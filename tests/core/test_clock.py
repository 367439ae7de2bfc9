"""The clock is in UTC and does not stand still."""

from datetime import UTC

from muniment.core import clock


def test_now_carries_its_zone() -> None:
    assert clock.now().tzinfo is UTC


def test_seconds_are_those_of_now() -> None:
    before = int(clock.now().timestamp())
    assert before <= clock.seconds() <= int(clock.now().timestamp())
