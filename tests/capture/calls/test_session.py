"""Recording sessions: every dialect becomes one call with its parties; pauses become silence before disk."""

import pytest

from muniment.capture.calls.control import SilenceCall
from muniment.capture.calls.sip.flows import Place
from muniment.capture.calls.sip.message import Request
from muniment.capture.calls.sip.sdp import parse_sdp
from muniment.core.errors import NotAvailableError
from tests.capture.calls.client import SDP, Caller, Desk, multipart, source
from tests.capture.calls.dialect_calls import AVAYA, CUBE_INACTIVE, SPOKEN, Spoken, two
from tests.capture.calls.memory_recorder import MemoryRecorder


@pytest.mark.parametrize("transport", ["UDP", "TCP", "TLS"])
@pytest.mark.parametrize("spoken", SPOKEN.values(), ids=SPOKEN)
def test_each_dialect_is_recorded_with_its_parties(spoken: Spoken, transport: str) -> None:
    desk = Desk(transport=transport)  # type: ignore[arg-type]  # one of the three
    caller = Caller(desk, None, **spoken.headers)
    response = caller.opens(spoken.body, spoken.content_type)
    answer = parse_sdp(response.body)
    assert [media.label for media in answer.media if media.port] == list(spoken.streams)
    caller.bye()
    facts = desk.recorder.facts
    assert facts.evidence["dialect"] == spoken.dialect
    assert [stream.label for stream in facts.streams] == list(spoken.streams)
    assert facts.parties[0].dialled == spoken.caller
    if spoken.called:
        assert facts.parties[1].dialled == spoken.called
    for party, number in zip(facts.parties, spoken.heard, strict=True):
        assert party.stream == number
    if spoken.extensions:
        assert [party.extension for party in facts.parties] == list(spoken.extensions)
    assert "metadata incomplete" not in facts.defects or spoken is AVAYA


# --- pause and resume, in every form -------------------------------------------------------------------

NULL = SDP.replace("c=IN IP4 192.0.2.20", "c=IN IP4 0.0.0.0").replace("a=sendonly\r\n", "")
PAUSES = {
    "a=inactive": SDP.replace("sendonly", "inactive"),
    "inactive at session level": SDP.replace("t=0 0\r\n", "t=0 0\r\na=inactive\r\n").replace(
        "a=sendonly\r\n", ""
    ),
    "null address without direction": NULL,
    "null address per stream": SDP.replace("a=sendonly\r\n", "c=IN IP4 0.0.0.0\r\n"),
    "null IPv6 address": NULL.replace("IN IP4 0.0.0.0", "IN IP6 ::"),
    "recvonly": SDP.replace("sendonly", "recvonly"),
}


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.parametrize("pause", PAUSES.values(), ids=PAUSES)
def test_a_pause_silences_before_it_is_answered_and_a_resume_ends_it(pause: str, method: str) -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    before = len(desk.recorder.said)
    (response,) = caller.says(method, pause.encode(), "application/sdp")
    assert response.status == 200
    assert [media.stated_direction for media in parse_sdp(response.body).media] == ["inactive"] * 2
    said = desk.recorder.said[before:]
    for number in (0, 1):
        masked = said.index(("mask", number, "sip", "sbc"))
        changed = next(place for place, each in enumerate(said) if each[:2] == ("change", number))
        assert masked < changed
    assert ("event", "hold") in said
    if method == "INVITE":
        caller.ack()
    desk.passes(5)
    before = len(desk.recorder.said)
    (response,) = caller.says(method, SDP.encode(), "application/sdp")
    assert [media.stated_direction for media in parse_sdp(response.body).media] == ["recvonly"] * 2
    said = desk.recorder.said[before:]
    for number in (0, 1):
        changed = next(place for place, each in enumerate(said) if each[:2] == ("change", number))
        assert changed < said.index(("unmask", number, "sip", "sbc"))
    if method == "INVITE":
        caller.ack()
    caller.bye()
    facts = desk.recorder.facts
    assert [(span.end - span.start, span.stream, span.why, span.by) for span in facts.masks] == [
        (5000, 0, "sip", "sbc"),
        (5000, 1, "sip", "sbc"),
    ]
    assert [end - start for start, end in facts.holds] == [5000]


