"""Was the announcement played? A matched filter for a known prompt in the sound of a call.

The prompt is slid over the first half minute of the call; at each place their likeness is the correlation of
the two, each divided by its own loudness, so that neither gain nor what is said before or after matters. Where
the prompt was played through any telephone codec the best likeness is near 1; speech that is not the prompt
stays far below a half. There each second of the prompt is then compared by itself, and the worst counts: a
notice that was cut off was not given. What is proved is that this very recording was played, not that somebody said so.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 8000  # samples a second at which everything is compared: what a telephone carries
LOOKED_AT = 30.0  # seconds from the start of the call in which an announcement is to begin
PLAYED_FROM = 0.5  # likeness from which it counts as played; see docs/guide for what was measured
SHORTEST = 1.0  # seconds of a prompt; less sounds like too much else
PAUSE = 0.3  # of the prompt's usual loudness: a second with less says too little to be missed
LEAST_LOUDNESS = 30.0  # of a stretch, as the root mean square of 16-bit samples: below it there is only noise

type Samples = NDArray[np.floating] | NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like the best stretch is to the prompt (−1 to 1), and where it begins and ends, in seconds."""

    score: float
    start: float
    end: float

    @property
    def played(self) -> bool:
        """Whether the prompt was played here."""
        return self.score >= PLAYED_FROM


def likeness(sound: Samples, prompt: Samples, rate: int = RATE) -> Likeness:
    """Where in the first half minute of `sound` the whole prompt is played, and how surely.

    Both are mono at `rate` samples a second. A score of 0 where either is too short or silent.
    """
    wanted = _centred(prompt)
    looked_at = _centred(sound[: round((LOOKED_AT + len(prompt) / rate) * rate)])
    norm = float(np.linalg.norm(wanted))
    if len(wanted) < SHORTEST * rate or len(looked_at) < len(wanted) or norm == 0:
        return Likeness(0.0, 0.0, 0.0)
    size = 1 << (len(looked_at) + len(wanted) - 2).bit_length()
    spectrum = np.fft.rfft(looked_at, size) * np.conj(np.fft.rfft(wanted, size))
    places = len(looked_at) - len(wanted) + 1
    products = np.fft.irfft(spectrum, size)[:places]
    energy = np.concatenate(([0.0], np.cumsum(looked_at**2)))
    loudness = np.sqrt(np.maximum(energy[len(wanted) :] - energy[:places], 0.0))
    heard = loudness >= LEAST_LOUDNESS * np.sqrt(len(wanted))
    scores = np.where(heard, products / np.maximum(loudness * norm, 1.0), 0.0)
    best = int(np.argmax(scores))
    weakest = _weakest(looked_at[best : best + len(wanted)], wanted, rate)
    return Likeness(min(float(scores[best]), weakest), best / rate, (best + len(wanted)) / rate)


def _weakest(heard: NDArray[np.float64], wanted: NDArray[np.float64], rate: int) -> float:
    """The likeness of the second of the prompt that was heard worst; its pauses do not count."""
    count = max(1, len(wanted) // rate)
    pieces = zip(np.array_split(heard, count), np.array_split(wanted, count), strict=True)
    usual = np.linalg.norm(wanted) / np.sqrt(count)
    found = [
        float(piece @ prompt) / max(float(np.linalg.norm(piece) * np.linalg.norm(prompt)), 1.0)
        for piece, prompt in pieces
        if np.linalg.norm(prompt) >= usual * PAUSE
    ]
    return min(found)


def _centred(samples: Samples) -> NDArray[np.float64]:
    values = np.asarray(samples, np.float64)
    return values - values.mean() if len(values) else values
