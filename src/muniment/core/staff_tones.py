"""Is a tone heard again and again in a call? How staff are told on some lines (REQ 023), proved by the sound.

The sound is cut into windows of 20 ms; a window has the tone where a good part of its energy lies at the tone's
pitch. A beginning is a window with the tone after some without; as many as fit the interval are counted.
"""

import numpy as np
from numpy.typing import NDArray

WINDOW = 0.02  # seconds
SHARE = 0.4  # of a window's energy at the tone's pitch: speech seldom has a tenth at any one
LEAST_LOUDNESS = 60.0  # of a window, as the root mean square of 16-bit samples
SHORTEST = 3  # windows in a row: less is a syllable

type Samples = NDArray[np.int16]


def beginnings(sound: Samples, rate: int, hertz: int, every: int) -> int:
    """How often the tone begins in `sound`; beginnings closer than half of `every` (seconds) count once."""
    size = round(rate * WINDOW)
    count = len(sound) // size
    if not count or not 0 < hertz < rate / 2:
        return 0
    windows = np.asarray(sound[: count * size], np.float64).reshape(count, size)
    wave = np.exp(-2j * np.pi * hertz / rate * np.arange(size))
    energy = (windows**2).sum(axis=1)
    at_pitch = 2 * np.abs(windows @ wave) ** 2 / size
    there = (at_pitch >= SHARE * energy) & (energy >= LEAST_LOUDNESS**2 * size)
    found, last, run = 0, -np.inf, 0
    for place, heard in enumerate(there.tolist()):
        run = run + 1 if heard else 0
        if run == SHORTEST and (place - last) * WINDOW >= every / 2:
            found, last = found + 1, place
    return found
