"""Raw Opus packets put into an Ogg file in memory, so that a decoder of files can read them.

RFC 3533 (Ogg), RFC 7845 (Opus in Ogg), RFC 6716 section 3.1 (the octet that says how long a packet is).
"""

import struct
from collections.abc import Iterator, Sequence
from functools import cache

_PAGE = struct.Struct("<4sBBqIIIB")  # RFC 3533 section 6
_SERIAL = 1
_POLYNOMIAL = 0x04C11DB7
_FIRST, _LAST = 2, 4  # flags of a page
_MOST_LACES = 255
RATE = 48_000  # hertz: Opus counts in these, whatever it was made from
LONGEST_PACKET = 5760  # samples: 120 ms
LARGEST_PACKET = 60_000  # bytes; one page has room for it
_SILK = (480, 960, 1920, 2880)
_HYBRID = (480, 960)
_CELT = (120, 240, 480, 960)


def samples(packet: bytes) -> int:
    """How many samples per channel a packet stands for; 0 where it is no Opus packet."""
    if not packet or len(packet) > LARGEST_PACKET:
        return 0
    configuration, code = packet[0] >> 3, packet[0] & 3
    if configuration < 12:  # noqa: PLR2004 - RFC 6716 table 2
        frame = _SILK[configuration & 3]
    elif configuration < 16:  # noqa: PLR2004 - the same
        frame = _HYBRID[configuration & 1]
    else:
        frame = _CELT[configuration & 3]
    count = 1 if code == 0 else 2
    if code == 3:  # noqa: PLR2004 - section 3.2.5: a count of frames follows
        count = packet[1] & 63 if len(packet) > 1 else 0
    whole = frame * count
    return whole if whole <= LONGEST_PACKET else 0


def is_stereo(packet: bytes) -> bool:
    """Whether a packet has two channels."""
    return bool(packet and packet[0] & 4)


def opus_file(packets: Sequence[bytes], channels: int) -> bytes:
    """An Ogg Opus file of these packets, each of which `samples` knows the length of."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, channels, 0, RATE, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 0) + struct.pack("<I", 0)
    pages = [_page([head], 0, 0, _FIRST), _page([tags], 0, 1, 0)]
    position, number = 0, 2
    groups = list(_groups(packets))
    for place, group in enumerate(groups):
        position += sum(map(samples, group))
        pages.append(_page(group, position, number, _LAST if place == len(groups) - 1 else 0))
        number += 1
    return b"".join(pages)


def _groups(packets: Sequence[bytes]) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    laces = 0
    for packet in packets:
        needed = len(packet) // 255 + 1
        if group and laces + needed > _MOST_LACES:
            yield group
            group, laces = [], 0
        group.append(packet)
        laces += needed
    if group:
        yield group


def _page(packets: Sequence[bytes], position: int, number: int, flags: int) -> bytes:
    laces = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    head = _PAGE.pack(b"OggS", 0, flags, position, _SERIAL, number, 0, len(laces))
    page = bytearray(head + laces + b"".join(packets))
    page[22:26] = _checksum(page).to_bytes(4, "little")
    return bytes(page)


@cache
def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = ((value << 1) ^ _POLYNOMIAL if value & 0x80000000 else value << 1) & 0xFFFFFFFF
        table.append(value)
    return tuple(table)


def _checksum(page: bytearray) -> int:
    # Not zlib's CRC-32: this one takes the highest bit first, begins with nothing and inverts nothing.
    table, value = _table(), 0
    for byte in page:
        value = ((value << 8) & 0xFFFFFFFF) ^ table[(value >> 24) ^ byte]
    return value
