"""Samples at another rate, as peaks, as a file."""

import io

import numpy as np
import pytest
import soundfile

from muniment.readers.calls.sound import Sound, added, peaks, resample
from tests.readers.calls.samples import loudness, pitch, tone


@pytest.mark.parametrize(
    ("rate", "wanted"),
    [(8000, 16_000), (48_000, 16_000), (16_000, 8000), (44_100, 16_000), (11_025, 8000), (8000, 44_100)],
)
def test_a_tone_stays_the_tone(rate: int, wanted: int) -> None:
    found = resample(tone(440, 1, rate), rate, wanted)
    assert len(found) == pytest.approx(wanted, abs=2)
    assert pitch(found, wanted) == pytest.approx(440, abs=1)
    assert loudness(found[wanted // 4 : -wanted // 4]) == pytest.approx(11_313, rel=0.02)


def test_what_the_lower_rate_cannot_carry_does_not_come_back_as_another_tone() -> None:
    assert loudness(resample(tone(6000, 1, 16_000), 16_000, 8000)) < 300


def test_peaks_show_the_loud_and_the_silent() -> None:
    sound = np.concatenate([np.zeros(4000, np.int16), tone(440, 0.5)])
    found = peaks(sound, 8000, 10)
    assert found.shape == (10, 2)
    assert found[:5].tolist() == [[0, 0]] * 5
    assert (found[5:, 1] > 60).all()
    assert (found[5:, 0] < -60).all()
    assert peaks(np.zeros(0, np.int16), 8000, 10).shape == (0, 2)


def test_two_loud_sounds_do_not_wrap_round() -> None:
    loud = np.full(10, 30_000, np.int16)
    assert added(loud, loud[:5]).tolist() == [32_767] * 5 + [30_000] * 5


def test_it_leaves_as_a_file_of_two_channels() -> None:
    sound = Sound(8000, tone(440, 0.5), tone(1000, 0.25)).at(16_000)
    found, rate = soundfile.read(io.BytesIO(sound.wav()), dtype="int16")
    assert (rate, found.shape) == (16_000, (8000, 2))
    assert pitch(found[:, 0], rate) == pytest.approx(440, abs=2)
    assert Sound(8000, tone(440, 0.5)).wav()[22:24] == b"\1\0"
