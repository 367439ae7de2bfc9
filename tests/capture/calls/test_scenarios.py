"""Consultation, transfer, conference, hold and park, each by name, as recording clients say them (RFC 8068).

One call is one record, whatever becomes of it: who took part and how, when somebody was on hold, by which
dialogs it was told, and which other recordings are of the same call.
"""

import pytest

from muniment.capture.calls.ports import ON_HOLD
from muniment.core.call_facts import CallFacts
from tests.capture.calls.client import Caller, Desk, multipart, source
from tests.capture.calls.conversations import BOB, document, says, streams, talk
from tests.capture.calls.live.test_recovering import replayed

SEND, QUIET = "sendonly", "inactive"
BEGINNING = document(talk("s1", ann=1, bob=2))


def begins(desk: Desk, metadata: str = BEGINNING, *ways: str) -> Caller:
    caller = Caller(desk)
    caller.opens(multipart(streams(*ways or (SEND, SEND)), metadata))
    return caller


def roles(facts: CallFacts) -> dict[str, str]:
    return {party.dialled: party.role for party in facts.parties}


def happened(desk: Desk) -> list[tuple[str, str]]:
    """Events in their order, each with the user part that it names."""
    return [
        (what, str(said.get("address", "")).partition(":")[2].partition("@")[0])
        for what, said in desk.recorder.events
        if what != "caller"
    ]


def masked(desk: Desk) -> bool:
    """Whether somebody asked for silence."""
    return any(said[0] == "mask" and said[2] != ON_HOLD for said in desk.recorder.said)


def deaf(desk: Desk) -> list[tuple[object, ...]]:
    """Where what comes is not kept, because the client says that nothing comes."""
    return [said[:2] for said in desk.recorder.said if said[0] in {"mask", "unmask"} and said[2] == ON_HOLD]


# --- hold -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("null", [False, True], ids=["a=inactive", "c=0.0.0.0"])
def test_hold_by_a_stream_that_its_sender_left_is_a_hold_and_no_mask(null: bool) -> None:
    desk = Desk()
    caller = begins(desk)
    sdp = streams(QUIET, QUIET)
    if null:
        sdp = sdp.replace("IN IP4 192.0.2.20\r\nt=", "IN IP4 0.0.0.0\r\nt=").replace("a=inactive\r\n", "")
    caller.opens(multipart(sdp, document(talk("s1", ann=0, bob=0))))
    desk.passes(30)
    caller.opens(multipart(streams(SEND, SEND), BEGINNING))
    desk.passes(5)
    caller.bye()
    assert [end - start for start, end in desk.recorder.facts.holds] == [30_000]
    assert desk.recorder.facts.masks == ()
    assert not masked(desk)
    assert deaf(desk) == [("mask", 0), ("mask", 1), ("unmask", 0), ("unmask", 1)]
    assert happened(desk) == [("hold", ""), ("resume", "")]


def test_hold_of_one_side_alone_is_a_hold() -> None:
    desk = Desk()
    caller = begins(desk)
    caller.opens(multipart(streams(QUIET, SEND), document(talk("s1", ann=0, bob=2))))
    desk.passes(10)
    says(caller, BEGINNING)
    caller.bye()
    assert [end - start for start, end in desk.recorder.facts.holds] == [10_000]
    assert not masked(desk)


def test_an_inactive_stream_whose_sender_stays_is_a_pause_of_the_recording_and_is_masked() -> None:
    desk = Desk()
    caller = begins(desk)
    caller.opens(multipart(streams(QUIET, QUIET), BEGINNING))
    desk.passes(7)
    caller.opens(multipart(streams(SEND, SEND), BEGINNING))
    caller.bye()
    assert [(span.end - span.start, span.why) for span in desk.recorder.facts.masks] == [(7000, "sip")] * 2


def test_whoever_hangs_up_on_hold_ends_the_hold_with_the_call() -> None:
    desk = Desk()
    caller = begins(desk)
    says(caller, document(talk("s1", ann=0, bob=0)))
    desk.passes(12)
    caller.bye()
    assert [end - start for start, end in desk.recorder.facts.holds] == [12_000]


# --- transfer -------------------------------------------------------------------------------------------


def test_transfer_in_the_same_session_names_who_left_and_who_came() -> None:
    desk = Desk()
    caller = begins(desk)
    says(caller, document(talk("s1", ann=1, cal=2)))
    caller.bye()
    facts = desk.recorder.facts
    assert roles(facts) == {"+441632960123": "caller", "201": "called", "202": "transferred"}
    assert happened(desk) == [("left", "201"), ("transfer", "202")]
    assert [stream.party for stream in facts.streams] == [0, 2]


