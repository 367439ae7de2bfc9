"""Announcements with their sound, and which of them is heard in a call.

An announcement is loaded once, by a process that may read files; what is compared is 8 kHz mono, as a telephone
carries it.
"""

import io
import wave
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from muniment.core.announcement_settings import Announcement
from muniment.core.announcements import PLAYED_FROM, RATE, SHORTEST, likeness
from muniment.core.call_facts import NoticeEvidence
from muniment.core.call_outline import Outline
from muniment.core.errors import NotAvailableError, WrongUseError

LONGEST = 60.0  # seconds of an announcement
_WIDTH = 2  # octets of a sample


class Prompt(msgspec.Struct, frozen=True):
    """One announcement to be listened for: who it is, and its samples as 16-bit little-endian at 8 kHz."""

    name: str
    version: int
    language: str
    samples: bytes

    @property
    def sound(self) -> NDArray[np.int16]:
        """Its samples."""
        return np.frombuffer(self.samples, "<i2")

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / _WIDTH / RATE


def load(announcement: Announcement) -> Prompt:
    """Read an announcement's file. NotAvailableError where it cannot be read, WrongUseError where it is no such WAV."""
    path = Path(announcement.file)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotAvailableError(
            f"The announcement {path} cannot be read.", why=f"{error.strerror}."
        ) from error
    samples = samples_of(data, str(path))
    return Prompt(announcement.name, announcement.version, announcement.language, samples)


def samples_of(data: bytes, name: str) -> bytes:
    """The samples of a WAV file as a telephone carries them; WrongUseError where it cannot be listened for."""
    try:
        with wave.open(io.BytesIO(data), "rb") as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            frames = file.readframes(int(LONGEST * rate) + 1)
    except (wave.Error, EOFError) as error:
        raise WrongUseError(f"{name} is no WAV file that can be read.", why=f"{error}.") from error
    if width != _WIDTH or not rate or rate % RATE or len(frames) > LONGEST * rate * channels * width:
        raise WrongUseError(
            f"{name} is no announcement that can be listened for.",
            why="It must have 16-bit samples, a rate of 8, 16, 24, 32 or 48 kHz, and at most a minute.",
            remedy="Convert it: ffmpeg -i IN -ar 8000 -ac 1 OUT.wav",
        )
    frames = frames[: len(frames) // (channels * width) * channels * width]
    mono = np.frombuffer(frames, "<i2").reshape(-1, channels).astype(np.float64).mean(axis=1)
    step = rate // RATE
    whole = mono[: len(mono) // step * step].reshape(-1, step).mean(axis=1)
    if len(whole) < SHORTEST * RATE:
        raise WrongUseError(
            f"{name} is too short to be told from other sounds.",
            why="An announcement takes a second at least.",
        )
    return np.rint(whole).astype("<i2").tobytes()


def wav_of(samples: bytes) -> bytes:
    """The samples of a prompt as a WAV file."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(_WIDTH)
        file.setframerate(RATE)
        file.writeframes(samples)
    return written.getvalue()


def fitting(announcements: Iterable[Announcement], call: Outline, started: int) -> tuple[Announcement, ...]:
    """Those that were to be heard on a call that began at `started` (ms since 1970)."""
    day = datetime.fromtimestamp(started / 1000, UTC).date()
    return tuple(each for each in announcements if each.fits(call, day))


def heard(
    channels: Sequence[NDArray[np.int16]], prompts: Iterable[Prompt], started: int
) -> NoticeEvidence | None:
    """The announcement that is most surely heard in one of these channels at 8 kHz; None where none is.

    `started` is when the sound begins, in ms since 1970.
    """
    best: tuple[float, int, Prompt] | None = None
    for prompt in prompts:
        for channel in channels:
            found = likeness(channel, prompt.sound)
            if found.score >= PLAYED_FROM and (best is None or found.score > best[0]):
                best = (found.score, started + round(found.start * 1000), prompt)
    if best is None:
        return None
    score, at, prompt = best
    return NoticeEvidence("played", prompt.name, prompt.version, prompt.language, round(score, 3), at)
