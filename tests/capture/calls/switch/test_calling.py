"""A whole call from the client's side, as the recorder hears of it."""

import pytest

from muniment.capture.calls.switch.calling import ClientCall
from muniment.capture.calls.switch.offering import Side
from muniment.capture.calls.switch.signalling import CallRefusedError
from muniment.capture.calls.switch.speaking import silence
from tests.capture.calls.client import source
from tests.capture.calls.memory_recorder import MemoryRecorder
from tests.capture.calls.switch.recording import recording
from tests.installations import until

ANN = Side("sip:+441632960123@carrier.example", "Ann Lee")
BOB, CAL = Side("sip:201@firm.example", "Bob"), Side("sip:202@firm.example", "Cal")


def test_a_call_with_a_pause_and_a_transfer_is_told_as_it_was() -> None:
    here = (source(networks=("127.0.0.0/8",), queue="X-Queue"),)
    with recording(sources=here) as served:
        with ClientCall(served.reach(), (ANN, BOB), call="switch-7", headers={"X-Queue": "sales"}) as call:
            call.begin()
            call.say((silence(0.1), silence(0.1)))
            call.pause()
            call.resume()
            call.hand_over(1, CAL)
            call.end()
            assert call.sent == (5, 5)
        until(lambda: bool(served.recorder.closed), seconds=60)
        facts = served.recorder.facts
        assert (facts.direction, facts.queue, facts.legs) == ("inbound", "sales", ("switch-7",))
        assert [(party.role, party.name) for party in facts.parties] == [
            ("caller", "Ann Lee"),
            ("called", "Bob"),
            ("transferred", "Cal"),
        ]
        assert len(facts.holds) == 1
        assert ("event", "transfer") in served.recorder.said
        assert facts.defects == ()
        assert facts.test is False


def test_hold_park_and_conference_are_told_as_such() -> None:
    dan = Side("sip:203@firm.example", "Dan")
    with recording(sources=(source(networks=("127.0.0.0/8",)),)) as served:
        with ClientCall(served.reach(), (ANN, BOB), group="one") as call:
            call.begin()
            call.hold()
            call.retrieve()
            call.park(1)
            call.pick_up(1, CAL)
            call.add(dan)
            call.say((silence(0.04),) * 3)
            call.end()
            assert call.sent == (2, 2, 2)
        until(lambda: bool(served.recorder.closed), seconds=60)
        facts = served.recorder.facts
        assert [(party.role, party.name) for party in facts.parties] == [
            ("caller", "Ann Lee"),
            ("called", "Bob"),
            ("transferred", "Cal"),
            ("conference", "Dan"),
        ]
        assert len(facts.holds) == 2
        assert facts.masks == ()
        happened = [said[1] for said in served.recorder.said if said[0] == "event"]
        assert happened == ["caller", "hold", "resume", "left", "hold", "pick-up", "resume", "conference"]


def test_a_consultation_is_a_second_conversation_of_the_same_group() -> None:
    with recording(sources=(source(networks=("127.0.0.0/8",)),)) as served:
        with ClientCall(served.reach(), (ANN, BOB), group="one") as first:
            first.begin()
            first.hold()
            with ClientCall(served.reach(), (BOB, CAL), group="one") as second:
                second.begin()
                second.end()
            first.retrieve()
            first.end()
        until(lambda: bool(served.recorder.closed), seconds=60)
        assert [party.role for party in served.recorder.facts.parties] == ["caller", "called", "consulted"]


def test_left_without_an_end_it_is_cut_off_and_its_sockets_are_closed() -> None:
    with recording() as served:
        with ClientCall(served.reach(), (ANN, BOB)) as call:
            call.begin()
        assert all(stream.way.fileno() == -1 for stream in call.streams)


def test_a_recorder_without_ports_is_named() -> None:
    with (
        recording(recorder=MemoryRecorder(crowded=True)) as served,
        ClientCall(served.reach(), (ANN, BOB)) as call,
        pytest.raises(CallRefusedError, match="503"),
    ):
        call.begin()
