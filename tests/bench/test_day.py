"""A day of calls, cut to a packet of 120 ms: what must not grow does not, and nothing drifts apart."""

import pytest

from muniment.bench import day
from muniment.bench.day_child import DayPlan, DayResult
from muniment.core.errors import FaultFoundError

FRAME = 120  # ms
CUT = DayPlan(hours=24, calls=1, frame_ms=FRAME, sweep_seconds=60, short_calls=120)
MOST_GROWTH = 1.2


@pytest.fixture(scope="module")
def lived() -> DayResult:
    return day.play(CUT)


def test_memory_after_the_last_hour_is_that_after_the_first(lived: DayResult) -> None:
    assert lived.last_hour / lived.first_hour < MOST_GROWTH


def test_every_packet_of_a_day_is_kept_or_counted(lived: DayResult) -> None:
    assert lived.packets > 2 * 24 * 3_600_000 / FRAME * 0.9
    assert lived.unaccounted == 0


def test_streams_whose_clocks_run_apart_end_within_a_packet(lived: DayResult) -> None:
    assert lived.alignment_ms < FRAME / 2


def test_nothing_is_left_of_short_calls(lived: DayResult) -> None:
    assert (lived.descriptors, lived.rows) == (0, 0)


def test_the_figure_names_all_of_it(lived: DayResult, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day, "play", lambda _plan: lived)
    figure = day.measure()
    assert figure.name == "day"
    assert figure.ratio == pytest.approx(lived.last_hour / lived.first_hour, abs=0.01)
    assert figure.details["packets unaccounted"] == 0


def test_a_day_that_fails_says_why() -> None:
    with pytest.raises(FaultFoundError, match="not lived through"):
        day.play(DayPlan(hours=1, calls=1, frame_ms=0, sweep_seconds=60, short_calls=0))
