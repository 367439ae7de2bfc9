"""A call is provisional while its notice lasts. What is heard of the notice is in test_notice, rules in test_ruling."""

from tests.capture.calls.client import Caller, Desk, source


def test_a_call_is_provisional_until_the_notice_has_ended() -> None:
    desk = Desk(sources=(source(notice_seconds=8),))
    caller = Caller(desk)
    caller.opens()
    desk.passes(7)
    assert desk.recorder.kept == []
    desk.passes(1)
    assert len(desk.recorder.kept) == 1
    caller.bye()
    assert desk.recorder.discarded == {}


def test_hanging_up_during_the_notice_keeps_nothing() -> None:
    desk = Desk(sources=(source(notice_seconds=8),))
    caller = Caller(desk)
    caller.opens()
    desk.passes(7)
    caller.bye()
    assert list(desk.recorder.discarded.values()) == ["ended before the notice did"]
    assert desk.recorder.closed == {}
