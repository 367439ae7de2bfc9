"""A source that is silent longer than it ever is: by its health questions, or by its calls after a week."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.rhythm import DAY, Rhythm, Rhythms

START = 20_000 * DAY


def asking(pause: int, times: int = 10) -> tuple[Rhythm, int]:
    rhythm, now = Rhythm(), START
    for _ in range(times):
        rhythm.heard("health", now)
        now += pause
    return rhythm, now - pause


def calling(days: int) -> tuple[Rhythm, int]:
    """A firm that calls each half hour from nine to five, and not at night."""
    rhythm, now = Rhythm(), START
    for day in range(days):
        for half_hour in range(17):
            now = START + day * DAY + 9 * 3600 + half_hour * 1800
            rhythm.heard("call", now)
    return rhythm, now


def test_health_questions_that_stop_are_silence_after_four_pauses() -> None:
    rhythm, last = asking(60)
    assert rhythm.silence(last + 240) == (0, 60)
    assert rhythm.silence(last + 241) == (241, 60)
    rhythm.heard("health", last + 300)
    assert rhythm.silence(last + 301)[0] == 0


def test_a_call_is_a_sign_of_life_too() -> None:
    rhythm, last = asking(60)
    rhythm.heard("call", last + 200)
    assert rhythm.silence(last + 300)[0] == 0


def test_a_few_questions_make_no_rhythm() -> None:
    rhythm, last = asking(10, times=3)
    assert rhythm.silence(last + DAY) == (0, 0)


def test_a_night_is_no_fault_and_a_morning_without_calls_is() -> None:
    rhythm, last = calling(10)
    assert rhythm.silence(last + 16 * 3600) == (0, 16 * 3600)
    assert rhythm.silence(last + 25 * 3600)[0] == 25 * 3600


def test_by_calls_alone_nothing_is_said_in_the_first_week() -> None:
    rhythm, last = calling(3)
    assert rhythm.silence(last + 3 * DAY) == (0, 0)


def test_a_source_that_never_spoke_is_not_called_silent() -> None:
    assert Rhythm().silence(START) == (0, 0)


@given(st.lists(st.tuples(st.sampled_from(["health", "call"]), st.integers(0, 3 * DAY)), max_size=60))
def test_it_remembers_no_more_than_a_fortnight_and_survives_any_clock(steps: list[tuple[str, int]]) -> None:
    rhythm = Rhythm()
    for kind, at in steps:
        rhythm.heard(kind, START + at)  # type: ignore[arg-type]  # one of both
    silent, usual = rhythm.silence(START + 4 * DAY)
    assert silent >= 0
    assert usual >= 0
    assert len(rhythm.pauses) <= 32
    assert len(rhythm.longest) <= 14


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sources.json"
    before = Rhythms(path)
    for step in range(8):
        before.heard("org_a", "sbc", "health", START + 30 * step)
    before.keep()
    after = Rhythms(path)
    (found,) = after.states({"org_a/sbc": "org_a"}, START + 30 * 7 + 500)
    assert (found.name, found.usual, found.silent, found.last_call) == ("sbc", 30, 500, 0)
    path.write_bytes(b"damaged")
    assert Rhythms(path).states({"org_a/sbc": "org_a"}, START)[0].last_health == 0
    Rhythms(tmp_path / "no" / "such" / "folder").keep()
