"""A prompt that was played is found through codecs, noise and speech; one that was not is not."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.announcements import RATE, likeness

CHANCE = np.random.default_rng(20)


def spoken(seconds: float, seed: int) -> np.ndarray:
    """Something with the rhythm and the spectrum of speech: harmonics of a wandering pitch, in syllables."""
    chance = np.random.default_rng(seed)
    at = np.arange(int(seconds * RATE)) / RATE
    pitch = np.cumsum(np.repeat(chance.uniform(90, 220, len(at) // 400 + 1), 400)[: len(at)]) / RATE
    voice = sum(np.sin(2 * np.pi * pitch * k + chance.uniform(0, 6)) / k for k in range(1, 12))
    syllables = np.repeat(chance.uniform(0, 1, len(at) // 1200 + 1), 1200)[: len(at)]
    return np.asarray(3000 * voice * syllables)


def ulaw(samples: np.ndarray) -> np.ndarray:
    """What G.711 leaves of it."""
    clipped = np.clip(samples, -32767, 32767) / 32768
    coded = np.round(np.sign(clipped) * np.log1p(255 * np.abs(clipped)) / np.log(256) * 127) / 127
    return np.asarray(np.sign(coded) * (256 ** np.abs(coded) - 1) / 255 * 32768)


@pytest.mark.parametrize("seed", range(8))
def test_what_was_played_is_found_where_it_was(seed: int) -> None:
    prompt, before, after = spoken(4, seed), spoken(3 + seed, seed + 100), spoken(10, seed + 200)
    call = np.concatenate([before, prompt * (0.2 + 0.2 * seed), after])
    found = likeness(ulaw(call + CHANCE.normal(0, 60, len(call))), prompt)
    assert found.played
    assert found.start == pytest.approx(3 + seed, abs=0.01)
    assert found.end - found.start == pytest.approx(4)


@pytest.mark.parametrize("seed", range(8))
def test_other_speech_is_not_taken_for_it(seed: int) -> None:
    assert not likeness(ulaw(spoken(34, seed + 300)), spoken(4, seed)).played


def test_half_a_notice_is_none() -> None:
    prompt = spoken(4, 1)
    cut = np.concatenate([spoken(2, 2), prompt[: len(prompt) // 2], np.zeros(RATE * 20)])
    assert not likeness(cut, prompt).played


def test_a_notice_after_half_a_minute_is_too_late() -> None:
    assert not likeness(np.concatenate([spoken(31, 5), spoken(4, 1), spoken(4, 6)]), spoken(4, 1)).played


@given(st.integers(0, 40_000), st.integers(0, 20_000), st.sampled_from([0, 1, 20_000]))
def test_silence_noise_and_shortness_are_no_notice(length: int, prompt: int, level: int) -> None:
    sound = np.random.default_rng(length).normal(0, 1, length) * level
    found = likeness(sound, np.random.default_rng(prompt + 1).normal(0, 1000, prompt))
    assert -1.0001 <= found.score <= 1.0001
    assert not found.played


def test_real_prompts_are_told_apart(shared_data: Path) -> None:
    prompts = {}
    for path in sorted((shared_data / "calls" / "prompts_gsm").glob("*.gsm")):
        samples, rate = soundfile.read(
            path, dtype="int16", format="RAW", subtype="GSM610", samplerate=RATE, channels=1
        )
        assert rate == RATE
        if len(samples) >= 2 * RATE:
            prompts[path.name] = samples.astype(float)
    names = list(prompts)[:12]
    positive, negative = [], []
    for number, name in enumerate(names):
        other = names[(number + 1) % len(names)]
        call = np.concatenate([np.zeros(RATE), prompts[name] * 0.5, prompts[other] * 0.1])
        call = ulaw(call + CHANCE.normal(0, 40, len(call)))
        positive.append(likeness(call, prompts[name]).score)
        negative += [likeness(call, prompts[each]).score for each in names if each not in {name, other}]
    assert min(positive) > 0.75
    assert max(negative) < 0.35
