"""Keys as sound: finds the two tones of a pressed key (ITU-T Q.23) in G.711, so that they can be dropped.

Which key it was is not looked for: only that one tone of each group stands out.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

LOW = (697.0, 770.0, 852.0, 941.0)  # Hz
HIGH = (1209.0, 1336.0, 1477.0, 1633.0)
RATE = 8000
SHORTEST = 40  # samples: below 5 ms nothing can be said
SHARE = 0.55  # of the sound's power that the two tones have together
TWIST = 10.0  # how many times stronger one of them may be
QUIET = 60.0  # mean amplitude of 16-bit samples below which there is nothing to hear

type Law = Literal["PCMU", "PCMA"]


def _ulaw() -> NDArray[np.float32]:
    code = ~np.arange(256, dtype=np.uint8)
    exponent, mantissa = (code >> 4) & 7, code & 15
    size = (((mantissa.astype(np.int32) << 3) + 0x84) << exponent) - 0x84
    return np.where(code & 0x80, -size, size).astype(np.float32)


def _alaw() -> NDArray[np.float32]:
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    exponent, mantissa = ((code >> 4) & 7).astype(np.int32), (code & 15).astype(np.int32)
    size = (mantissa << 4) + 8
    size = np.where(exponent > 0, (size + 0x100) << np.maximum(exponent - 1, 0), size)
    return np.where(code & 0x80, size, -size).astype(np.float32)


_LAWS: dict[str, NDArray[np.float32]] = {"PCMU": _ulaw(), "PCMA": _alaw()}


def has_key(payload: bytes, law: Law) -> bool:
    """Whether a packet of G.711 holds the tones of a key: the power at eight frequencies (Goertzel)."""
    if len(payload) < SHORTEST:
        return False
    samples = _LAWS[law][np.frombuffer(payload, np.uint8)]
    power = float(np.mean(samples**2))
    if power < QUIET**2:
        return False
    low, high = (float(max(_power(samples, each) for each in group)) for group in (LOW, HIGH))
    strongest, weakest = max(low, high), min(low, high)
    return low + high >= SHARE * power and strongest <= TWIST * weakest


def _power(samples: NDArray[np.float32], frequency: float) -> float:
    """The mean power of the part of a sound at one frequency."""
    angle = 2j * np.pi * frequency / RATE * np.arange(len(samples))
    found = np.abs(np.dot(samples, np.exp(angle))) / len(samples)
    return float(2 * found**2)
