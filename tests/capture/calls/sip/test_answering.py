"""Answers and offers of ours, by the rules of RFC 3264."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.ports import Crypto, MediaAnswer
from muniment.capture.calls.sip.answering import (
    LocalDescription,
    direction_of,
    line_for,
    offer_of,
    sends,
    taken_codecs,
)
from muniment.capture.calls.sip.sdp import parse_sdp

OFFER = b"""v=0
m=audio 5000 RTP/AVP 97 0 101 98
c=IN IP4 192.0.2.1
a=rtpmap:97 opus/48000/2
a=fmtp:97 useinbandfec=1
a=rtpmap:98 red/8000
a=rtpmap:101 telephone-event/8000
a=ptime:20
a=label:x
a=rtcp-mux
m=video 5002 RTP/AVP 31
"""


def test_every_line_of_an_offer_has_its_line_in_the_answer() -> None:
    audio, video = parse_sdp(OFFER).media
    local = LocalDescription(7, "2001:db8::7")
    codecs = taken_codecs(audio)
    local.lines = [line_for(audio, MediaAnswer(4000, 4000), codecs), line_for(video, None, {})]
    text = local.written().decode()
    assert text.startswith(
        "v=0\r\no=muniment 7 1 IN IP6 2001:db8::7\r\ns=-\r\nc=IN IP6 2001:db8::7\r\nt=0 0\r\n"
    )
    assert "m=audio 4000 RTP/AVP 97 0 101\r\n" in text  # red would carry digits past the mask
    assert "a=rtpmap:97 opus/48000/2\r\na=fmtp:97 useinbandfec=1\r\n" in text
    assert "a=rtcp-mux\r\na=recvonly\r\na=label:x\r\nm=video 0 RTP/AVP 31\r\n" in text


def test_the_version_grows_with_each_change_and_only_then() -> None:
    (audio, _) = parse_sdp(OFFER).media
    local = LocalDescription(7, "192.0.2.10")
    local.lines = [line_for(audio, MediaAnswer(4000, 4001), taken_codecs(audio))]
    first = local.written()
    assert local.written() == first
    local.lines = [line_for(audio, MediaAnswer(4000, 4001, direction="inactive"), taken_codecs(audio))]
    assert b"o=muniment 7 2 " in local.written()


def test_odd_ports_addresses_and_keys_are_said() -> None:
    (audio, _) = parse_sdp(OFFER).media
    local = LocalDescription(7, "192.0.2.10")
    key = Crypto(3, "AEAD_AES_128_GCM", bytes(16), bytes(12))
    local.lines = [line_for(audio, MediaAnswer(4000, 4500, key, address="192.0.2.11"), taken_codecs(audio))]
    (media,) = parse_sdp(local.written()).media
    assert (media.rtcp_port, media.connection, media.crypto) == (4500, "192.0.2.11", (key,))


@pytest.mark.parametrize(
    ("lines", "direction"),
    [
        ("", "sendrecv"),
        ("a=sendonly\n", "sendonly"),
        ("c=IN IP4 0.0.0.0\n", "inactive"),
        ("c=IN IP4 0.0.0.0\na=sendonly\n", "sendonly"),
        ("a=inactive\n", "inactive"),
    ],
)
def test_a_direction_that_is_said_counts_and_else_the_address_tells(lines: str, direction: str) -> None:
    (media,) = parse_sdp(f"v=0\nm=audio 5000 RTP/AVP 0\n{lines}".encode()).media
    assert direction_of(media) == direction
    assert sends(direction_of(media)) == direction.startswith("send")


def test_events_alone_are_no_sound() -> None:
    (media,) = parse_sdp(b"v=0\nm=audio 5000 RTP/AVP 101 13\na=rtpmap:101 telephone-event/8000").media
    assert taken_codecs(media) == {}


def test_an_m_line_becomes_an_offer_to_the_recorder() -> None:
    (audio, _) = parse_sdp(OFFER).media
    offer = offer_of(audio, 4, "x", "sendonly")
    assert (offer.number, offer.label, offer.address, offer.port, offer.rtcp_port) == (
        4,
        "x",
        "192.0.2.1",
        5000,
        5000,
    )
    assert list(offer.codecs) == [97, 0, 101]


@given(st.lists(st.sampled_from(["0", "8", "9", "97", "101"]), min_size=1, max_size=5, unique=True))
def test_payload_types_keep_their_number_order_and_meaning(formats: list[str]) -> None:
    sdp = f"v=0\nm=audio 5000 RTP/AVP {' '.join(formats)}\na=rtpmap:97 opus/48000/2\na=rtpmap:101 telephone-event/8000"
    (media,) = parse_sdp(sdp.encode()).media
    codecs = taken_codecs(media)
    local = LocalDescription(1, "192.0.2.10")
    local.lines = [line_for(media, MediaAnswer(4000, 4001) if codecs else None, codecs)]
    (answer,) = parse_sdp(local.written()).media
    assert bool(answer.port) == bool(codecs)
    if codecs:
        assert answer.codecs == codecs
        assert list(answer.codecs) == list(codecs)
