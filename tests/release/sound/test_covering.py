"""What is under a cover is gone; what is beside it is untouched."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from muniment.release.sound.covering import TONE, covered
from muniment.release.sound.messages import Covered
from tests.readers.calls.samples import pitch

RATE = 8000


def sound(seconds: float = 2) -> np.ndarray:
    noise = np.random.default_rng(7).integers(-20_000, 20_000, (int(seconds * RATE), 2))
    return noise.astype(np.int16)


def test_silence_and_tone_replace_what_was_said() -> None:
    rows = sound()
    kept = covered(rows, RATE, 0, [Covered(500, 1000, 0, beep=False), Covered(1000, 1500, 1)])
    assert not kept[4000:8000, 0].any()
    assert pitch(kept[8000:12_000, 1], RATE) == TONE
    kept[4000:8000, 0], kept[8000:12_000, 1] = rows[4000:8000, 0], rows[8000:12_000, 1]
    assert np.array_equal(kept, rows)


def test_a_tone_does_not_let_through_what_it_covers() -> None:
    loud, other = (
        covered(sound(), RATE, 0, [Covered(0, 2000)]),
        covered(sound() // 2, RATE, 0, [Covered(0, 2000)]),
    )
    assert np.array_equal(loud, other)


def test_a_recording_with_one_channel_is_covered_whatever_channel_is_named() -> None:
    assert not covered(sound()[:, :1], RATE, 0, [Covered(0, 2000, 1, beep=False)]).any()


@given(st.integers(0, 2500), st.integers(1, 2500), st.integers(0, 1900), st.sampled_from([None, 0, 1]))
def test_by_windows_it_is_the_same_as_at_once(start: int, length: int, cut: int, channel: int | None) -> None:
    rows, cover = sound(), Covered(start, start + length, channel)
    at = cut * RATE // 1000
    parts = [covered(rows[:at], RATE, 0, [cover]), covered(rows[at:], RATE, cut, [cover])]
    assert np.array_equal(np.concatenate(parts), covered(rows, RATE, 0, [cover]))
