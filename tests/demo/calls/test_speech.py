"""Words as sound, with the speech program and without."""

from pathlib import Path

import numpy as np
import pytest

from muniment.demo.calls import script, speech, synthesis

VOICE = script.load().voices["employee"]
WORDS = "Service desk, Jack speaking."


def a_program(folder: Path, does: str) -> str:
    path = folder / "speaks"
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.needs("espeak-ng")
def test_the_program_speaks_the_same_words_in_the_same_way_and_each_voice_in_its_own() -> None:
    one, again = speech.spoken(WORDS, VOICE), speech.spoken(WORDS, VOICE)
    other = speech.spoken(WORDS, script.load().voices["accounts"])
    assert np.array_equal(one, again)
    assert not np.array_equal(one[:8000], other[:8000])
    assert 1.0 < len(one) / 8000 < 4.0
    assert 11_000 < int(np.abs(one.astype(int)).max()) <= 12_000


@pytest.mark.needs("espeak-ng")
@pytest.mark.parametrize("who", sorted(script.load().voices))
def test_the_program_has_every_voice_of_the_script(who: str) -> None:
    made = speech._by_program("Hello there.", script.load().voices[who], speech.program())
    assert made is not None
    assert made.any()


def test_without_the_program_our_own_voice_speaks() -> None:
    assert np.array_equal(speech.spoken(WORDS, VOICE, ""), synthesis.spoken(WORDS, VOICE))


@pytest.mark.parametrize("does", ["exit 1", "echo no sound", "cat > /dev/null", "printf 'RIFF____WAVEjunk'"])
def test_a_program_that_fails_is_a_program_that_is_not_there(tmp_path: Path, does: str) -> None:
    broken = a_program(tmp_path, does)
    assert np.array_equal(speech.spoken(WORDS, VOICE, broken), synthesis.spoken(WORDS, VOICE))
    assert np.array_equal(
        speech.spoken(WORDS, VOICE, str(tmp_path / "absent")), synthesis.spoken(WORDS, VOICE)
    )
