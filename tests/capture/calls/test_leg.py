"""m-lines as streams of the recorder. Whole conversations are in test_session."""

import pytest

from muniment.capture.calls.leg import Leg, Negotiation, NextNumber
from muniment.capture.calls.sip.answering import LocalDescription
from muniment.capture.calls.sip.message import Headers
from muniment.capture.calls.sip.sdp import Description, parse_sdp
from tests.capture.calls.client import SDP, Desk, source
from tests.capture.calls.memory_recorder import MemoryRecorder


@pytest.fixture
def recorder() -> MemoryRecorder:
    made = MemoryRecorder()
    made.open_call("org", "call", 0, "s")
    return made


def leg() -> Leg:
    return Leg("d", "call", source(), Desk().flow(), Headers(), "standard", LocalDescription(1, "192.0.2.10"))


def test_numbers_are_never_given_twice(recorder: MemoryRecorder) -> None:
    ours, numbers = leg(), NextNumber()
    for sdp in (SDP, SDP.replace("20000", "0"), SDP):
        Negotiation(recorder, ours, numbers).answer(parse_sdp(sdp.encode()))
    assert [said[1] for said in recorder.said if said[0] == "stream"] == [0, 1, 2]


def test_an_offer_without_its_earlier_lines_ends_them(recorder: MemoryRecorder) -> None:
    ours = leg()
    Negotiation(recorder, ours, NextNumber()).answer(parse_sdp(SDP.encode()))
    Negotiation(recorder, ours, NextNumber()).answer(Description("", ()))
    assert all(stream.ended for stream in ours.taken)
    assert not ours.paused


def test_our_offer_has_as_many_lines_as_the_client_named_streams_within_reason(
    recorder: MemoryRecorder,
) -> None:
    numbers = NextNumber()
    for count, lines in ((0, 1), (2, 2), (99, 4)):
        ours = leg()
        offer = parse_sdp(Negotiation(recorder, ours, numbers).offer(count, secure=True))
        assert len(offer.media) == lines
        assert all(media.transport == "RTP/SAVP" and media.crypto for media in offer.media)
        assert ours.offered


def test_an_answer_that_turns_a_line_down_ends_its_stream(recorder: MemoryRecorder) -> None:
    ours = leg()
    negotiation = Negotiation(recorder, ours, NextNumber())
    negotiation.offer(2, secure=False)
    negotiation.answered(parse_sdp(SDP.replace("20002", "0").encode()))
    assert [stream.ended for stream in ours.taken] == [False, True]
    assert ours.taken[0].codecs == ("PCMA", "PCMU", "TELEPHONE-EVENT")


def test_an_answer_with_too_few_lines_ends_the_rest(recorder: MemoryRecorder) -> None:
    ours = leg()
    negotiation = Negotiation(recorder, ours, NextNumber())
    negotiation.offer(2, secure=False)
    negotiation.answered(parse_sdp(b"v=0\r\nm=audio 9 RTP/AVP 0\r\na=inactive\r\n"))
    assert [stream.ended for stream in ours.taken] == [False, True]
    assert ours.paused
    assert recorder.said[-2][0] == "change"
