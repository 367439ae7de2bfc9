"""A recording session that stands: nothing while there is no call, and a record of its own for each that comes."""

import pytest

from muniment.capture.calls.sip.flows import Send
from muniment.capture.calls.sip.message import Request
from muniment.capture.calls.sip.parsing import parse
from muniment.capture.calls.sip.sdp import parse_sdp
from muniment.capture.calls.standing import DISCARD
from tests.capture.calls.client import Desk, multipart, source
from tests.capture.calls.conversations import document, says, streams, talk
from tests.capture.calls.invited import SOURCE, URI, Client, requests

SEND, QUIET = "sendonly", "inactive"
EDGE = "multipart/mixed; boundary=edge"
NOBODY = document()
CALL = document(talk("s1", ann=1, bob=2))


def standing(body: bytes | None = None) -> Client:
    client = Client()
    client.accepts(multipart(streams(QUIET, QUIET), NOBODY) if body is None else body, EDGE)
    return client


def ports(body: bytes) -> list[int]:
    return [media.port for media in parse_sdp(body).media]


def answered(client: Client, sdp: str, metadata: str) -> bytes:
    """Our answer to a re-INVITE."""
    return client.caller.opens(multipart(sdp, metadata)).body


def test_without_a_call_there_is_no_record_no_port_and_no_key() -> None:
    client = standing()
    client.desk.passes(3600)
    assert client.desk.recorder.said == []
    assert client.desk.sessions.calls == {}
    assert client.desk.sessions.rhythms.states({"x/sbc": "x"}, 0)[0].last_call == 0


def test_a_client_that_sends_already_is_answered_inactive_until_it_names_a_call() -> None:
    client = Client()
    ack = client.accepts(multipart(streams(SEND, SEND), NOBODY), EDGE)
    assert ports(ack.body) == [DISCARD, DISCARD]
    assert all(media.stated_direction == QUIET for media in parse_sdp(ack.body).media)


def test_a_call_begins_with_its_session_and_ends_with_it_and_the_next_is_another_record() -> None:
    client = standing()
    client.desk.passes(600)
    taken = answered(client, streams(SEND, SEND), CALL)
    assert all(port > DISCARD for port in ports(taken))
    client.desk.passes(30)
    left = answered(client, streams(QUIET, QUIET), NOBODY)
    assert ports(left) == [DISCARD, DISCARD]
    (first,) = client.desk.recorder.closed.values()
    assert first.ended - first.started == 30_000
    client.desk.passes(60)
    answered(client, streams(SEND, SEND), document(talk("s2", dan=1, bob=2), group="two"))
    client.desk.passes(5)
    client.caller.bye()
    second = [each for each in client.desk.recorder.closed.values() if each is not first][0]  # noqa: RUF015  the other
    assert [party.dialled for party in first.parties] == ["+441632960123", "201"]
    assert [party.dialled for party in second.parties] == ["203", "201"]
    assert first.global_id != second.global_id
    assert set(first.legs).isdisjoint(second.legs)
    assert second.parts == ()
    assert first.holds == second.holds == ()
    assert first.masks == ()


def test_one_document_may_end_a_call_and_begin_the_next() -> None:
    client = standing()
    answered(client, streams(SEND, SEND), CALL)
    answered(client, streams(SEND, SEND), document(talk("s2", dan=1, cal=2), group="two"))
    assert len(client.desk.recorder.closed) == 1
    assert len(client.desk.sessions.calls) == 1


def test_a_call_that_goes_on_in_another_session_of_its_group_stays_one_record() -> None:
    client = standing()
    answered(client, streams(SEND, SEND), CALL)
    answered(client, streams(SEND, SEND), document(talk("s2", ann=1, cal=2)))
    assert client.desk.recorder.closed == {}
    client.caller.bye()
    assert [party.role for party in client.desk.recorder.facts.parties] == ["caller", "called", "transferred"]


def test_a_call_that_metadata_alone_begin_is_offered_ports_by_us_and_taken_back_when_it_ends() -> None:
    client = standing(multipart(streams(SEND, SEND), NOBODY))
    before = parse_sdp(client.desk.sessions.refresh(client.caller.to_tag))
    says(client.caller, CALL)
    offer = ours(client)
    described = parse_sdp(offer.body)
    assert offer.headers.tokens("require") == {"siprec"}
    assert [media.stated_direction for media in described.media] == ["recvonly"] * 2
    assert len(described.media) == len(before.media)
    assert int(described.origin.split()[2]) > int(before.origin.split()[2])
    acks = client.caller.answers(offer, 200, streams(SEND, SEND).encode(), Content_Type="application/sdp")
    assert [each.method for each in requests(acks)] == ["ACK"]
    says(client.caller, NOBODY)
    back = ours(client)
    assert ports(back.body) == [DISCARD, DISCARD]
    client.caller.answers(back, 200, streams(QUIET, QUIET).encode(), Content_Type="application/sdp")
    (facts,) = client.desk.recorder.closed.values()
    assert len(facts.streams) == 2
    assert facts.masks == ()


