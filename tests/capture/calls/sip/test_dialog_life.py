"""Dialogs over time: who refreshes, who gives up, what is asked of the client."""

import pytest

from muniment.capture.calls.sip.message import Message, Request
from muniment.capture.calls.sip.sdp import parse_sdp
from tests.capture.calls.client import METADATA, SDP, Caller, Desk, multipart

PARTIAL = METADATA.replace("complete", "partial")
METADATA_TYPE = "application/rs-metadata+xml"


def requests(sent: list[Message], method: str) -> list[Request]:
    return [each for each in sent if isinstance(each, Request) and each.method == method]


@pytest.mark.parametrize(
    ("supported", "expires", "refresher"),
    [
        ("", "600", "uas"),
        ("", "600;refresher=uas", "uas"),
        ("timer", "600", "uac"),
        ("timer", "600;refresher=uac", "uac"),
        ("timer", "600;refresher=uas", "uas"),
    ],
)
def test_the_refresher_is_the_one_that_the_standard_allows(
    supported: str, expires: str, refresher: str
) -> None:
    desk = Desk()
    caller = Caller(desk, Supported=supported)
    response = caller.opens(Session_Expires=expires)
    assert response.headers.first("session-expires") == f"600;refresher={refresher}"
    assert ("timer" in response.headers.tokens("require")) == (refresher == "uac")
    sent = desk.passes(301)
    assert len(requests(sent, "UPDATE")) >= (1 if refresher == "uas" else 0)
    assert bool(requests(sent, "UPDATE")) == (refresher == "uas")


def test_a_client_that_does_not_refresh_is_hung_up_before_the_time_is_over() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens(Session_Expires="90;refresher=uac")
    assert requests(desk.passes(59), "BYE") == []
    (bye, *_) = requests(desk.passes(2), "BYE")  # 90 less a third
    assert bye.headers.first("call-id") == caller.call_id
    assert any("fell silent" in defect for defect in desk.recorder.facts.defects)


def test_a_refresh_by_the_client_counts_anew() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens(Session_Expires="90;refresher=uac")
    for _ in range(5):
        desk.passes(50)
        (response,) = caller.says("UPDATE", Session_Expires="90;refresher=uac")
        assert response.status == 200
        assert response.headers.first("session-expires") == "90;refresher=uac"
    assert desk.recorder.closed == {}


def test_our_refresh_is_an_update_without_sdp_and_its_answer_keeps_the_call() -> None:
    desk = Desk()
    caller = Caller(desk, Supported="")
    caller.opens(Session_Expires="90")
    for _ in range(4):
        (update,) = requests(desk.passes(46), "UPDATE")[:1]
        assert update.body == b""
        assert update.headers.first("session-expires") == "90;refresher=uac"
        caller.answers(update, 200)
        desk.passes(1)
    assert desk.recorder.closed == {}


@pytest.mark.parametrize("answer", [None, 481, 408])
def test_a_client_that_no_longer_knows_the_call_ends_it(answer: int | None) -> None:
    desk = Desk()
    caller = Caller(desk, Supported="")
    caller.opens(Session_Expires="90")
    (update,) = requests(desk.passes(46), "UPDATE")[:1]
    if answer:
        caller.answers(update, answer)
    else:
        desk.passes(40)
    assert any("no longer knew" in defect for defect in desk.recorder.facts.defects)


def test_an_answer_that_is_no_yes_still_shows_that_the_client_lives() -> None:
    desk = Desk()
    caller = Caller(desk, Supported="")
    caller.opens(Session_Expires="90")
    (update,) = requests(desk.passes(46), "UPDATE")[:1]
    caller.answers(update, 500)
    desk.passes(20)
    assert desk.recorder.closed == {}


def test_a_refresh_that_is_too_short_is_made_again_with_more() -> None:
    desk = Desk()
    caller = Caller(desk, Supported="")
    caller.opens(Session_Expires="90")
    (update,) = requests(desk.passes(46), "UPDATE")[:1]
    (again,) = requests(caller.answers(update, 422, Min_SE="300"), "UPDATE")
    assert again.headers.first("session-expires") == "300;refresher=uac"


