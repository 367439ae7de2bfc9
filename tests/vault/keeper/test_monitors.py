"""Who listens to calls under way: each by a word of their own, for half an hour, until it is said that they ended."""

import pytest

from muniment.core.errors import RefusedError
from muniment.vault.keeper.monitors import LIFE, MISSED, Monitors
from tests.vault.firm import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def monitors(clock: Clock) -> Monitors:
    return Monitors(clock)


def begun(monitors: Monitors, clock: Clock, warrant: str = "w", last: int = 1 << 40) -> bytes:
    return monitors.begin("org_a", warrant, "call_1", ("201",), last)


def test_a_word_is_good_for_half_an_hour_in_its_organisation(monitors: Monitors, clock: Clock) -> None:
    token = begun(monitors, clock)
    found = monitors.find("org_a", token)
    assert (found.call, found.lines, found.over) == ("call_1", ("201",), "")
    assert found.until == clock.time + LIFE
    with pytest.raises(RefusedError):
        monitors.find("org_b", token)
    clock.time += LIFE
    assert monitors.find("org_a", token).over


def test_it_is_not_good_beyond_its_warrant_nor_where_the_clock_was_set_back(
    monitors: Monitors, clock: Clock
) -> None:
    assert monitors.find("org_a", begun(monitors, clock, last=clock.time + 60)).until == clock.time + 60
    token = begun(monitors, clock)
    clock.time -= 1
    assert monitors.find("org_a", token).over


def test_a_warrant_that_is_taken_back_stops_all_of_its_listeners_and_no_others(
    monitors: Monitors, clock: Clock
) -> None:
    mine, other = begun(monitors, clock), begun(monitors, clock, "v")
    monitors.stop("org_a", "taken back", warrant="w")
    monitors.stop("org_b", "taken back", warrant="v")
    assert monitors.find("org_a", mine).over == "taken back"
    assert not monitors.find("org_a", other).over


def test_who_has_ended_is_forgotten(monitors: Monitors, clock: Clock) -> None:
    token = begun(monitors, clock)
    assert monitors.remove("org_a", token).call == "call_1"
    with pytest.raises(RefusedError):
        monitors.find("org_a", token)


def test_an_end_of_which_nobody_said_anything_is_missed_after_a_while(
    monitors: Monitors, clock: Clock
) -> None:
    begun(monitors, clock)
    clock.time += LIFE + MISSED
    assert monitors.missed("org_a") == ()
    clock.time += 1
    assert monitors.missed("org_b") == ()
    (found,) = monitors.missed("org_a")
    assert found.call == "call_1"
    assert monitors.missed("org_a") == ()
