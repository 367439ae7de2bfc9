"""What a redaction leaves of a sound: silence, or a tone that says that something was taken out."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from muniment.release.sound.messages import Covered

TONE: Final = 1000  # hertz
_LOUDNESS: Final = 4000  # of 32767: heard, and no fright


def covered(
    samples: NDArray[np.int16], rate: int, start: int, covers: Sequence[Covered]
) -> NDArray[np.int16]:
    """The samples (one row for each moment, one column for each channel) with every cover in its place.

    `start` is where the samples begin, in ms since the sound began. Nothing under a cover is left: the
    tone replaces it, and is not added to it. A cover is as long as its milliseconds, rounded outwards.
    """
    kept = samples.copy()
    first = start * rate // 1000
    for cover in covers:
        begin = max(cover.start * rate // 1000 - first, 0)
        end = min(-(-cover.end * rate // 1000) - first, len(kept))
        if begin >= end:
            continue
        place = np.arange(first + begin, first + end)
        tone = (_LOUDNESS * np.sin(2 * np.pi * TONE * place / rate)).astype(np.int16)
        columns = range(kept.shape[1]) if cover.channel is None else [min(cover.channel, kept.shape[1] - 1)]
        for column in columns:
            kept[begin:end, column] = tone if cover.beep else 0
    return kept
