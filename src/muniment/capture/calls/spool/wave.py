"""How long a WAV file is, by its head and its size: nothing of the sound is read for it."""

import struct

_CHUNK = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHII")  # codec, channels, samples and octets each second
_FIRST = 12  # bytes: RIFF, size, WAVE
LONGEST = 7 * 24 * 3600  # seconds; a head that says more is not believed


def seconds(start: bytes, size: int) -> int:
    """Seconds of a WAV file that begins with `start` and has `size` bytes; 0 for anything else.

    The size of the file is believed, not that of the data: a recorder that was cut off leaves 0 there.
    """
    if start[:4] not in (b"RIFF", b"RF64") or start[8:_FIRST] != b"WAVE":
        return 0
    at, octets = _FIRST, 0
    while at + _CHUNK.size <= len(start):
        name, length = _CHUNK.unpack_from(start, at)
        at += _CHUNK.size
        if name == b"fmt " and at + _FORMAT.size <= len(start):
            octets = _FORMAT.unpack_from(start, at)[3]
        if name == b"data":
            found = (size - at) // octets if octets else 0
            return found if 0 < found <= LONGEST else 0
        at += length + length % 2
    return 0
