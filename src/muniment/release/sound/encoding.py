"""All of a recording, a step at a time, and as Opus in Ogg (RFC 7845). This runs in the confined child only."""

import io
from collections.abc import Iterator
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from muniment.release.sound.covering import covered
from muniment.release.sound.messages import Described, Task
from muniment.release.sound.opus import settled
from muniment.release.sound.recordings import Recording, interleaved

STEP: Final = 30_000  # ms decoded at a time where a whole recording is drawn or encoded
OPUS_LEVEL: Final = 0.96  # of libsndfile: about 32 kbit/s for two channels (docs/why.md)


def encoded(task: Task, found: Recording) -> tuple[bytes, tuple[str, ...]]:
    """All of it as Opus in Ogg, without what the task covers; and what could not be heard, in words."""
    known = found.describe()
    file, notes = io.BytesIO(), dict[str, None]()
    with soundfile.SoundFile(
        file, "w", known.rate, known.channels, format="OGG", subtype="OPUS", compression_level=OPUS_LEVEL
    ) as sink:
        for start, rows, said in steps(found, known):
            sink.write(covered_for(task, rows, known.rate, start))
            notes.update(dict.fromkeys(said))
    return settled(file.getvalue()), tuple(notes)


def steps(found: Recording, known: Described) -> Iterator[tuple[int, NDArray[np.int16], tuple[str, ...]]]:
    """Every stretch of a recording, each exactly as long as its time."""
    found.look_through()
    for start in range(0, known.length, STEP):
        end = min(start + STEP, known.length)
        sound = found.hear(start, end)
        rows = interleaved(sound, known.channels, known.rate)
        due = end * known.rate // 1000 - start * known.rate // 1000
        yield start, np.pad(rows[:due], ((0, max(due - len(rows), 0)), (0, 0))), sound.notes


def covered_for(task: Task, rows: NDArray[np.int16], rate: int, start: int) -> NDArray[np.int16]:
    """What a task leaves of rows that begin at `start` (ms)."""
    return covered(rows, rate, start, task.covers) if task.covers else rows
