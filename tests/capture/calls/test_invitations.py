"""When a client is asked for a recording session: at once, and after each failure later and later."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.invitations import (
    ASKING,
    LONGEST_MS,
    STANDS,
    STOOD_MS,
    Invitations,
    name_of,
)
from tests.capture.calls.client import source

MINE = source(invite="sip:192.0.2.20")
NAME = name_of(MINE)


class Clock:
    """The time, in milliseconds."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


def made() -> tuple[Invitations, Clock]:
    clock = Clock()
    return Invitations((source(name="other"), MINE), clock, shake=lambda: 1.0), clock


def pause(invitations: Invitations, clock: Clock) -> int:
    """How long it takes until the client is asked again, in seconds."""
    begun = clock.now
    while not invitations.due():
        clock.now += 1000
    return (clock.now - begun) // 1000


def test_only_those_that_are_set_up_so_are_asked_and_at_once() -> None:
    invitations, _ = made()
    assert invitations.state(NAME) == (ASKING, 0)
    assert invitations.state(name_of(source(name="other"))) == ("", 0)
    assert invitations.due() == [MINE]
    assert invitations.due() == []
    assert invitations.source(NAME) == MINE


def test_each_failure_doubles_the_pause_up_to_five_minutes() -> None:
    invitations, clock = made()
    pauses = []
    for _ in range(10):
        invitations.failed(NAME, "it refused with 486 Busy Here")
        pauses.append(pause(invitations, clock))
    assert pauses[1:] == [2, 4, 8, 16, 32, 64, 128, 256, 300]
    assert invitations.state(NAME) == ("it refused with 486 Busy Here", 10)


def test_a_session_that_stood_forgets_the_pauses_and_one_that_fell_at_once_does_not() -> None:
    invitations, clock = made()
    for stood, expected in ((1_000, 2), (1_000, 4), (STOOD_MS, 2)):
        invitations.due()
        invitations.stands(NAME, "dialog")
        assert invitations.state(NAME)[0] == STANDS
        clock.now += stood
        invitations.ended("dialog", "it hung up")
        assert pause(invitations, clock) == expected
    invitations.ended("another", "it hung up")


@given(st.lists(st.tuples(st.integers(-(10**10), 10**7), st.integers(0, 10**6)), max_size=30))
def test_whatever_the_clock_does_nobody_is_put_off_for_ever(steps: list[tuple[int, int]]) -> None:
    invitations, clock = made()
    for jump, after in steps:
        invitations.due()
        invitations.failed(NAME, "no", after)
        clock.now += jump
    invitations.failed(NAME, "no")
    clock.now += LONGEST_MS + 1
    assert invitations.due() == [MINE]
