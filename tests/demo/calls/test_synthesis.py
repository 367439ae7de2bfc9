"""A voice of our own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.demo.calls import synthesis
from muniment.demo.calls.script import Voice

MAN, WOMAN = Voice("en-gb+m2", 25, 160), Voice("en-gb+f3", 55, 160)
WORDS = "We will have it for you on Friday, without fail."


def pitch(sound: np.ndarray) -> float:
    """The strongest pitch between 60 and 300 Hz, by autocorrelation."""
    whole = sound.astype(float)
    spectrum = np.abs(np.fft.rfft(whole, 1 << 17)) ** 2
    found = np.fft.irfft(spectrum)[:400]
    return 8000 / (27 + int(np.argmax(found[27:134])))


def test_the_same_words_are_the_same_samples() -> None:
    assert np.array_equal(synthesis.spoken(WORDS, MAN), synthesis.spoken(WORDS, MAN))


def test_two_speakers_are_told_apart_by_their_pitch() -> None:
    low, high = pitch(synthesis.spoken(WORDS, MAN)), pitch(synthesis.spoken(WORDS, WOMAN))
    assert low < 140 < high


def test_it_is_as_loud_as_speech_and_has_pauses() -> None:
    sound = synthesis.spoken(WORDS, MAN).astype(float)
    loudness = np.sqrt((sound[: len(sound) // 160 * 160].reshape(-1, 160) ** 2).mean(axis=1))
    assert loudness.max() > 2000
    assert (loudness < 10).mean() > 0.05
    assert 2.0 < len(sound) / 8000 < 6.0


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40), st.integers(0, 99), st.integers(80, 300))
def test_whatever_is_written_is_said(text: str, high: int, speed: int) -> None:
    sound = synthesis.spoken(text, Voice("en-gb+f1", high, speed))
    assert sound.dtype == np.int16
    assert len(sound) >= 0
    if not text.strip():
        assert not sound.any()


@pytest.mark.parametrize("voice", [MAN, WOMAN])
def test_no_sound_goes_beyond_what_a_telephone_carries(voice: Voice) -> None:
    sound = synthesis.spoken("aeiou lmnrw", voice).astype(float)
    power = np.abs(np.fft.rfft(sound)) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / 8000)
    assert power[hertz > 3500].sum() < 0.01 * power.sum()
