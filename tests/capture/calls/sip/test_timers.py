"""What is to happen later happens in its order, once, unless it was cancelled."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.sip.timers import Timer, Timers


@given(
    st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=30),
    st.lists(st.integers(0, 60), max_size=6),
)
def test_everything_that_is_due_happens_in_order(wanted: list[tuple[int, bool]], moments: list[int]) -> None:
    timers = Timers()
    happened: list[tuple[int, int]] = []
    for number, (at, cancelled) in enumerate(wanted):
        timer = timers.set(at, partial(_note, happened, (at, number)))
        if cancelled:
            timer.cancel()
    expected = sorted((at, number) for number, (at, cancelled) in enumerate(wanted) if not cancelled)
    for moment in sorted(moments):
        timers.run(moment)
        assert happened == [each for each in expected if each[0] <= moment]
        later = [each for each in expected if each[0] > moment]
        assert timers.next() == (later[0][0] if later else None)


def test_a_timer_may_set_another_for_the_same_moment() -> None:
    timers = Timers()
    happened: list[float] = []

    def again(now: float) -> None:
        timers.set(now, happened.append)

    timers.set(1, again)
    timers.run(1)
    assert happened == [1]


def test_what_was_cancelled_does_not_pile_up() -> None:
    timers = Timers()
    kept: list[Timer] = []
    for number in range(20_000):
        timer = timers.set(1_000 + number, lambda _now: None)
        if number % 100:
            timer.cancel()
        else:
            kept.append(timer)
    assert len(timers) < 5_000
    assert timers.next() == kept[0].at


def _note(happened: list[tuple[int, int]], what: tuple[int, int], _now: float) -> None:
    happened.append(what)
