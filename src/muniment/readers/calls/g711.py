"""G.711 as tables: 256 values each for the µ-law and the A-law (ITU-T G.711)."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

type Pcm = NDArray[np.int16]

_BIAS = 0x84  # added before a sample is cut into its segment (G.711 table 2a)


def ulaw(payload: bytes) -> Pcm:
    """µ-law octets as 16-bit samples."""
    return _ulaw_table()[np.frombuffer(payload, np.uint8)]


def alaw(payload: bytes) -> Pcm:
    """A-law octets as 16-bit samples."""
    return _alaw_table()[np.frombuffer(payload, np.uint8)]


@cache
def _ulaw_table() -> Pcm:
    code = ~np.arange(256, dtype=np.uint8)
    segment, step = (code >> 4) & 7, (code & 15).astype(np.int32)
    size = (((step << 3) + _BIAS) << segment) - _BIAS
    return np.where(code & 0x80, -size, size).astype(np.int16)


@cache
def _alaw_table() -> Pcm:
    code = np.arange(256, dtype=np.uint8) ^ np.uint8(0x55)
    segment, step = ((code >> 4) & 7).astype(np.int32), (code & 15).astype(np.int32)
    first = (step << 4) + 8
    size = np.where(segment == 0, first, (first + 0x100) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int16)
