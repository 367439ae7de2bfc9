"""Descriptions of media: what they say, what of them may be kept."""

from pathlib import Path

import pytest
from hypothesis import given

from muniment.capture.calls.ports import Codec
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.sdp import MOST_LINES, MOST_MEDIA, parse_sdp, without_secrets
from tests.capture.calls.sip.fuzz import DESCRIPTIONS

FULL = b"""v=0
o=- 1 2 IN IP6 2001:db8::1
s=-
c=IN IP6 2001:db8::1/127/3
t=0 0
a=recvonly
m=audio 5000/2 RTP/SAVPF 96 0 101 13 19 200 x
c=IN IP4 192.0.2.1
a=rtpmap:96 OPUS/48000/2
a=fmtp:96 useinbandfec=1
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=label: main
a=ptime:20
a=rtcp:6001 IN IP4 192.0.2.1
a=sendonly
m=video 0 RTP/AVP 31
"""


def test_everything_that_a_recorder_needs_is_read() -> None:
    audio, video = parse_sdp(FULL).media
    assert audio.codecs == {
        96: Codec("opus", 48000, 2, "useinbandfec=1"),
        0: Codec("PCMU", 8000),
        101: Codec("TELEPHONE-EVENT", 8000, 1, "0-16"),
        13: Codec("CN", 8000),
        19: Codec("CN", 8000),
    }
    assert (audio.connection, audio.label, audio.stated_direction, audio.rtcp_port) == (
        "192.0.2.1",
        "main",
        "sendonly",
        6001,
    )
    assert audio.secure
    assert audio.is_rtp
    assert (video.connection, video.stated_direction, video.rtcp_port) == ("2001:db8::1", "recvonly", 0)
    assert not video.is_rtp


def test_rtcp_is_one_above_or_shares_the_port() -> None:
    line = b"v=0\r\nm=audio 5000 RTP/AVP 0\r\n"
    assert parse_sdp(line).media[0].rtcp_port == 5001
    assert parse_sdp(line + b"a=rtcp-mux\r\n").media[0].rtcp_port == 5000


@pytest.mark.parametrize("address", ["IP4 0.0.0.0", "IP6 ::"])
def test_the_null_address_is_nowhere(address: str) -> None:
    assert parse_sdp(f"v=0\nc=IN {address}\nm=audio 5000 RTP/AVP 0".encode()).media[0].is_nowhere
    assert not parse_sdp(b"v=0\nm=audio 5000 RTP/AVP 0").media[0].is_nowhere


def test_dtls_is_told_from_keys_in_the_description() -> None:
    (media,) = parse_sdp(b"v=0\nm=audio 5000 UDP/TLS/RTP/SAVPF 0").media
    assert (media.keyed_by_dtls, media.secure, media.is_rtp) == (True, True, True)


def test_what_may_be_kept_holds_no_key_and_no_person() -> None:
    secret = (
        b"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ne=ann@example.net\r\np=+44 1632\r\ni=Ann\r\nk=clear:K\r\n"
        b"m=audio 1 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:SECRET\r\n"
        b"A=CRYPTO:2 x inline:SECRET\r\na=key-mgmt:mikey SECRET\r\na=ice-pwd:SECRET\r\na=sendonly\r\n"
    )
    kept = without_secrets(secret)
    assert kept == "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\nm=audio 1 RTP/SAVP 0\r\na=sendonly\r\n"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"v=0\nm=audio 70000 RTP/AVP 0",
        b"v=0\nm=audio RTP/AVP",
        b"v=0\n" + b"m=audio 1 RTP/AVP 0\n" * (MOST_MEDIA + 1),
        b"v=0\n" * (MOST_LINES + 1),
    ],
)
def test_what_is_none_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_sdp(body)


@given(DESCRIPTIONS)
def test_whatever_comes_is_a_description_or_malformed(body: bytes) -> None:
    assert "crypto:" not in without_secrets(body).lower()
    try:
        description = parse_sdp(body)
    except MalformedError:
        return
    for media in description.media:
        assert 0 <= media.port <= 65_535
        assert 0 <= media.rtcp_port <= 65_535
        assert all(0 <= number <= 127 for number in media.codecs)
        assert len(media.crypto) <= MOST_LINES


def test_real_descriptions_are_read(shared_data: Path) -> None:
    texts = [
        part
        for path in sorted((shared_data / "calls" / "siprec_offers").glob("sample-sdp*.txt"))
        for part in path.read_bytes().split(b"__split_here__")
    ]
    found = [media for text in texts for media in parse_sdp(text.lstrip()).media]
    assert len(found) == 6
    assert all(media.codecs for media in found)
    assert found[0].rtcp_port == 60552