def test_transfer_by_a_partial_document_that_says_who_left() -> None:
    desk = Desk()
    caller = begins(desk)
    says(caller, document(talk("s1", cal=2), gone=((BOB, "s1"),), complete=False))
    caller.bye()
    assert roles(desk.recorder.facts)["202"] == "transferred"
    assert happened(desk) == [("left", "201"), ("transfer", "202")]


# --- conference -----------------------------------------------------------------------------------------


def test_conference_of_three_on_streams_of_their_own() -> None:
    desk = Desk()
    caller = begins(desk)
    caller.opens(multipart(streams(SEND, SEND, SEND), document(talk("s1", ann=1, bob=2, cal=3))))
    caller.bye()
    facts = desk.recorder.facts
    assert roles(facts) == {"+441632960123": "caller", "201": "called", "202": "conference"}
    assert [(party.dialled, party.stream) for party in facts.parties] == [
        ("+441632960123", 0),
        ("201", 1),
        ("202", 2),
    ]
    assert happened(desk) == [("conference", "202")]


def test_conference_out_of_a_consultation() -> None:
    desk = Desk()
    caller = begins(desk)
    consulted = document(talk("s1", ann=0, bob=0), talk("s2", bob=3, cal=4))
    caller.opens(multipart(streams(QUIET, QUIET, SEND, SEND), consulted))
    caller.opens(multipart(streams(SEND, SEND, SEND, ""), document(talk("s1", ann=1, bob=2, cal=3))))
    caller.bye()
    assert roles(desk.recorder.facts)["202"] == "conference"
    assert happened(desk) == [
        ("consultation", "202"), ("hold", ""), ("conference", "202"), ("resume", ""),
    ]  # fmt: skip


# --- consultation ---------------------------------------------------------------------------------------


def test_consultation_in_the_same_recording_session_and_return() -> None:
    desk = Desk()
    caller = begins(desk)
    desk.passes(10)
    consulted = document(talk("s1", ann=1, bob=2), talk("s2", bob=3, cal=4))
    caller.opens(multipart(streams(QUIET, QUIET, SEND, SEND), consulted))
    desk.passes(20)
    back = document(talk("s1", ann=1, bob=2), talk("s2", True, bob=0, cal=0))
    caller.opens(multipart(streams(SEND, SEND, "", ""), back))
    desk.passes(10)
    caller.bye()
    facts = desk.recorder.facts
    assert roles(facts) == {"+441632960123": "caller", "201": "called", "202": "consulted"}
    assert [(start - facts.started, end - facts.started) for start, end in facts.holds] == [(10_000, 30_000)]
    assert happened(desk) == [
        ("consultation", "202"), ("hold", ""), ("left", "202"), ("resume", ""),
    ]  # fmt: skip
    assert [stream.party for stream in facts.streams] == [0, 1, 1, 2]
    assert not masked(desk)
    assert len(facts.legs) == 1


def consulting(desk: Desk, group: str = "one") -> tuple[Caller, Caller]:
    """The first conversation on hold, and the second in a recording session of its own."""
    first = begins(desk, BEGINNING.replace("one", group))
    desk.passes(10)
    first.opens(multipart(streams(QUIET, QUIET), document(talk("s1", ann=0, bob=0), group=group)))
    desk.passes(2)
    second = begins(desk, document(talk("s2", bob=1, cal=2), group=group))
    desk.passes(20)
    return first, second


def test_consultation_in_a_recording_session_of_its_own_and_return_is_one_record() -> None:
    desk = Desk()
    first, second = consulting(desk)
    assert len(desk.sessions.calls) == 1
    second.bye()
    desk.passes(1)
    first.opens(multipart(streams(SEND, SEND), BEGINNING))
    first.bye()
    facts = desk.recorder.facts
    assert roles(facts) == {"+441632960123": "caller", "201": "called", "202": "consulted"}
    assert facts.legs == (first.call_id, second.call_id)
    assert [end - start for start, end in facts.holds] == [23_000]
    assert [stream.party for stream in facts.streams] == [0, 1, 1, 2]
    assert happened(desk) == [
        ("hold", ""), ("consultation", "202"), ("left", "202"), ("resume", ""),
    ]  # fmt: skip


def test_consultation_and_transfer_over_recording_sessions_is_one_record() -> None:
    desk = Desk()
    first, second = consulting(desk)
    third = begins(desk, document(talk("s3", ann=1, cal=2)))
    first.bye()
    second.bye()
    desk.passes(30)
    third.bye()
    facts = desk.recorder.facts
    assert roles(facts) == {"+441632960123": "caller", "201": "called", "202": "transferred"}
    assert len(facts.legs) == 3
    assert ("transfer", "202") in happened(desk)
    assert [end - start for start, end in facts.holds] == [22_000]