def test_one_stream_may_be_paused_alone_and_that_is_no_hold() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    first, _, rest = SDP.partition("a=sendonly")
    caller.says("UPDATE", f"{first}a=inactive{rest}".encode(), "application/sdp")
    assert ("mask", 0, "sip", "sbc") in desk.recorder.said
    assert ("mask", 1, "sip", "sbc") not in desk.recorder.said
    assert ("event", "hold") not in desk.recorder.said


def test_a_pause_that_is_never_ended_lasts_to_the_end_of_the_call() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    caller.says("UPDATE", PAUSES["a=inactive"].encode(), "application/sdp")
    desk.passes(3)
    caller.bye()
    assert [span.end - span.start for span in desk.recorder.facts.masks] == [3000, 3000]


def test_a_call_that_begins_inactive_was_not_paused() -> None:
    desk = Desk()
    caller = Caller(desk)
    response = caller.opens(CUBE_INACTIVE.body, CUBE_INACTIVE.content_type)
    assert [media.stated_direction for media in parse_sdp(response.body).media] == ["inactive"] * 2
    assert not [said for said in desk.recorder.said if said[0] == "mask"]
    caller.says("UPDATE", two().encode(), "application/sdp")
    caller.bye()
    assert desk.recorder.facts.masks == ()


def test_a_resume_is_heard_even_where_the_engine_cannot_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    caller.says("UPDATE", PAUSES["a=inactive"].encode(), "application/sdp")

    def cannot(*_: object) -> None:
        raise NotAvailableError("No port is free.")

    monkeypatch.setattr(desk.recorder, "change_stream", cannot)
    (response,) = caller.says("UPDATE", SDP.encode(), "application/sdp")
    assert response.status == 503
    assert desk.recorder.said[-1] == ("unmask", 0, "sip", "sbc")


def test_a_word_from_the_agents_desktop_silences_too() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    (call,) = desk.sessions.calls
    silence = desk.sessions.silencing.silence
    assert silence(SilenceCall(call, on=True, why="api", by="per_x")).done
    desk.passes(2)
    assert silence(SilenceCall(call, on=False, why="api", by="per_x")).done
    assert not silence(SilenceCall("call_unknown", on=True, why="api", by="per_x")).done
    caller.bye()
    assert [(span.why, span.by, span.end - span.start) for span in desk.recorder.facts.masks] == [
        ("api", "per_x", 2000)
    ]


# --- changes of a call ----------------------------------------------------------------------------------


def test_a_new_port_is_handed_on() -> None:
    desk = Desk()
    caller = Caller(desk)
    first = caller.opens()
    response = caller.opens(SDP.replace("20000", "26000").encode(), "application/sdp")
    assert ("change", 0, 26000, "sendonly") in desk.recorder.said
    assert parse_sdp(response.body).media[0].port == parse_sdp(first.body).media[0].port


def test_a_third_stream_is_opened_and_one_that_goes_is_ended() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    third = SDP + "m=audio 20004 RTP/AVP 8\r\na=label:3\r\na=sendonly\r\n"
    response = caller.opens(third.replace("20002", "0").encode(), "application/sdp")
    assert [bool(media.port) for media in parse_sdp(response.body).media] == [True, False, True]
    assert ("change", 1, 0, "sendonly") in desk.recorder.said
    again = caller.opens(third.encode(), "application/sdp")
    assert all(media.port for media in parse_sdp(again.body).media)
    caller.bye()
    assert [stream.number for stream in desk.recorder.facts.streams] == [0, 1, 2, 3]


# --- keys -----------------------------------------------------------------------------------------------

INLINE = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4\r\n"
SECURE = SDP.replace("RTP/AVP", "RTP/SAVP").replace("a=sendonly\r\n", f"{INLINE}a=sendonly\r\n")


def test_keys_over_unencrypted_sip_are_refused() -> None:
    desk = Desk(transport="TCP")
    assert Caller(desk).invite(SECURE.encode(), "application/sdp").status == 488
    assert desk.recorder.open == {}
    allowed = Desk(transport="TCP", sources=(source(clear_keys=True),))
    assert Caller(allowed).invite(SECURE.encode(), "application/sdp").status == 200


