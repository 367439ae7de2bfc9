"""Announcements with their sound."""

import wave
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from muniment.core import prompts
from muniment.core.announcement_settings import Announcement
from muniment.core.call_outline import Outline
from muniment.core.errors import NotAvailableError, WrongUseError


def speech(seed: int, seconds: float, rate: int = 8000) -> np.ndarray:
    """Something like speech: noise in syllables, another for each seed."""
    chance = np.random.default_rng(seed)
    noise = np.convolve(chance.standard_normal(int(seconds * rate)), np.ones(8) / 8, "same")
    syllables = np.repeat(chance.uniform(0.1, 1.0, int(seconds * 5) + 1), rate // 5)[: len(noise)]
    return (noise * syllables * 6000).astype(np.int16)


def written(path: Path, samples: np.ndarray, rate: int = 8000, channels: int = 1) -> str:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return str(path)


def announcement(file: str, **changes: object) -> Announcement:
    return Announcement.model_validate(
        {"organisation": "org_a", "name": "welcome", "version": 2, "file": file, **changes}
    )


def test_it_is_found_where_it_is_played_and_nowhere_else(tmp_path: Path) -> None:
    prompt = prompts.load(announcement(written(tmp_path / "a.wav", speech(1, 4))))
    other = prompts.load(announcement(written(tmp_path / "b.wav", speech(2, 4)), name="goodbye"))
    call = np.concatenate([speech(3, 2), speech(1, 4) // 2, speech(4, 6)])
    found = prompts.heard([speech(5, 12), call], [other, prompt], 1_000_000)
    assert found is not None
    assert (found.state, found.announcement, found.version, found.language) == (
        "played",
        "welcome",
        2,
        "en-GB",
    )
    assert abs(found.at - 1_002_000) < 20
    assert prompts.heard([speech(6, 12)], [prompt, other], 0) is None


def test_any_usual_rate_and_two_channels_will_do(tmp_path: Path) -> None:
    wide = np.repeat(np.repeat(speech(1, 3), 2), 2)  # 16 kHz, both channels
    found = prompts.load(announcement(written(tmp_path / "w.wav", wide, 16_000, 2)))
    assert found.seconds == pytest.approx(3)
    assert np.corrcoef(found.sound, speech(1, 3))[0, 1] > 0.99


def test_what_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("words")
    for file in (
        str(tmp_path / "text.wav"),
        written(tmp_path / "long.wav", speech(1, 61)),
        written(tmp_path / "odd.wav", speech(1, 1), 11_025),
    ):
        with pytest.raises(WrongUseError):
            prompts.load(announcement(file))
    with pytest.raises(NotAvailableError):
        prompts.load(announcement(str(tmp_path / "none.wav")))


def test_line_queue_and_day_choose(tmp_path: Path) -> None:
    first = announcement("x", version=1, until=date(2026, 2, 28))
    second = announcement("x", version=2, since=date(2026, 3, 1), queues=("Sales",))
    of_line = announcement("x", version=3, sources=("trunk",))
    known = (first, second, of_line)
    march = 1_772_359_200_000
    assert prompts.fitting(known, Outline("org_a", "pbx", "Sales"), march) == (second,)
    assert prompts.fitting(known, Outline("org_a", "trunk"), march - 9 * 86_400_000) == (first, of_line)
    assert prompts.fitting(known, Outline("org_b", "trunk"), march) == ()
