"""Sound files with stretches silent: of the same kind, as long as before."""

import io

import numpy as np
import pytest
import soundfile

from muniment.readers.calls import audio
from muniment.readers.calls.errors import CallUnreadableError
from muniment.release.sound.excised_file import silenced
from muniment.release.sound.messages import Covered
from tests.readers.calls.samples import loudness, tone
from tests.readers.calls.test_audio import written

SPAN = Covered(1000, 2000)


@pytest.mark.parametrize(
    ("kind", "codec"),
    [
        ("WAV", "PCM_16"), ("WAV", "PCM_U8"), ("WAV", "PCM_24"), ("WAV", "ULAW"), ("WAV", "ALAW"),
        ("WAV", "FLOAT"), ("WAV", "GSM610"), ("FLAC", "PCM_16"), ("AU", "ULAW"), ("OGG", "OPUS"),
        ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III"),
    ],
)  # fmt: skip
def test_a_file_is_silent_there_and_nowhere_else(kind: str, codec: str) -> None:
    data = written(kind, codec, tone(440, 3))
    made = silenced(data, f"a.{kind.lower()}", [SPAN])
    before, after = soundfile.info(io.BytesIO(data)), soundfile.info(io.BytesIO(made))
    assert (after.format, after.subtype, after.samplerate) == (
        before.format,
        before.subtype,
        before.samplerate,
    )
    assert after.duration == pytest.approx(before.duration, abs=0.06)
    sound = audio.decode(made, f"a.{kind.lower()}")
    # What GSM leaves of a tone is an offset that fades, and no sound.
    assert loudness(np.diff(sound.left[int(1.1 * sound.rate) : int(1.9 * sound.rate)])) < 60
    assert loudness(sound.left[: int(0.9 * sound.rate)]) > 8000
    assert loudness(sound.left[int(2.1 * sound.rate) : int(2.9 * sound.rate)]) > 8000


@pytest.mark.parametrize("codec", ["PCM_16", "ULAW"])
def test_of_plain_samples_every_other_octet_stays(codec: str) -> None:
    two = np.stack([tone(440, 3), tone(1000, 3)], axis=1)
    data = written("WAV", codec, two)
    made = silenced(data, "a.wav", [Covered(1000, 2000, 1)])
    assert len(made) == len(data)
    width = 4 if codec == "PCM_16" else 2
    head = len(data) - 24_000 * width
    assert made[: head + 8000 * width] == data[: head + 8000 * width]
    assert made[head + 16_000 * width :] == data[head + 16_000 * width :]
    left, right = audio.decode(made).channels
    assert np.array_equal(left, audio.decode(data).channels[0])
    assert not np.any(right[8000:16_000])


@pytest.mark.parametrize("name", ["a.ulaw", "a.alaw", "a.sln", "a.sln16", "a.g722", "a.pcm"])
def test_files_without_a_head(name: str) -> None:
    rng = np.random.default_rng(1)
    per_second = {"a.sln": 16_000, "a.sln16": 32_000}.get(name, 8000)
    data = bytes(8) + rng.integers(0, 256, 3 * per_second - 8, dtype=np.uint8).tobytes()
    made = silenced(data, name, [SPAN])
    assert made[:per_second] == data[:per_second]
    assert made[2 * per_second :] == data[2 * per_second :]
    assert len(set(made[per_second : 2 * per_second])) == 1
    sound = audio.decode(made, name)
    assert loudness(sound.left[int(1.5 * sound.rate) : int(1.9 * sound.rate)]) < 200


def test_gsm_without_a_head() -> None:
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", 8000, 1, "GSM610", "FILE", "RAW") as sink:
        sink.write(tone(440, 3))
    made = silenced(file.getvalue(), "a.gsm", [SPAN])
    assert len(made) == len(file.getvalue())
    sound = audio.decode(made, "a.gsm")
    assert loudness(sound.left[9000:15_000]) < 60
    assert loudness(sound.left[:7000]) > 8000


@pytest.mark.parametrize("data", [b"", b"nothing", b"RIFF\0\0\0\0WAVE", b"fLaC" + bytes(100)])
def test_what_is_no_sound_is_refused(data: bytes) -> None:
    with pytest.raises(CallUnreadableError):
        silenced(data, "a.xyz", [SPAN])
