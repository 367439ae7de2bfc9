"""SIP out of real captures: everything that is SIP is read, and every INVITE of it can be recorded."""

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from muniment.capture.calls.sip.bodies import bodies_of
from muniment.capture.calls.sip.flows import Flow, Place
from muniment.capture.calls.sip.framing import StreamFramer
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.message import Request, Response
from muniment.capture.calls.sip.parsing import parse
from muniment.capture.calls.sip.sdp import parse_sdp
from tests.capture.calls.client import HERE, THERE, Desk

CAPTURES = [
    "pcap_sipnab/sip-rtp-g711.pcap",
    "pcap_sipnab/register-invite-reinvite-bye.pcap",
    "pcap_sipnab/SIP_DTMF2.cap",
    "pcap_sngrep/aaa.pcap",
    "pcap_fax/FAX-Call-t38-CA-TDM-SIP-FB-1.pcap",
    "pcap_suricata/sip-compact-form/sip_compact_form.pcap",
    "pcap_suricata/sip-header-multi-value/sip_header_multi_val.pcap",
    "pcap_suricata/sip-sdp/sdp.pcap",
    "pcap_suricata/sip-options-method/input.pcap",
    "pcap_suricata/sip-pattern-matching/sip.pcap",
    "pcap_suricata/sip-body-frames/public-cloudshark-sip-s0.pcap",
    "pcap_suricata/sip-body-large/sip-body-large.pcap",
    "pcap_suricata/sip-tcp-pattern-matching/sip.pcap",
    "pcap_suricata/sip-tcp-method/sip-tcp.pcap",
]
ETHERNET, COOKED, RAW, LOOPBACK = 1, 113, 101, 0
TCP, UDP = 6, 17
FIRST_WORDS = (
    "INVITE ",
    "ACK ",
    "BYE ",
    "CANCEL ",
    "OPTIONS ",
    "REGISTER ",
    "SUBSCRIBE ",
    "NOTIFY ",
    "UPDATE ",
    "SIP/2.0 ",
    "MESSAGE ",
    "INFO ",
    "PRACK ",
    "REFER ",
)


def packets(path: Path) -> Iterator[tuple[int, bytes]]:
    """Link type and bytes of each packet of a classic capture file."""
    data = path.read_bytes()
    order = "<" if data[:4] in {b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"} else ">"
    (link,) = struct.unpack_from(order + "I", data, 20)
    place = 24
    while place + 16 <= len(data):
        (length,) = struct.unpack_from(order + "I", data, place + 8)
        yield link, data[place + 16 : place + 16 + length]
        place += 16 + length


def payloads(path: Path) -> Iterator[tuple[int, tuple[bytes, bytes, int, int], int, bytes]]:
    """Protocol, ends, sequence number and payload of each IPv4 or IPv6 packet."""
    for link, frame in packets(path):
        start = {ETHERNET: 14, COOKED: 16, RAW: 0, LOOPBACK: 4}[link]
        while link == ETHERNET and frame[start - 2 : start] in {b"\x81\x00", b"\x88\xa8"}:
            start += 4
        inner = frame[start:]
        if inner[:1] and inner[0] >> 4 == 4:
            size, protocol, ends = (inner[0] & 15) * 4, inner[9], (inner[12:16], inner[16:20])
            whole = inner[: int.from_bytes(inner[2:4])] if int.from_bytes(inner[2:4]) else inner
        elif inner[:1] and inner[0] >> 4 == 6:
            size, protocol, ends, whole = 40, inner[6], (inner[8:24], inner[24:40]), inner
        else:
            continue
        segment = whole[size:]
        if protocol not in {TCP, UDP} or len(segment) < 8:
            continue
        ports = struct.unpack_from(">HH", segment)
        head = 8 if protocol == UDP else (segment[12] >> 4) * 4
        yield protocol, (*ends, *ports), int.from_bytes(segment[4:8]), segment[head:]


def messages(path: Path) -> Iterator[bytes]:
    """Every SIP message of a capture, streams put in order."""
    streams: dict[tuple[bytes, bytes, int, int], dict[int, bytes]] = {}
    for protocol, ends, number, payload in payloads(path):
        if protocol == UDP:
            if payload.startswith(tuple(word.encode() for word in FIRST_WORDS)):
                yield payload
        elif payload.strip(b"\x00"):
            streams.setdefault(ends, {}).setdefault(number, payload)
    for segments in streams.values():
        framer = StreamFramer()
        for _, payload in sorted(segments.items()):
            try:
                yield from framer.feed(payload)
            except MalformedError:
                break  # not SIP


@pytest.mark.parametrize("name", CAPTURES)
def test_every_message_of_a_capture_is_read(shared_data: Path, name: str) -> None:
    found = 0
    for data in messages(shared_data / "calls" / name):
        message = parse(data)
        found += 1
        assert isinstance(message, Request | Response)
        assert parse(message.to_bytes()).body == message.body
        for header in ("from", "to", "call-id", "cseq"):
            assert message.headers.first(header)
        if "sdp" in message.headers.first("content-type") and message.body:
            assert parse_sdp(bodies_of(message.headers, message.body).sdp).origin
    assert found


def test_every_call_of_the_captures_could_have_been_recorded(shared_data: Path) -> None:
    answered = 0
    for name in CAPTURES:
        for data in messages(shared_data / "calls" / name):
            message = parse(data)
            to = message.headers.first("to")
            if not isinstance(message, Request) or message.method != "INVITE" or "tag=" in to:
                continue
            desk = Desk()
            heard = [
                each
                for each in desk.deliver(data, Flow("UDP", HERE, Place(THERE.host, 5060)))
                if isinstance(each, Response)
            ]
            assert heard, name
            answered += heard[0].status == 200
            assert heard[0].status in {200, 400, 415, 420, 488}, name
    assert answered >= 10
