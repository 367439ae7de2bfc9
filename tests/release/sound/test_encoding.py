"""All of a recording, in steps, and as Opus."""

import io

import numpy as np
import soundfile

from muniment.readers.calls.source import Held
from muniment.release.sound import encoding
from muniment.release.sound.messages import Covered, Task
from muniment.release.sound.recordings import recording
from tests.readers.calls.samples import a_call, loudness


def test_steps_are_exactly_as_long_as_their_time(monkeypatch) -> None:
    data = a_call(3)
    found = recording(Task("opus", "siprec", len(data)), Held(data))
    monkeypatch.setattr(encoding, "STEP", 700)
    parts = list(encoding.steps(found, found.describe()))
    assert [start for start, _, _ in parts] == [0, 700, 1400, 2100, 2800]
    assert sum(len(rows) for _, rows, _ in parts) == found.describe().length * 8


def test_what_is_covered_is_silent_and_the_same_sound_gives_the_same_file() -> None:
    data = a_call(3)
    task = Task("opus", "siprec", len(data), covers=(Covered(1000, 2000, None, beep=False),))
    first, notes = encoding.encoded(task, recording(task, Held(data)))
    again, _ = encoding.encoded(task, recording(task, Held(data)))
    assert (first, notes) == (again, ())
    rows, rate = soundfile.read(io.BytesIO(first), dtype="int16")
    assert loudness(rows[int(1.1 * rate) : int(1.9 * rate)]) < 50
    assert loudness(rows[: int(0.9 * rate)]) > 3000


def test_without_covers_nothing_changes() -> None:
    rows = np.ones((10, 2), np.int16)
    assert encoding.covered_for(Task("opus", "audio", 1), rows, 8000, 0) is rows
