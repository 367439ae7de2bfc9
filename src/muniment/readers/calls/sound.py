"""Sound as two channels of samples: brought to one rate, cut, drawn as peaks."""

import io
from dataclasses import dataclass, replace
from functools import lru_cache
from math import gcd

import numpy as np
import soundfile
from numpy.typing import NDArray

from muniment.readers.calls.g711 import Pcm

LARGEST_STEP = 12  # up- or downsampling beyond it is done by drawing lines between samples
_TAPS = 16  # on each side, for each step of the ratio: 60 dB down beyond the pass band
_LOUDEST = 32767


@dataclass(frozen=True, slots=True)
class Sound:
    """A stretch of a call: the caller left, the called right; `right` None where both are in one channel.

    `rate` is in hertz. `notes` say what could not be heard, and why.
    """

    rate: int
    left: Pcm
    right: Pcm | None = None
    notes: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """How long it is."""
        return max(len(self.left), 0 if self.right is None else len(self.right)) / self.rate

    @property
    def channels(self) -> tuple[Pcm, ...]:
        """Its channels, one or two."""
        return (self.left,) if self.right is None else (self.left, self.right)

    def at(self, rate: int) -> "Sound":
        """The same at another rate."""
        right = None if self.right is None else resample(self.right, self.rate, rate)
        return replace(self, rate=rate, left=resample(self.left, self.rate, rate), right=right)

    def wav(self) -> bytes:
        """It as a WAV file of 16-bit samples."""
        file = io.BytesIO()
        length = max(map(len, self.channels))
        columns = [np.pad(one, (0, length - len(one))) for one in self.channels]
        soundfile.write(file, np.stack(columns, axis=1), self.rate, format="WAV", subtype="PCM_16")
        return file.getvalue()


def resample(samples: Pcm, rate: int, wanted: int) -> Pcm:
    """The same sound at another rate, without what the lower of both cannot carry."""
    if rate == wanted or not len(samples):
        return samples
    common = gcd(rate, wanted)
    up, down = wanted // common, rate // common
    if max(up, down) > LARGEST_STEP:
        return _drawn(samples, rate, wanted)
    spread = np.zeros(len(samples) * up, np.float32)
    spread[::up] = samples
    return _whole(_filtered(spread, up, down)[::down])


def peaks(samples: Pcm, rate: int, per_second: int) -> NDArray[np.int8]:
    """For each of `per_second` stretches of a second the lowest and the highest sample, from −127 to 127."""
    width = max(rate // per_second, 1)
    count = -(-len(samples) // width)
    padded = np.pad(samples, (0, count * width - len(samples))).reshape(count, width)
    both = np.stack([padded.min(axis=1), padded.max(axis=1)], axis=1) if count else np.zeros((0, 2))
    return np.clip(np.rint(both / _LOUDEST * 127), -127, 127).astype(np.int8)


def added(one: Pcm, other: Pcm) -> Pcm:
    """Two sounds at once, cut off where both together are too loud."""
    length = max(len(one), len(other))
    return _whole(
        np.pad(one.astype(np.float32), (0, length - len(one))) + np.pad(other, (0, length - len(other)))
    )


@lru_cache(maxsize=16)
def _filter(up: int, down: int) -> NDArray[np.float32]:
    step = max(up, down)
    place = np.arange(-_TAPS * step, _TAPS * step + 1)
    wave = np.sinc(place / step) * np.blackman(len(place)) / step
    return (wave / wave.sum() * up).astype(np.float32)


def _filtered(spread: NDArray[np.float32], up: int, down: int) -> NDArray[np.float32]:
    taps = _filter(up, down)
    return np.convolve(spread, taps)[len(taps) // 2 : len(taps) // 2 + len(spread)]


def _drawn(samples: Pcm, rate: int, wanted: int) -> Pcm:
    if wanted < rate:  # first take out what would come back as another tone
        step = min(-(-rate // wanted), LARGEST_STEP)
        samples = _whole(_filtered(samples.astype(np.float32), 1, step))
    places = np.arange(len(samples) * wanted // rate) * (rate / wanted)
    return _whole(np.interp(places, np.arange(len(samples)), samples))


def _whole(samples: NDArray[np.floating]) -> Pcm:
    return np.clip(np.rint(samples), -_LOUDEST - 1, _LOUDEST).astype(np.int16)
