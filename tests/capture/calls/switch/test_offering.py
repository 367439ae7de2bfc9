"""What a recording client says of a call, read back by the recorder's own readers."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.sip.bodies import bodies_of
from muniment.capture.calls.sip.message import Headers
from muniment.capture.calls.sip.metadata import parse_metadata
from muniment.capture.calls.sip.sdp import parse_sdp
from muniment.capture.calls.switch.offering import BODY_TYPE, Session, Side, body, description, metadata

ANN, BOB = Side("sip:+441632960123@firm.example", 'Ann "A" <Lee> & Co'), Side("sip:201@firm.example")
CALL = Session("call-1", (ANN, BOB))


def test_a_description_has_a_stream_for_each_port() -> None:
    read = parse_sdp(
        description((40_000, 40_002), "192.0.2.7", version=3, ways=("inactive", "sendonly")).encode()
    )
    assert [each.port for each in read.media] == [40_000, 40_002]
    assert [each.attributes.all("label") for each in read.media] == [["1"], ["2"]]
    assert [each.stated_direction for each in read.media] == ["inactive", "sendonly"]
    assert "IN IP6 2001:db8::1" in description((4000,), "2001:db8::1", version=1, ways=("sendonly",))


def test_metadata_say_who_sends_which_stream_and_who_called() -> None:
    read = parse_metadata(metadata(CALL).encode(), "utf-8")
    found = {each.address: each for each in read.participants}
    assert found[ANN.address].name == ANN.name
    assert dict(found[ANN.address].facts)["callingParty"] == "true"
    assert dict(found[BOB.address].facts)["callingParty"] == "false"
    assert [each.label for each in read.streams] == ["1", "2"]
    assert [link.sends for link in read.stream_links] == [(each.id,) for each in read.streams]
    assert not read.warnings


def test_on_hold_all_are_there_and_nobody_sends() -> None:
    held = replace(CALL, held=True, group="shop")
    read = parse_metadata(metadata(held).encode(), "utf-8")
    assert len(read.session_links) == 2
    assert [link.sends for link in read.stream_links] == [(), ()]
    assert [each.group for each in read.sessions] == [read.groups[0].id]
    offered = body(held, (40_000, 40_002), "127.0.0.1", version=1, direction="sendonly")
    sdp = parse_sdp(bodies_of(Headers((("content-type", BODY_TYPE),)), offered).sdp)
    assert [each.stated_direction for each in sdp.media] == ["inactive"] * 2


def test_whoever_has_gone_leaves_an_inactive_stream_behind() -> None:
    left = replace(CALL, sides=(ANN, None))
    read = parse_metadata(metadata(left).encode(), "utf-8")
    assert [each.address for each in read.participants] == [ANN.address]
    offered = body(left, (40_000, 40_002), "127.0.0.1", version=1, direction="sendonly")
    sdp = parse_sdp(bodies_of(Headers((("content-type", BODY_TYPE),)), offered).sdp)
    assert [each.stated_direction for each in sdp.media] == ["sendonly", "inactive"]


def test_the_body_of_an_invitation_holds_both() -> None:
    offered = body(CALL, (40_000, 40_002), "127.0.0.1", version=1, direction="sendonly")
    read = bodies_of(Headers((("content-type", BODY_TYPE),)), offered)
    assert b"m=audio 40000 RTP/AVP 0" in read.sdp
    assert b"callingParty" in read.metadata


@given(st.text(min_size=1, max_size=30).filter(lambda text: text.isprintable()))
def test_a_name_stays_the_same_and_two_calls_have_two(name: str) -> None:
    assert metadata(Session(name, (ANN, BOB))) == metadata(Session(name, (ANN, BOB)))
    assert metadata(Session(name, (ANN, BOB))) != metadata(Session(f"{name}!", (ANN, BOB)))
