"""Calls that others recorded on the wire, sent again: every stream is kept whole, with the losses that were known."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.capture.calls.rtp.field import CODECS, ear

FILES = ["pcap_sipnab/sip-rtp-g711.pcap", "pcap_sipnab/rtp-protocol.pcap", "pcap_sipnab/SIP_DTMF2.cap"]
ETHERNET = 1


def datagrams(path: Path) -> Iterator[tuple[tuple[bytes, bytes], bytes]]:
    """The UDP datagrams of a capture: where they went from and to, and what they held."""
    data = path.read_bytes()
    order = "<" if data[:4] in {b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"} else ">"
    assert struct.unpack_from(f"{order}I", data, 20)[0] == ETHERNET
    at = 24
    while at < len(data):
        (length,) = struct.unpack_from(f"{order}I", data, at + 8)
        frame, at = data[at + 16 : at + 16 + length], at + 16 + length
        if frame[12:14] != b"\x08\0" or frame[23] != 17:
            continue
        start = 14 + 4 * (frame[14] & 15)
        ends = frame[26:30] + frame[start : start + 2], frame[30:34] + frame[start + 2 : start + 4]
        yield ends, frame[start + 8 : start + int.from_bytes(frame[start + 4 : start + 6])]


def streams(path: Path) -> dict[bytes, list[bytes]]:
    """RTP by source, of sources that sent more than a few packets of sound."""
    found: dict[bytes, list[bytes]] = {}
    for _, data in datagrams(path):
        if len(data) > 12 and data[0] >> 6 == 2 and not 192 <= data[1] <= 223:
            found.setdefault(data[8:12], []).append(data)
    return {ssrc: packets for ssrc, packets in found.items() if len(packets) > 20}


@pytest.mark.parametrize("name", FILES)
def test_what_was_on_the_wire_is_kept(shared_data: Path, name: str) -> None:
    folder = shared_data / "calls"
    wanted = {
        int(stream["ssrc"], 16): stream
        for stream in json.loads((folder / "expected.json").read_text())["pcap"][name]["rtp_streams"]
    }
    seen = 0
    for ssrc, packets in streams(folder / name).items():
        with ear() as it:
            phone = it.phone()
            heard: list[tuple[int, int, bytes]] = []
            for packet in packets:
                phone.say(packet)
                if len(heard) % 50 == 0:
                    heard += it.heard()
            heard += it.heard()
            sound = [packet for packet in packets if packet[1] & 0x7F in {0, 3, 8, 9, 13, 18}]
            events = len(packets) - len(sound)
            if not sound or any(packet[1] & 0x7F not in {*CODECS, 0, 3, 8, 9, 13, 18} for packet in packets):
                continue
            unique = len({packet[2:4] for packet in sound})
            assert len(heard) == unique
            assert sorted(payload for _, _, payload in heard) == sorted(
                {packet[2:4]: packet[12:] for packet in sound}.values()
            )
            expected = wanted.get(int.from_bytes(ssrc))
            if expected is not None:
                seen += 1
                assert expected["packets"] == len(packets)
                assert int(it.engine.table.lost[it.stream.row]) == expected["lost"]
            assert events >= 0
    assert seen >= 1
