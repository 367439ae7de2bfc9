"""A voice of our own for machines without a speech program: nobody understands it, but two are told apart.

Each letter becomes a sound: a vowel is the harmonics of a pitch, shaped by two resonances (formants), anything
else a soft hiss or a short stop. The same words give the same samples.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

from muniment.demo.calls.script import Voice

RATE = 8000
_HIGHEST = 3300.0  # hertz: what a telephone carries
_LOUD = 9000.0
_EDGE = 80  # samples over which a sound comes and goes
_FORMANTS = {
    "a": (800, 1250), "e": (500, 1900), "i": (320, 2300), "o": (500, 900), "u": (340, 800), "y": (330, 2100),
    "l": (380, 1100), "m": (280, 1000), "n": (290, 1500), "r": (420, 1300), "w": (320, 700), "j": (300, 2200),
}  # fmt: skip
"""The two lowest resonances, in hertz."""
_HISSING = frozenset("cfhksxz")
_PAUSES = {",": 0.18, ".": 0.32, "?": 0.34, "!": 0.3, ";": 0.2, " ": 0.06}  # seconds

type Sound = NDArray[np.int16]


def spoken(text: str, voice: Voice) -> Sound:
    """The words in this voice, at 8 kHz."""
    unit = 11.0 / voice.speed  # seconds of a vowel
    parts = [np.zeros(0)]
    letters = text.lower()
    for place, letter in enumerate(letters):
        if letter in _PAUSES:
            parts.append(np.zeros(round(_PAUSES[letter] * RATE)))
        elif letter in _FORMANTS:
            vowel = letter in "aeiou"
            falling = 1.12 - 0.24 * place / len(letters)  # a sentence falls
            parts.append(_voiced(letter, _pitch(voice) * falling, unit if vowel else unit * 0.7, vowel=vowel))
        elif letter.isalnum():
            parts.append(_unvoiced(letter, unit * 0.7))
    return np.clip(np.concatenate(parts), -32000, 32000).astype(np.int16)


def _pitch(voice: Voice) -> float:
    """In hertz: men's voices (m in espeak-ng's names) lie lower."""
    return (75.0 if "+m" in voice.name or "scotland" in voice.name else 135.0) + voice.pitch * 1.1


def _voiced(letter: str, pitch: float, seconds: float, *, vowel: bool) -> NDArray[np.float64]:
    at = np.arange(round(seconds * RATE)) / RATE
    harmonics = pitch * np.arange(1, int(_HIGHEST / pitch))
    strength = sum(1 / (1 + ((harmonics - each) / 90.0) ** 2) for each in _FORMANTS[letter])
    made = (strength * np.sin(2 * np.pi * np.outer(at, harmonics))).sum(axis=1)
    return _edged(made / max(float(np.abs(made).max()), 1e-9) * _LOUD * (1.0 if vowel else 0.45))


def _unvoiced(letter: str, seconds: float) -> NDArray[np.float64]:
    chance = np.random.default_rng(zlib.crc32(letter.encode()))
    made = np.diff(chance.standard_normal(round(seconds * RATE) + 1))
    if letter not in _HISSING:
        made[: len(made) // 2] = 0  # a stop: silence, then a burst
    return _edged(made * _LOUD * 0.08)


def _edged(made: NDArray[np.float64]) -> NDArray[np.float64]:
    edge = np.minimum(1.0, np.minimum(np.arange(len(made)), np.arange(len(made))[::-1]) / _EDGE)
    return made * edge
