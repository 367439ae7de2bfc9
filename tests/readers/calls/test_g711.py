"""G.711 against the values of the standard."""

import numpy as np

from muniment.readers.calls.g711 import alaw, ulaw
from tests.readers.calls.samples import tone, ulaw_encoded


def test_the_ends_and_the_middle_of_both_laws() -> None:
    assert ulaw(bytes([0x00, 0x80, 0x7F, 0xFF])).tolist() == [-32124, 32124, 0, 0]
    assert alaw(bytes([0x2A, 0xAA, 0x55, 0xD5])).tolist() == [-32256, 32256, -8, 8]


def test_each_code_has_its_own_value_and_they_rise() -> None:
    for law, distinct in ((ulaw, 255), (alaw, 256)):
        values = law(bytes(range(256)))
        assert len(set(values.tolist())) == distinct


def test_a_tone_comes_back_within_the_step_of_its_loudness() -> None:
    sound = tone(440, 0.1)
    assert np.max(np.abs(ulaw(ulaw_encoded(sound)).astype(int) - sound)) <= 512
