"""RTCP (RFC 3550 section 6): what sender reports say of clocks, and the receiver reports that we owe."""

import struct
from typing import NamedTuple

VERSION = 2
SENDER_REPORT, RECEIVER_REPORT, DESCRIPTION, GOODBYE = 200, 201, 202, 203
CNAME = 1
EPOCH = 2_208_988_800  # seconds from 1900 to 1970
FRACTION = 1 << 32
_HEAD = struct.Struct(">BBH")
_SENDER = struct.Struct(">IQIII")  # SSRC, NTP time, RTP time, packets, octets
_BLOCK = struct.Struct(">IIIIII")
_LARGEST_LOST = (1 << 23) - 1


class SenderReport(NamedTuple):
    """One moment on two clocks: the sender's own, in milliseconds since 1970, and its RTP clock."""

    ssrc: int
    ntp: int
    """The middle 32 bits of its NTP time, which our report gives back."""
    moment: int
    timestamp: int


class Seen(NamedTuple):
    """What one compound packet says that we want to know."""

    reports: tuple[SenderReport, ...] = ()
    names: tuple[tuple[int, str], ...] = ()
    """CNAME by SSRC."""
    gone: tuple[int, ...] = ()
    """Sources that said goodbye."""


def parse(data: bytes) -> Seen:
    """Read a compound packet; whatever is malformed ends the reading, and nothing is raised."""
    reports: list[SenderReport] = []
    names: list[tuple[int, str]] = []
    gone: list[int] = []
    at = 0
    while at + _HEAD.size <= len(data):
        first, kind, words = _HEAD.unpack_from(data, at)
        end = at + 4 + 4 * words
        if first >> 6 != VERSION or end > len(data):
            break
        body = data[at + 4 : end]
        if kind == SENDER_REPORT and len(body) >= _SENDER.size:
            ssrc, ntp, timestamp, _, _ = _SENDER.unpack_from(body)
            moment = ((ntp >> 32) - EPOCH) * 1000 + (ntp % FRACTION * 1000 >> 32)
            reports.append(SenderReport(ssrc, ntp >> 16 & 0xFFFF_FFFF, moment, timestamp))
        elif kind == DESCRIPTION:
            names += _names(body, first & 0x1F)
        elif kind == GOODBYE:
            count = min(first & 0x1F, len(body) // 4)
            gone += struct.unpack_from(f">{count}I", body)
        at = end
    return Seen(tuple(reports), tuple(names), tuple(gone))


def _names(body: bytes, chunks: int) -> list[tuple[int, str]]:
    found, at = [], 0
    for _ in range(chunks):
        if at + 4 > len(body):
            break
        ssrc = int.from_bytes(body[at : at + 4])
        at += 4
        while at + 1 < len(body) and body[at]:
            kind, length = body[at], body[at + 1]
            if kind == CNAME:
                found.append((ssrc, body[at + 2 : at + 2 + length].decode("utf-8", "replace")))
            at += 2 + length
        at += 4 - at % 4
    return found


class Reception(NamedTuple):
    """What a receiver report says of one source (section 6.4.1)."""

    ssrc: int
    fraction: int
    """Of what was expected since the last report, how much was lost, in 256ths."""
    lost: int
    high: int
    jitter: int
    """In units of the source's clock."""
    last: int = 0
    """`SenderReport.ntp` of its last report; 0 for none."""
    since: int = 0
    """Since then, in 65536ths of a second."""


def report(ssrc: int, cname: str, seen: Reception | None) -> bytes:
    """A compound packet: receiver report first, then our CNAME (section 6.1)."""
    blocks = b""
    if seen is not None:
        lost = max(-_LARGEST_LOST, min(seen.lost, _LARGEST_LOST)) & 0xFF_FFFF
        blocks = _BLOCK.pack(
            seen.ssrc, seen.fraction << 24 | lost, seen.high & 0xFFFF_FFFF, seen.jitter, seen.last, seen.since
        )
    body = ssrc.to_bytes(4) + blocks
    receiver = _HEAD.pack(VERSION << 6 | bool(blocks), RECEIVER_REPORT, len(body) // 4) + body
    item = bytes((CNAME, len(cname))) + cname.encode("ascii")
    chunk = ssrc.to_bytes(4) + item + bytes(4 - len(item) % 4)
    return receiver + _HEAD.pack(VERSION << 6 | 1, DESCRIPTION, len(chunk) // 4) + chunk