def test_a_client_without_update_is_refreshed_by_an_invite_that_changes_nothing() -> None:
    desk = Desk()
    caller = Caller(desk, Supported="", Allow="INVITE, ACK, BYE")
    response = caller.opens(Session_Expires="90")
    (invite,) = requests(desk.passes(46), "INVITE")[:1]
    assert invite.body == response.body  # the same o= line, version and all
    crossing = caller.says("INVITE", SDP.encode(), "application/sdp")
    assert [each.status for each in crossing] == [491]
    (ack,) = requests(caller.answers(invite, 200, SDP.encode(), Content_Type="application/sdp"), "ACK")
    assert ack.headers.first("cseq") == invite.headers.first("cseq").replace("INVITE", "ACK")
    assert requests(caller.answers(invite, 200), "ACK") == [
        ack
    ]  # a 2xx that comes again is acknowledged again
    assert desk.recorder.closed == {}


def test_an_invite_of_ours_that_is_refused_is_acknowledged_in_its_transaction() -> None:
    desk = Desk()
    caller = Caller(desk, Supported="", Allow="INVITE, ACK, BYE")
    caller.opens(Session_Expires="90")
    (invite,) = requests(desk.passes(46), "INVITE")[:1]
    (ack,) = requests(caller.answers(invite, 488), "ACK")
    assert ack.headers.first("via") == invite.headers.first("via")


def test_a_snapshot_is_asked_for_when_something_was_missed() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.invite(multipart(metadata=PARTIAL))
    (update,) = requests(caller.ack(), "UPDATE")
    assert b"<requestsnapshot" in update.body
    assert b"v=0" not in update.body
    assert update.headers.first("content-type") == METADATA_TYPE
    assert update.headers.first("content-disposition") == "recording-session"
    caller.answers(update, 200)
    caller.says("UPDATE", METADATA.encode(), METADATA_TYPE, Content_Disposition="recording-session")
    caller.bye()
    assert "metadata incomplete" in desk.recorder.facts.defects  # that it was, for a while, stays said


def test_the_snapshot_request_has_the_type_that_the_client_accepts() -> None:
    desk = Desk()
    caller = Caller(desk, Accept="application/sdp, application/rs-metadata")
    caller.invite(multipart(metadata=PARTIAL))
    (update,) = requests(caller.ack(), "UPDATE")
    assert update.headers.first("content-type") == "application/rs-metadata"


def test_a_client_without_update_in_its_allow_is_asked_for_nothing() -> None:
    desk = Desk()
    caller = Caller(desk, Allow="INVITE, ACK, BYE")
    caller.invite(multipart(metadata=PARTIAL))
    assert caller.ack() == []
    caller.bye()
    assert "metadata incomplete" in desk.recorder.facts.defects


def test_a_snapshot_request_that_crosses_theirs_is_made_again_within_two_seconds() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.invite(multipart(metadata=PARTIAL))
    (update,) = requests(caller.ack(), "UPDATE")
    caller.answers(update, 491)
    (again,) = requests(desk.passes(2.1), "UPDATE")[:1]
    assert again.headers.first("cseq") != update.headers.first("cseq")


def test_snapshots_are_not_asked_for_without_end() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.invite(multipart(metadata=PARTIAL))
    asked = requests(caller.ack(), "UPDATE")
    for _ in range(10):
        for update in asked[-1:]:
            caller.answers(update, 200)
        sent = desk.deliver(
            caller.message("UPDATE", PARTIAL.encode(), METADATA_TYPE, Content_Disposition="recording-session")
        )
        asked += requests(sent, "UPDATE")
    assert len(asked) == 3


def test_a_later_invite_stands_for_an_ack_that_was_lost() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.invite()
    (response,) = caller.says("INVITE", SDP.encode(), "application/sdp")
    assert response.status == 200
    caller.ack()
    assert desk.passes(60) == []
    assert desk.recorder.closed == {}


def test_an_ack_of_another_number_is_not_the_one_that_is_waited_for() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.invite()
    desk.deliver(caller.message("ACK", number=9))
    assert desk.passes(1)  # the 2xx comes again


def test_an_offerless_reinvite_gets_our_description_again() -> None:
    desk = Desk()
    caller = Caller(desk)
    first = caller.opens()
    second = caller.invite(b"")
    assert parse_sdp(second.body).media == parse_sdp(first.body).media
    caller.ack(SDP.encode())
    assert [said[0] for said in desk.recorder.said].count("stream") == 2
    assert desk.recorder.said[-1] == ("change", 1, 20002, "sendonly")