def test_over_tls_srtp_is_answered_with_the_same_suite_and_a_key_of_our_own() -> None:
    desk = Desk(transport="TLS")
    caller = Caller(desk)
    response = caller.opens(multipart(SECURE, caller.metadata))
    answer = parse_sdp(response.body)
    for media in answer.media:
        (key,) = media.crypto
        assert (key.tag, key.suite) == (1, "AES_CM_128_HMAC_SHA1_80")
        assert media.transport == "RTP/SAVP"
    (offer, _) = next(iter(desk.recorder.open.values())).values()
    assert offer.crypto[0].mki == (1).to_bytes(4, "big")
    assert answer.media[0].crypto[0].key != offer.crypto[0].key
    kept = repr(desk.recorder.signals)
    assert "inline" not in kept
    assert "crypto" not in kept


def test_a_new_key_comes_with_a_new_port() -> None:
    desk = Desk(transport="TLS")
    caller = Caller(desk)
    caller.opens(SECURE.encode(), "application/sdp")
    new = SECURE.replace("20000", "26000").replace("WVNfX19z", "AAAAAAAA")
    caller.opens(new.encode(), "application/sdp")
    offer = next(iter(desk.recorder.open.values()))[0]
    assert offer.port == 26_000
    assert offer.crypto[0].key.startswith(bytes(6))


def test_keys_on_an_avp_line_count_over_tls_and_are_forgotten_in_the_clear() -> None:
    opportunistic = SECURE.replace("RTP/SAVP", "RTP/AVP").encode()
    for transport, keys in (("TLS", 1), ("UDP", 0)):
        desk = Desk(transport=transport)  # type: ignore[arg-type]  # one of the three
        response = Caller(desk).opens(opportunistic, "application/sdp")
        assert [len(media.crypto) for media in parse_sdp(response.body).media] == [keys] * 2


FINGERPRINT = "a=fingerprint:sha-256 " + bytes(range(32)).hex(":").upper() + "\r\n"
SHAKEN = SDP.replace("RTP/AVP", "UDP/TLS/RTP/SAVP").replace(
    "a=sendonly\r\n", f"{FINGERPRINT}a=setup:actpass\r\na=rtcp-mux\r\na=tls-id:{'x' * 24}\r\na=sendonly\r\n"
)


def test_keys_by_a_handshake_are_agreed_on_over_any_transport_and_the_fingerprint_is_kept() -> None:
    desk = Desk(transport="UDP")
    response = Caller(desk).opens(SHAKEN.encode(), "application/sdp")
    for media in parse_sdp(response.body).media:
        assert media.transport == "UDP/TLS/RTP/SAVP"
        assert media.multiplexed
        assert media.crypto == ()
        assert media.handshake is not None
        assert (media.handshake.setup, media.handshake.association) == ("passive", "x" * 24)
    (offer, _) = next(iter(desk.recorder.open.values())).values()
    assert offer.handshake is not None
    assert offer.handshake.setup == "actpass"
    assert FINGERPRINT.strip() in desk.recorder.signals[0][1]


def test_where_both_are_offered_a_key_counts_over_tls_and_the_handshake_in_the_clear() -> None:
    both = SECURE.replace("a=sendonly\r\n", f"{FINGERPRINT}a=setup:actpass\r\na=sendonly\r\n").encode()
    for transport, keys in (("TLS", 1), ("TCP", 0)):
        desk = Desk(transport=transport)  # type: ignore[arg-type]  # one of the three
        response = Caller(desk).opens(both, "application/sdp")
        for media in parse_sdp(response.body).media:
            assert (len(media.crypto), media.handshake is None) == (keys, bool(keys))
        (offer, _) = next(iter(desk.recorder.open.values())).values()
        assert bool(offer.crypto) == (offer.handshake is None)


def test_a_handshake_that_cannot_be_made_refuses_its_stream_and_not_the_call() -> None:
    desk = Desk()
    caller = Caller(desk)
    one_weak = SHAKEN.replace(FINGERPRINT, "a=fingerprint:sha-1 " + bytes(20).hex(":") + "\r\n", 1)
    response = caller.opens(one_weak.encode(), "application/sdp")
    assert [bool(media.port) for media in parse_sdp(response.body).media] == [False, True]
    caller.bye()
    assert "a stream keyed by DTLS came without a usable fingerprint" in desk.recorder.facts.defects
    assert (
        Caller(Desk()).invite(SHAKEN.replace("actpass", "holdconn").encode(), "application/sdp").status == 488
    )


# --- what is in doubt is recorded all the same -----------------------------------------------------------


