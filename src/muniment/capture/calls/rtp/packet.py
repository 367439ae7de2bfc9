"""The parts of RTP packets (RFC 3550 section 5.1): a whole batch at once, and one as the slow way sees it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

HEADER_BYTES = 12
CONTROL_BYTES = 8  # of the shortest RTCP packet
VERSION_2 = 0x80
RTCP_TYPES = (192, 223)  # of the second byte: RFC 5761 section 4 keeps them apart from payload types

_PLAIN = 0x80  # version 2, no padding, no extension, no contributing sources
_LAYOUT = np.dtype(
    {
        "names": ["first", "second", "sequence", "timestamp", "ssrc"],
        "formats": ["u1", "u1", ">u2", ">u4", ">u4"],
        "offsets": [0, 1, 2, 4, 8],
        "itemsize": HEADER_BYTES,
    }
)


class Packet(NamedTuple):
    """The header of one packet, and how it came."""

    arrived: int
    """Microseconds since 1970."""
    source: tuple[int, int, int]
    ssrc: int
    sequence: int
    timestamp: int
    kind: int
    """Bit 7 the marker, the rest the payload type."""


class Batch(NamedTuple):
    """Packets of one gathering as columns; a row of `valid` false has no meaning in the others."""

    valid: NDArray[np.bool_]
    control: NDArray[np.bool_]
    """RTCP on the same port (RFC 5761)."""
    ssrc: NDArray[np.int64]
    sequence: NDArray[np.int64]
    timestamp: NDArray[np.int64]
    kind: NDArray[np.uint8]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]


def parse(data: NDArray[np.uint8], lengths: NDArray[np.int64]) -> Batch:
    """Read the headers of the rows of `data`; padding, extension and contributing sources are skipped.

    Valid is what section A.1 asks of one packet alone: version, and lengths that fit together.
    """
    used = len(lengths)
    heads = np.ascontiguousarray(data[:used, :HEADER_BYTES]).view(_LAYOUT)[:, 0]
    first, second = heads["first"], heads["second"]
    versioned = (first & 0xC0) == VERSION_2
    control = versioned & (lengths >= CONTROL_BYTES) & (second >= RTCP_TYPES[0]) & (second <= RTCP_TYPES[1])
    valid = versioned & (lengths >= HEADER_BYTES) & ~control
    begin = np.full(used, HEADER_BYTES, np.int64)
    end = lengths.copy()
    odd = np.flatnonzero(valid & (first != _PLAIN))
    if len(odd):
        _skip(data, odd, first[odd], begin, end)
        valid &= begin <= end
    return Batch(
        valid,
        control,
        heads["ssrc"].astype(np.int64),
        heads["sequence"].astype(np.int64),
        heads["timestamp"].astype(np.int64),
        second.copy(),
        begin,
        end,
    )


def _skip(
    data: NDArray[np.uint8],
    odd: NDArray[np.intp],
    first: NDArray[np.uint8],
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
) -> None:
    """Set where the payload of the rows `odd` begins and ends; begin beyond end where it cannot be."""
    last = data.shape[1] - 4
    at = HEADER_BYTES + 4 * (first & 0x0F).astype(np.int64)
    extended = np.flatnonzero(first & 0x10)
    rows, places = odd[extended], np.minimum(at[extended], last)
    words = data[rows, places + 2].astype(np.int64) * 256 + data[rows, places + 3]
    fits = at[extended] + 4 <= end[rows]
    at[extended] += np.where(fits, 4 + 4 * words, data.shape[1])
    padded = np.flatnonzero(first & 0x20)
    rows = odd[padded]
    count = data[rows, np.maximum(end[rows] - 1, 0)].astype(np.int64)
    end[rows] -= np.where(count > 0, count, data.shape[1])  # a padding of nothing is no padding (A.1)
    begin[odd] = at
