"""Words as sound at 8 kHz: by espeak-ng where that program is on the machine, else by a voice of our own."""

import io
import shutil
import subprocess
import wave

import numpy as np

from muniment.demo.calls import synthesis
from muniment.demo.calls.script import Voice
from muniment.demo.calls.synthesis import RATE, Sound
from muniment.readers.calls.sound import resample

PROGRAM = "espeak-ng"
LONGEST = 20.0  # seconds that the program may take for one sentence
_LOUD = 12_000


def program() -> str:
    """Where the speech program is; empty where it is not on the machine."""
    return shutil.which(PROGRAM) or ""


def spoken(text: str, voice: Voice, speaker: str | None = None) -> Sound:
    """What somebody says. `speaker` is the program to use, empty for our own voice; looked for where None.

    A program that fails is a program that is not there: the demo is made all the same.
    """
    chosen = program() if speaker is None else speaker
    made = _by_program(text, voice, chosen) if chosen else None
    return synthesis.spoken(text, voice) if made is None else made


def _by_program(text: str, voice: Voice, chosen: str) -> Sound | None:
    command = [
        chosen,
        "-v",
        voice.name,
        "-p",
        str(voice.pitch),
        "-s",
        str(voice.speed),
        "--stdin",
        "--stdout",
    ]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=True, timeout=LONGEST)
        with wave.open(io.BytesIO(done.stdout), "rb") as file:
            rate = file.getframerate()
            samples = np.frombuffer(file.readframes(2**31 - 1), "<i2")
    except (OSError, subprocess.SubprocessError, wave.Error, EOFError, ValueError):
        return None
    return _levelled(resample(samples.astype(np.int16), rate, RATE))


def _levelled(sound: Sound) -> Sound:
    """As loud as a telephone likes it, whoever speaks."""
    loudest = max(int(np.abs(sound.astype(np.int32)).max(initial=0)), 1)
    return (sound.astype(np.float64) * min(_LOUD / loudest, 4.0)).astype(np.int16)
