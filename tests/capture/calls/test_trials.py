"""Test calls from the recorder's side."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.sip.flows import Flow, Place
from muniment.capture.calls.trials import LASTS, MOST, Ended, Trials
from muniment.core.call_facts import CallFacts, CallStream, MaskedSpan, NoticeEvidence
from tests.capture.calls.client import source

SOURCE = source()
FACTS = CallFacts(
    id="call_1",
    direction="unknown",
    started=1000,
    ended=9000,
    legs=("test@here",),
    streams=tuple(
        CallStream(number, "", None, ("PCMU",), 40 + number, number, 0, 0, 0.0, 4.4, 0) for number in (0, 1)
    ),
    masks=(MaskedSpan(3000, 4000, 0, "sip"), MaskedSpan(3000, 4010, 1, "sip")),
    notice=NoticeEvidence("played", "welcome"),
    test=True,
)


def flow(host: str, port: int) -> Flow:
    return Flow("TCP", Place("192.0.2.10", 5060), Place(host, port))


def test_only_the_very_address_and_port_is_a_test_and_only_for_a_while() -> None:
    now = [0.0]
    trials = Trials(lambda: now[0])
    trials.expect("127.0.0.1", 4000, SOURCE)
    assert trials.of(flow("127.0.0.1", 4000)) is SOURCE
    assert trials.of(flow("127.0.0.1", 4001)) is None
    assert trials.of(flow("127.0.0.2", 4000)) is None
    assert trials.from_host("127.0.0.1")
    assert not trials.from_host("127.0.0.2")
    now[0] = LASTS + 1
    assert trials.of(flow("127.0.0.1", 4000)) is None
    assert not trials.from_host("127.0.0.1")


@given(st.integers(1, 3 * MOST))
def test_no_more_are_expected_than_there_is_room_for(count: int) -> None:
    trials = Trials(lambda: 0.0)
    for port in range(count):
        trials.expect("127.0.0.1", port, SOURCE)
    assert sum(trials.of(flow("127.0.0.1", port)) is not None for port in range(count)) == min(count, MOST)
    assert trials.of(flow("127.0.0.1", count - 1)) is SOURCE


def test_the_end_of_a_test_is_remembered_by_each_of_its_names() -> None:
    ended = Ended()
    assert ended.of("call_1").stage == "unknown"
    ended.over(FACTS, sealed=False)
    assert ended.of("test@here").stage == "over"
    ended.over(FACTS, sealed=True)
    state = ended.of("call_1")
    assert (state.stage, state.packets, state.lost, state.masked_ms) == ("sealed", (40, 41), (0, 1), 1000)
    assert state.notice.announcement == "welcome"
    ended.declined("call_2", ("other@here",))
    assert ended.of("other@here").stage == "declined"


def test_of_a_person_s_call_nothing_is_remembered() -> None:
    ended = Ended()
    ended.over(msgspec.structs.replace(FACTS, test=False), sealed=True)
    assert ended.of("call_1").stage == "unknown"
