"""AMR and AMR-WB (RFC 4867): packets in both arrangements of their bits, and files.

A frame of a file is one octet that says its type and quality, then its bits. The decoder takes it in that
form, so that packets are put into it: from whole octets, or from bits that follow one another.
"""

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from muniment.readers.calls import libraries
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.g711 import Pcm

MARKS = ((b"#!AMR\n", "amr"), (b"#!AMR-WB\n", "amr-wb"))
"""The first octets of files of one channel (section 5.1)."""
_NARROW = (95, 103, 118, 134, 148, 159, 204, 244, 39)
_WIDE = (132, 177, 253, 285, 317, 365, 397, 461, 477, 40)
BITS = MappingProxyType(
    {
        "amr": {**dict(enumerate(_NARROW)), 15: 0},
        "amr-wb": {**dict(enumerate(_WIDE)), 14: 0, 15: 0},
    }
)
"""The bits of a frame by its type (sections 3.6, 4.3.2; 3GPP TS 26.101, 26.201); 15: nothing was sent."""
RATES = MappingProxyType({"amr": 8000, "amr-wb": 16_000})
FRAMES_PER_SECOND = 50
LEAD = 50  # frames decoded before a span, for the decoder remembers
_NOTHING = np.zeros(0, np.int16)
_TYPE, _GOOD, _MORE = 0x78, 0x04, 0x80  # of an octet of the table of contents


class Arrangement(NamedTuple):
    """How packets are laid out, as `a=fmtp` says it (section 8.1)."""

    octets: bool = False
    """Each frame begins with an octet of its own."""
    checksums: bool = False

    @classmethod
    def of(cls, fmtp: str) -> "Arrangement":
        """From the parameters. CallUnreadableError for what is not understood here."""
        said = dict(part.strip().lower().partition("=")[::2] for part in fmtp.split(";"))
        sorted_ = said.get("robust-sorting", "0") == "1"
        if sorted_ or said.get("interleaving", "0") != "0" or said.get("channels", "1") not in {"1", ""}:
            raise CallUnreadableError(
                "AMR that is interleaved or sorted by importance is kept, and not heard here."
            )
        checksums = said.get("crc", "0") == "1"
        return cls(said.get("octet-align", "0") == "1" or checksums, checksums)


def decode(name: str, payloads: Sequence[bytes], fmtp: str) -> list[Pcm]:
    """The samples of each packet. CallUnreadableError where no decoder is at hand."""
    arrangement = Arrangement.of(fmtp)
    return _decoded(name, (packet_frames(name, each, arrangement) for each in payloads))


def decode_file(original: bytes, span: tuple[int, int] | None = None) -> tuple[Pcm, int]:
    """The samples of a file within `span` (ms), and their rate. CallUnreadableError where no decoder is at hand."""
    name, found = file_frames(original)
    start, end = span or (0, len(found) * 1000 // FRAMES_PER_SECOND)
    first = max(start * FRAMES_PER_SECOND // 1000 - LEAD, 0)
    last = -(-max(end, 0) * FRAMES_PER_SECOND // 1000)
    rate = RATES[name]
    samples = np.concatenate([_NOTHING, *_decoded(name, [found[first:last]])])
    skipped = first * rate // FRAMES_PER_SECOND
    return samples[max(start, 0) * rate // 1000 - skipped : max(end, 0) * rate // 1000 - skipped], rate


def file_frames(original: bytes) -> tuple[str, list[bytes]]:
    """The codec of a file, and its frames as far as it is whole."""
    mark, name = next((each for each in MARKS if original.startswith(each[0])), (b"", ""))
    if not name:
        raise CallUnreadableError("It is no file of AMR with one channel.")
    found, at = [], len(mark)
    while at < len(original):
        bits = BITS[name].get((original[at] & _TYPE) >> 3)
        end = at + 1 + -(-(bits or 0) // 8)
        if bits is None or end > len(original):
            break
        found.append(original[at:end])
        at = end
    return name, found


def packet_frames(name: str, payload: bytes, arrangement: Arrangement) -> list[bytes]:
    """The frames of one packet in the form of files; none where the packet is not what it says."""
    try:
        return list(_of_octets(name, payload, arrangement) if arrangement.octets else _of_bits(name, payload))
    except (IndexError, KeyError):
        return []


def _of_octets(name: str, payload: bytes, arrangement: Arrangement) -> Iterator[bytes]:
    at, contents = 1, []  # the first octet asks for a mode
    while True:
        contents.append(payload[at])
        at += 1
        if not contents[-1] & _MORE:
            break
    if arrangement.checksums:
        at += sum(BITS[name][(each & _TYPE) >> 3] > 0 for each in contents)
    for each in contents:
        length = -(-BITS[name][(each & _TYPE) >> 3] // 8)
        frame = payload[at : at + length]
        if len(frame) < length:
            raise IndexError
        yield bytes((each & (_TYPE | _GOOD),)) + frame
        at += length


def _of_bits(name: str, payload: bytes) -> Iterator[bytes]:
    whole, left = int.from_bytes(payload), len(payload) * 8

    def take(count: int) -> int:
        nonlocal left
        left -= count
        if left < 0:
            raise IndexError
        return whole >> left & ((1 << count) - 1)

    take(4)  # asks for a mode
    contents = []
    while True:
        contents.append(take(6) << 2)  # as an octet has it, with two bits that say nothing
        if not contents[-1] & _MORE:
            break
    for each in contents:
        bits = BITS[name][(each & _TYPE) >> 3]
        length = -(-bits // 8)
        yield bytes((each & (_TYPE | _GOOD),)) + (take(bits) << (8 * length - bits)).to_bytes(length)


def _decoded(name: str, packets: "Iterator[list[bytes]] | Sequence[list[bytes]]") -> list[Pcm]:
    with libraries.frames(name) as next_frame:
        return [
            np.concatenate([next_frame(frame, not frame[0] & _GOOD) for frame in found])
            if found
            else _NOTHING
            for found in packets
        ]
