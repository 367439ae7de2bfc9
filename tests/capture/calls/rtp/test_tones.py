"""Keys are heard; voices are not taken for keys."""

import wave
from pathlib import Path

import numpy as np
import pytest

from muniment.capture.calls.rtp import tones
from muniment.capture.calls.rtp.tones import HIGH, LOW, Law, has_key


def encoded(samples: np.ndarray, law: Law) -> bytes:
    table = tones._LAWS[law]
    return bytes(int(np.abs(table - sample).argmin()) for sample in samples)


@pytest.mark.parametrize("law", ["PCMU", "PCMA"])
@pytest.mark.parametrize("size", [80, 160, 240])
def test_every_key_is_heard_at_every_loudness(law: Law, size: int) -> None:
    moment = np.arange(size) / 8000
    for low in LOW:
        for high in HIGH:
            for loudness, twist in ((400, 1.0), (4000, 0.5), (9000, 1.6)):
                both = np.sin(2 * np.pi * low * moment) + twist * np.sin(2 * np.pi * high * moment + 1)
                assert has_key(encoded(loudness * both, law), law), (low, high, loudness)


def test_silence_noise_and_single_tones_are_no_keys() -> None:
    moment, draw = np.arange(160) / 8000, np.random.default_rng(1)
    for sound in (
        np.zeros(160),
        draw.normal(0, 3000, 160),
        8000 * np.sin(2 * np.pi * 440 * moment),
        8000 * np.sin(2 * np.pi * 697 * moment),
    ):
        assert not has_key(encoded(sound, "PCMA"), "PCMA")
    assert not has_key(b"\xff" * 10, "PCMU")


def test_people_are_seldom_taken_for_keys(shared_data: Path) -> None:
    with wave.open(str(shared_data / "calls" / "speech_lhotse" / "libri-1088-134315-0000.wav")) as sound:
        assert sound.getframerate() == 16_000
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")[::2].astype(float)
    frames = [encoded(samples[at : at + 160], "PCMU") for at in range(0, len(samples) - 160, 480)]
    taken = sum(has_key(frame, "PCMU") for frame in frames)
    assert taken <= len(frames) // 50
