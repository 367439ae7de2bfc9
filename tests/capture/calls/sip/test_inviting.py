"""Recording sessions that we start: the client offers in its 200, our answer is in the ACK (RFC 7866 6.2, 7.2)."""

import pytest

from muniment.capture.calls.invitations import STANDS
from muniment.capture.calls.sip.inviting import UNANSWERED, UNREACHABLE
from muniment.capture.calls.sip.message import Request
from muniment.capture.calls.sip.sdp import parse_sdp
from tests.capture.calls.client import SDP, Desk, multipart, source
from tests.capture.calls.conversations import document, streams, talk
from tests.capture.calls.invited import SOURCE, URI, Client, requests

IDLE = streams("inactive", "inactive").encode()


def test_the_invitation_is_what_the_standard_asks_for() -> None:
    invite = Client().invite
    headers = invite.headers
    assert (invite.method, invite.uri, invite.body) == ("INVITE", URI, b"")
    assert headers.tokens("require") == {"siprec"}
    assert headers.first("contact").endswith(";+sip.srs")
    assert {"timer", "siprec"} <= headers.tokens("supported")
    assert "application/sdp" in headers.tokens("accept")
    assert headers.first("session-expires") == "1800"
    assert headers.first("cseq") == "1 INVITE"


def test_the_answer_to_the_clients_offer_is_in_the_ack() -> None:
    client = Client()
    ack = client.accepts(IDLE)
    assert ack.headers.first("cseq") == "1 ACK"
    assert ack.headers.first("content-type") == "application/sdp"
    answer = parse_sdp(ack.body)
    assert [(media.stated_direction, media.label) for media in answer.media] == [
        ("inactive", "1"),
        ("inactive", "2"),
    ]
    assert client.state() == STANDS
    assert client.desk.recorder.open == {}


def test_a_lost_ack_is_sent_again_with_its_answer() -> None:
    client = Client()
    first = client.accepts(IDLE)
    (again,) = client.answers(200, IDLE)
    assert isinstance(again, Request)
    assert (again.method, again.body) == ("ACK", first.body)
    assert len(client.desk.agent.dialogs) == 1


def test_it_is_repeated_over_datagrams_until_it_is_answered_and_no_longer() -> None:
    client = Client()
    assert [each.method for each in requests(client.desk.passes(3))] == ["INVITE", "INVITE"]
    client.answers(100)
    assert client.desk.passes(5) == []
    client.accepts(IDLE)


def test_one_that_does_not_answer_is_asked_again() -> None:
    client = Client()
    client.desk.passes(33)
    assert client.state() == UNANSWERED
    client.asked()
    client.accepts(IDLE)
    assert client.state() == STANDS


def test_a_connection_that_cannot_be_made_is_known_at_once() -> None:
    client = Client(Desk((SOURCE,), transport="TCP"))
    client.desk.agent.unreachable(client.desk.flow(), client.desk.now)
    assert client.state() == UNREACHABLE
    client.asked()
    client.accepts(IDLE)


@pytest.mark.parametrize("status", [302, 403, 486, 488, 603])
def test_a_refusal_is_acknowledged_and_named(status: int) -> None:
    client = Client()
    (ack,) = client.answers(status)
    assert isinstance(ack, Request)
    assert (ack.method, ack.body) == ("ACK", b"")
    assert str(status) in client.state()
    assert client.desk.agent.dialogs == {}


def test_retry_after_is_respected() -> None:
    client = Client()
    client.answers(503, Retry_After="90 (soon)")
    before = client.desk.now
    client.asked()
    assert 90 <= client.desk.now - before <= 92


def test_too_short_a_timer_is_asked_for_again_at_once_with_the_clients_own() -> None:
    client = Client(Desk((SOURCE,), session_seconds=120))
    sent = requests(client.answers(422, Min_SE="600"))
    assert [each.method for each in sent] == ["ACK", "INVITE"]
    assert sent[1].headers.first("session-expires") == "600"
    assert sent[1].headers.first("min-se") == "600"
    assert sent[1].headers.first("call-id") != client.invite.headers.first("call-id")


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", SDP.replace("8 0 101", "96").encode(), SDP.replace("m=audio", "m=video").encode()],
    ids=["no offer", "no description", "no codec", "no sound"],
)
def test_an_offer_that_cannot_be_taken_is_turned_down_in_the_ack_and_ended(body: bytes) -> None:
    client = Client()
    sent = requests(client.answers(200, body))
    assert [each.method for each in sent] == ["ACK", "BYE"]
    if b"m=" in body:
        assert [media.port for media in parse_sdp(sent[0].body).media] == [0, 0]
    assert "could not be taken" in client.state()
    assert client.desk.agent.dialogs == {}


def test_a_call_that_cannot_be_kept_is_turned_down_and_the_client_asked_again() -> None:
    client = Client()
    client.desk.recorder.full = True
    sent = requests(
        client.answers(
            200,
            multipart(streams("sendonly"), document(talk("s1", ann=1, bob=0))),
            "multipart/mixed; boundary=edge",
        )
    )
    assert [each.method for each in sent] == ["ACK", "BYE"]
    client.desk.recorder.full = False
    client.asked()
    client.accepts(IDLE)


def test_whoever_shows_another_certificate_than_the_settings_name_is_turned_down() -> None:
    named = source(invite=f"{URI};transport=tls", certificate_names=("sbc.example",))
    client = Client(Desk((named,), transport="TLS"))
    sent = requests(client.answers(200, IDLE))
    assert [each.method for each in sent] == ["ACK", "BYE"]


@pytest.mark.parametrize(
    ("said", "ours"), [("", True), ("300;refresher=uac", True), ("300;refresher=uas", False)]
)
def test_the_session_timer_is_kept_by_whoever_was_agreed_on(said: str, ours: bool) -> None:
    client = Client(Desk((SOURCE,), session_seconds=300))
    client.accepts(IDLE, Session_Expires=said)
    sent = [each.method for each in requests(client.desk.passes(290))]
    assert sent[0] == ("UPDATE" if ours else "BYE")


def test_its_own_requests_are_of_the_dialog_and_a_bye_ends_it() -> None:
    client = Client()
    client.accepts(IDLE)
    assert client.caller.says("OPTIONS")[0].status == 200
    assert client.caller.bye().status == 200
    assert client.state() == "it hung up"
    client.asked()


def test_the_routes_of_the_answer_are_followed_from_the_other_end() -> None:
    client = Client()
    ack = client.accepts(IDLE, Record_Route="<sip:192.0.2.31;lr>, <sip:192.0.2.30;lr>")
    assert ack.headers.values("route") == ["<sip:192.0.2.30;lr>", "<sip:192.0.2.31;lr>"]
