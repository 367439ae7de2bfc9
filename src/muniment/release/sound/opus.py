"""Opus in Ogg whose bytes depend on the sound alone.

An Ogg stream has a serial number, which encoders draw at random (RFC 3533 section 6); here it is always the
same, so that the same sound gives the same file and a copy can be compared with the one that was sealed.
"""

import struct
import zlib
from typing import Final

from muniment.readers.calls.errors import CallUnreadableError

SERIAL: Final = 1
_HEAD: Final = struct.Struct("<4sBBqIIIB")  # RFC 3533 section 6: a page's first 27 bytes
_SERIAL_AT, _SUM_AT = 14, 22
_REVERSED: Final = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


def settled(file: bytes) -> bytes:
    """The same file with the serial number that all have; CallUnreadableError where it is no Ogg file."""
    pages, place = bytearray(file), 0
    while place < len(pages):
        if place + _HEAD.size > len(pages) or pages[place : place + 4] != b"OggS":
            raise CallUnreadableError("The encoder gave no Ogg file.")
        count = pages[place + _HEAD.size - 1]
        end = place + _HEAD.size + count
        end += sum(pages[place + _HEAD.size : end])
        struct.pack_into("<I", pages, place + _SERIAL_AT, SERIAL)
        struct.pack_into("<I", pages, place + _SUM_AT, 0)
        struct.pack_into("<I", pages, place + _SUM_AT, _checksum(pages[place:end]))
        place = end
    return bytes(pages)


def _checksum(page: bytes | bytearray) -> int:
    """Ogg's CRC: the polynomial of zlib's, the bits the other way round, nothing inverted."""
    mirrored = zlib.crc32(bytes(page).translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