def offers(client: Client) -> list[Request]:
    """Every offer that we have made, repetitions too."""
    messages = [parse(each.data) for each in client.desk.commands if isinstance(each, Send)]
    return [each for each in messages if isinstance(each, Request) and each.method == "INVITE" and each.body]


def ours(client: Client) -> Request:
    """The offer that we have just made."""
    return offers(client)[-1]


def test_offers_that_cross_are_made_again() -> None:
    client = standing(multipart(streams(SEND, SEND), NOBODY))
    says(client.caller, CALL)
    offer = ours(client)
    client.caller.answers(offer, 491)
    client.desk.passes(2)
    assert ours(client) == offer
    client.desk.passes(3)
    assert ours(client).headers.first("cseq") != offer.headers.first("cseq")
    assert ours(client).body == offer.body


def test_a_pause_within_a_call_is_masked_and_ends_no_call() -> None:
    client = standing()
    answered(client, streams(SEND, SEND), CALL)
    answered(client, streams(QUIET, QUIET), CALL)
    client.desk.passes(5)
    answered(client, streams(SEND, SEND), CALL)
    client.caller.bye()
    assert [span.end - span.start for span in client.desk.recorder.facts.masks] == [5000, 5000]


def test_a_client_without_metadata_has_a_call_when_it_sends_until_it_hangs_up() -> None:
    client = Client()
    client.accepts(streams(QUIET, QUIET).encode())
    client.caller.opens(streams(SEND, SEND).encode(), "application/sdp")
    assert len(client.desk.sessions.calls) == 1
    client.caller.opens(streams(QUIET, QUIET).encode(), "application/sdp")
    assert len(client.desk.sessions.calls) == 1
    client.caller.bye()
    facts = client.desk.recorder.facts
    assert "the client sent no metadata" in facts.defects
    assert [party.dialled for party in facts.parties] == ["recording"]


def test_metadata_that_cannot_be_read_lose_no_call() -> None:
    client = standing()
    client.caller.opens(multipart(streams(SEND, SEND), "<recording"))
    assert len(client.desk.sessions.calls) == 1
    client.caller.opens(streams(SEND, SEND).encode(), "application/sdp")
    client.caller.bye()
    assert "metadata incomplete" in client.desk.recorder.facts.defects


def test_a_call_may_be_there_from_the_first_offer_on() -> None:
    client = Client()
    ack = client.accepts(multipart(streams(SEND, SEND), CALL), EDGE)
    assert all(port > DISCARD for port in ports(ack.body))
    client.caller.bye()
    assert len(client.desk.recorder.facts.streams) == 2


def test_what_a_day_of_calls_has_named_is_not_remembered() -> None:
    client = standing()
    for number in range(60):
        answered(client, streams(SEND, SEND), document(talk(f"s{number}", ann=1, bob=2), group=f"g{number}"))
        answered(client, streams(QUIET, QUIET), NOBODY)
    (leg,) = client.desk.sessions._legs.values()
    assert len(leg.metadata.elements) < 10
    assert len(client.desk.recorder.closed) == 60
    assert len(client.desk.sessions.telling.directory(SOURCE)) < 10


def test_encrypted_streams_are_kept_ready_with_a_key_that_the_call_does_not_use() -> None:
    secure = (
        streams(QUIET)
        .replace("RTP/AVP", "RTP/SAVP")
        .replace(
            "a=label",
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\na=label",
        )
    )
    client = Client(Desk((source(invite=URI, clear_keys=True),)))
    idle = parse_sdp(client.accepts(multipart(secure, NOBODY), EDGE).body)
    assert (idle.media[0].port, len(idle.media[0].crypto)) == (DISCARD, 1)
    taken = parse_sdp(answered(client, secure.replace(QUIET, SEND), document(talk("s1", ann=1))))
    assert taken.media[0].crypto[0].key != idle.media[0].crypto[0].key


@pytest.mark.parametrize("method", ["INFO", "OPTIONS"])
def test_other_requests_between_calls_are_answered(method: str) -> None:
    client = standing()
    (response,) = client.caller.says(
        method, *((b"Signal=1", "application/dtmf-relay") if method == "INFO" else ())
    )
    assert response.status == 200


def test_an_offerless_invitation_between_calls_is_offered_what_stands() -> None:
    client = standing()
    response = client.caller.invite(b"")
    assert ports(response.body) == [DISCARD, DISCARD]
    client.caller.ack(streams(QUIET, QUIET).encode())
    assert client.desk.recorder.said == []