@pytest.mark.parametrize(
    "metadata",
    [
        "<recording",
        "<other/>",
        '<!DOCTYPE r [<!ENTITY a "b">]><recording>&a;</recording>',
        "<recording>" * 40,
    ],
)
def test_metadata_that_cannot_be_read_lose_no_call(metadata: str) -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.invite(multipart(metadata=metadata))
    (snapshot,) = caller.ack()
    assert isinstance(snapshot, Request)
    caller.bye()
    assert "metadata incomplete" in desk.recorder.facts.defects
    assert desk.recorder.signals[0][2] == ""


def test_nothing_that_can_be_heard_is_488_and_a_stream_of_another_kind_is_turned_down_alone() -> None:
    desk = Desk()
    unknown = SDP.replace("8 0 101", "96").replace("telephone-event/8000", "HOLOGRAM/8000")
    assert Caller(desk).invite(unknown.encode(), "application/sdp").status == 488
    assert desk.recorder.discarded
    caller = Caller(desk)
    response = caller.opens(
        (SDP + "m=video 30000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n").encode(), "application/sdp"
    )
    assert [media.port for media in parse_sdp(response.body).media][2] == 0
    caller.bye()
    assert "a stream of another kind (video) was not taken" in desk.recorder.facts.defects


def test_what_a_dialog_of_another_client_defined_is_not_looked_up() -> None:
    desk = Desk(sources=(source(), source(name="pbx", networks=("198.51.100.0/24",))))
    Caller(desk).opens(multipart())
    bare = (
        '<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode>'
        '<participantstreamassoc participant_id="cGFydHktMDAwMDAwMDAwMQ=="><send>c3RyZWFtLTAwMDAwMDAwMQ==</send>'
        "</participantstreamassoc></recording>"
    )
    same, other = Caller(desk), Caller(desk, desk.flow(Place("198.51.100.5", 5060)))
    same.opens(multipart(metadata=bare))
    other.opens(multipart(metadata=bare))
    same.bye()
    other.bye()
    named = [facts.parties[0].dialled if facts.parties else "" for facts in desk.recorder.closed.values()]
    assert named[0] == "+441632960123"
    assert "+441632960123" not in named[1:]


# --- bodies, as far as the call ---------------------------------------------------------------------------


def test_a_body_with_bare_lf_and_one_with_parts_in_parts_are_recorded_whole() -> None:
    bare = multipart().replace(b"\r\n", b"\n")
    inner = multipart(boundary="in").decode()
    nested = f"--edge\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n{inner}\r\n--edge--\r\n".encode()
    for body in (bare, nested):
        desk = Desk()
        caller = Caller(desk)
        response = caller.opens(body)
        assert [bool(media.port) for media in parse_sdp(response.body).media] == [True, True]
        caller.bye()
        assert [party.dialled for party in desk.recorder.facts.parties] == ["+441632960123", "201"]
        assert "metadata incomplete" not in desk.recorder.facts.defects


def test_a_gcm_suite_is_answered_with_its_own_lengths() -> None:
    inline = "a=crypto:2 AEAD_AES_256_GCM inline:" + "A" * 59 + "=\r\n"
    secure = SDP.replace("RTP/AVP", "RTP/SAVPF").replace("a=sendonly\r\n", f"{inline}a=sendonly\r\n")
    response = Caller(Desk(transport="TLS")).opens(secure.encode(), "application/sdp")
    (key, _) = (each.crypto[0] for each in parse_sdp(response.body).media)
    assert (key.tag, key.suite, len(key.key), len(key.salt)) == (2, "AEAD_AES_256_GCM", 32, 12)


def test_a_recorder_that_cannot_say_beforehand_is_taken_by_its_last_failure() -> None:
    class Blind(MemoryRecorder):
        ready = None  # type: ignore[assignment]  # it has no such method

    desk = Desk(recorder=Blind(crowded=True))
    assert desk.sessions.ready()
    assert Caller(desk).invite().status == 503
    assert not desk.sessions.ready()
    desk.passes(16)
    assert desk.sessions.ready()


def test_a_call_may_be_given_up_and_the_others_go_on() -> None:
    desk = Desk()
    good, bad = Caller(desk), Caller(desk)
    good.opens()
    bad.opens()
    desk.agent.end(bad.to_tag, "failed", desk.now)
    assert "the recorder gave the call up" in desk.recorder.facts.defects
    assert good.bye().status == 200
