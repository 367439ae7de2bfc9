"""A tone that staff hear again and again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.staff_tones import beginnings
from tests.core.test_prompts import speech

RATE = 8000


def with_beeps(sound: np.ndarray, hertz: int, every: int, milliseconds: int = 200) -> np.ndarray:
    """The sound with a tone laid over it every so many seconds."""
    found = sound.astype(np.float64)
    length = RATE * milliseconds // 1000
    beep = 6000 * np.sin(2 * np.pi * hertz / RATE * np.arange(length))
    for at in range(0, len(found) - length, every * RATE):
        found[at : at + length] += beep
    return np.clip(found, -32768, 32767).astype(np.int16)


@given(st.integers(400, 2000), st.integers(3, 10), st.integers(0, 4))
@settings(deadline=None, max_examples=15)
def test_every_beginning_in_quiet_sound_counts(hertz: int, every: int, noise: int) -> None:
    quiet = np.random.default_rng(noise).normal(0, 40, 24 * RATE)
    found = beginnings(with_beeps(quiet, hertz, every), RATE, hertz, every)
    assert found == len(range(0, 24 * RATE - RATE // 5, every * RATE))


def test_it_is_heard_beside_speech_and_not_in_speech_alone() -> None:
    said = (speech(4, 30) * 0.2).astype(np.int16)
    assert beginnings(with_beeps(said, 1400, 10), RATE, 1400, 10) == 3
    assert beginnings(speech(4, 30).astype(np.int16), RATE, 1400, 10) == 0


@pytest.mark.parametrize(("length", "hertz"), [(0, 1400), (10, 1400), (8000, 0), (8000, 4000)])
def test_nothing_is_heard_where_nothing_can_be(length: int, hertz: int) -> None:
    assert beginnings(np.zeros(length, np.int16), RATE, hertz, 10) == 0
