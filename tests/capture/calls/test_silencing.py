"""Silence on live calls: by the agent's desktop, by a page, by keys, by the queue."""

from typing import Any

from muniment.capture.calls.control import FindCall, PageShown, SilenceCall
from tests.capture.calls.client import ORGANISATION, Caller, Desk, source
from tests.capture.calls.test_silences import RULES

DTMF_RELAY = b"Signal=5\r\nDuration=160\r\n"


def masks(desk: Desk) -> list[tuple[object, ...]]:
    return [said for said in desk.recorder.said if said[0] in {"mask", "unmask"}]


def silence(desk: Desk, call: str, *, on: bool) -> bool:
    return desk.sessions.silencing.silence(
        SilenceCall(call, on, "api", "per_x", organisation=ORGANISATION)
    ).done


def test_a_call_is_found_by_the_switch_s_name_and_by_nobody_else() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    (call,) = desk.sessions.calls
    assert silence(desk, caller.call_id, on=True)
    assert desk.sessions.silencing.find(FindCall(caller.call_id, ORGANISATION)).call == call
    assert not desk.sessions.silencing.find(FindCall(caller.call_id, "org_other")).done
    assert not desk.sessions.silencing.silence(
        SilenceCall(call, True, "api", "per_x", organisation="org_other")
    ).done


def test_a_page_silences_while_it_is_shown_and_is_kept_nowhere() -> None:
    desk = Desk(card=RULES)
    Caller(desk).opens()
    (call,) = desk.sessions.calls
    shown = desk.sessions.silencing.page(
        PageShown(call, ORGANISATION, "https://shop.example/pay?order=4111", "per_x")
    )
    assert (shown.silent, shown.rule) == (True, "shop")
    assert not desk.sessions.silencing.page(
        PageShown(call, ORGANISATION, "https://shop.example/done", "per_x")
    ).silent
    assert masks(desk) == [("mask", None, "rule", "shop"), ("unmask", None, "rule", "shop")]
    assert "4111" not in str(desk.recorder.said)


def test_two_who_ask_are_both_heard() -> None:
    desk = Desk(card=RULES)
    Caller(desk).opens()
    (call,) = desk.sessions.calls
    silence(desk, call, on=True)
    desk.sessions.silencing.page(PageShown(call, ORGANISATION, "https://shop.example/pay", "per_x"))
    silence(desk, call, on=False)
    assert len(masks(desk)) == 1
    desk.sessions.silencing.page(PageShown(call, ORGANISATION, "https://shop.example/", "per_x"))
    assert [said[0] for said in masks(desk)] == ["mask", "unmask"]


def test_a_forgotten_silence_ends_by_itself() -> None:
    desk = Desk(longest_silence=30)
    Caller(desk).opens()
    (call,) = desk.sessions.calls
    silence(desk, call, on=True)
    desk.passes(29)
    desk.sessions.wake()
    assert len(masks(desk)) == 1
    desk.passes(2)
    desk.sessions.wake()
    assert [said[0] for said in masks(desk)] == ["mask", "unmask"]


def test_calls_of_a_queue_are_silent_from_the_beginning() -> None:
    desk = Desk((source(queue="X-Queue", headers=("X-Queue",)),), card=RULES)
    headers: dict[str, Any] = {"X-Queue": "payments"}
    Caller(desk, **headers).opens()
    assert masks(desk) == [("mask", None, "rule", "card")]


def test_pressed_keys_silence_for_a_while_after_the_last() -> None:
    desk = Desk(card=RULES)
    caller = Caller(desk)
    caller.opens()
    for _ in range(2):
        caller.says("INFO", DTMF_RELAY, "application/dtmf-relay")
        desk.passes(15)
        desk.sessions.wake()
    assert [said[0] for said in masks(desk)] == ["mask"]
    desk.passes(10)
    desk.sessions.wake()
    assert [said[0] for said in masks(desk)] == ["mask", "unmask"]
    assert "Signal" not in str(desk.recorder.said)