def test_consultation_whose_transfer_begins_after_all_has_ended_is_a_second_part_of_the_same_call() -> None:
    desk = Desk()
    first, second = consulting(desk)
    second.bye()
    first.bye()
    (earlier,) = desk.recorder.closed
    desk.passes(3)
    begins(desk, document(talk("s3", ann=1, cal=2))).bye()
    later = next(facts for name, facts in desk.recorder.closed.items() if name != earlier)
    assert later.global_id == desk.recorder.closed[earlier].global_id
    assert later.parts == (earlier,)


def test_conversations_of_one_group_with_nobody_in_common_are_two_calls() -> None:
    desk = Desk()
    first = begins(desk)
    second = begins(desk, document(talk("s2", cal=1, dan=2)))
    assert len(desk.sessions.calls) == 2
    first.bye()
    second.bye()
    assert len({facts.global_id for facts in desk.recorder.closed.values()}) == 2
    assert all(facts.parts == () for facts in desk.recorder.closed.values())


def test_a_group_counts_for_its_own_client_alone() -> None:
    desk = Desk(
        sources=(source(networks=("192.0.2.20/32",)), source(name="pbx", networks=("198.51.100.0/24",)))
    )
    begins(desk)
    other = Caller(desk, desk.flow()._replace(peer=desk.flow().peer._replace(host="198.51.100.5")))
    other.opens(multipart(streams(SEND, SEND), document(talk("s2", bob=1, cal=2))))
    assert len(desk.sessions.calls) == 2


# --- park -----------------------------------------------------------------------------------------------


def test_park_and_pick_up_in_one_recording_session() -> None:
    desk = Desk()
    caller = begins(desk)
    caller.opens(multipart(streams(QUIET, QUIET), document(talk("s1", ann=0))))
    desk.passes(45)
    caller.opens(multipart(streams(SEND, SEND), document(talk("s1", ann=1, cal=2))))
    desk.passes(5)
    caller.bye()
    facts = desk.recorder.facts
    assert roles(facts) == {"+441632960123": "caller", "201": "called", "202": "transferred"}
    assert [end - start for start, end in facts.holds] == [45_000]
    assert happened(desk) == [
        ("left", "201"), ("hold", ""), ("pick-up", "202"), ("resume", ""),
    ]  # fmt: skip
    assert not masked(desk)


def test_park_that_the_same_person_takes_back_changes_no_role() -> None:
    desk = Desk()
    caller = begins(desk)
    says(caller, document(talk("s1", ann=0)))
    desk.passes(5)
    says(caller, BEGINNING)
    caller.bye()
    assert roles(desk.recorder.facts) == {"+441632960123": "caller", "201": "called"}
    assert ("joined", "201") in happened(desk)


@pytest.mark.parametrize(("minutes", "same"), [(20, True), (70, False)])
def test_park_whose_recording_ends_is_picked_up_in_another_part_within_the_hour(
    minutes: int, same: bool
) -> None:
    desk = Desk()
    begins(desk).bye()
    (parked,) = desk.recorder.closed
    desk.passes(minutes * 60)
    begins(desk, document(talk("s9", ann=1, cal=2))).bye()
    picked = next(facts for name, facts in desk.recorder.closed.items() if name != parked)
    assert (picked.global_id == desk.recorder.closed[parked].global_id) is same
    assert picked.parts == ((parked,) if same else ())
    assert (("continues", "") in happened(desk)) is same


# --- where only the file is left --------------------------------------------------------------------------


def test_each_of_them_is_known_again_from_the_file() -> None:
    desk = Desk()
    caller = begins(desk)
    consulted = document(talk("s1", ann=0, bob=0), talk("s2", bob=3, cal=4))
    caller.opens(multipart(streams(QUIET, QUIET, SEND, SEND), consulted))
    found = replayed(desk, [source()])
    caller.bye()
    told = desk.recorder.facts
    assert roles(found) == roles(told) == {"+441632960123": "caller", "201": "called", "202": "consulted"}
    assert found.global_id == told.global_id


def test_a_part_that_goes_on_says_so_in_its_file() -> None:
    desk = Desk()
    begins(desk).bye()
    (parked,) = desk.recorder.closed
    before = len(desk.recorder.signals), len(desk.recorder.events), len(desk.recorder.said)
    caller = begins(desk, document(talk("s9", ann=1, cal=2)))
    del desk.recorder.signals[: before[0]], desk.recorder.events[: before[1]], desk.recorder.said[: before[2]]
    found = replayed(desk, [source()])
    caller.bye()
    assert found.parts == (parked,)
    assert found.global_id == desk.recorder.closed[parked].global_id
