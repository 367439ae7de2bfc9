"""Sound files of every kind that switches leave behind."""

import io
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from G722 import G722
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.readers.calls import libraries
from muniment.readers.calls.audio import decode, describe, recognise
from muniment.readers.calls.errors import CallUnreadableError
from tests.readers.calls.encoding import amr_frames, amr_wide_frames
from tests.readers.calls.samples import loudness, pitch, tone, ulaw_encoded


def written(kind: str, codec: str, sound: np.ndarray | None = None, rate: int = 8000) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, tone(440, 1, rate) if sound is None else sound, rate, format=kind, subtype=codec)
    return file.getvalue()


FILES = {
    "a.wav": (written("WAV", "PCM_16"), "WAV", 8000),
    "a.WAV": (written("WAV", "GSM610"), "WAV", 8000),
    "b.wav": (written("WAV", "ULAW"), "WAV", 8000),
    "c.wav": (written("RF64", "PCM_16"), "WAV", 8000),
    "a.flac": (written("FLAC", "PCM_16", rate=16_000), "FLAC", 16_000),
    "a.opus": (written("OGG", "OPUS", rate=48_000), "Ogg", 48_000),
    "a.ogg": (written("OGG", "VORBIS", rate=44_100), "Ogg", 44_100),
    "a.mp3": (written("MP3", "MPEG_LAYER_III", rate=44_100), "MP3", 44_100),
    "a.au": (written("AU", "ALAW"), "AU", 8000),
    "a.gsm": (written("RAW", "GSM610"), "GSM", 8000),
    "a.ulaw": (ulaw_encoded(tone(440, 1)), "raw", 8000),
    "a.sln16": (tone(440, 1, 16_000).tobytes(), "raw", 16_000),
    "a.g722": (bytes(G722(16_000, 64_000).encode(tone(440, 1, 16_000))), "raw", 16_000),
}


@pytest.mark.parametrize("name", FILES)
def test_each_kind_is_known_measured_and_heard(name: str) -> None:
    data, kind, rate = FILES[name]
    found = describe(data, name)
    assert (found.kind, found.rate, found.channels) == (kind, rate, 1)
    assert found.seconds == pytest.approx(1.0, abs=0.06)
    assert f"{rate} Hz, one channel" in found.words
    sound = decode(data, name)
    assert pitch(sound.left[rate // 4 : rate * 3 // 4], rate) == pytest.approx(440, abs=4)
    assert loudness(sound.left[rate // 4 : rate * 3 // 4]) > 8000


def test_two_channels_stay_two_and_a_stretch_is_a_stretch() -> None:
    data = written("WAV", "PCM_16", np.stack([tone(440, 2), tone(1000, 2)], axis=1))
    sound = decode(data, "a.wav", (500, 1500))
    assert sound.right is not None
    assert len(sound.left) == 8000
    assert pitch(sound.left, 8000) == pytest.approx(440)
    assert pitch(sound.right, 8000) == pytest.approx(1000)
    assert len(decode(data, "a.wav", (1900, 9000)).left) == 800
    assert len(decode(FILES["a.WAV"][0], "a.WAV", (500, 600)).left) == 800


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"RIFF\0\0\0\0AVI ", b"Subject: hello\r\n\r\n", b"RIFF\x10\0\0\0WAVEjunk"]
)
def test_what_is_no_sound_says_so(data: bytes) -> None:
    with pytest.raises(CallUnreadableError):
        describe(data, "a.wav")


def test_a_file_cut_off_gives_what_is_there() -> None:
    data = written("WAV", "PCM_16")
    assert describe(data[: len(data) // 2], "a.wav").seconds == pytest.approx(0.5, abs=0.01)


@given(st.sampled_from(sorted(FILES)), st.data())
@settings(deadline=None, max_examples=60)
def test_damaged_files_raise_nothing_but_the_one_error(name: str, data: st.DataObject) -> None:
    damaged = bytearray(FILES[name][0])
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, min(len(damaged), 300) - 1))] = data.draw(st.integers(0, 255))
    with suppress(CallUnreadableError):
        describe(bytes(damaged), name)
        decode(bytes(damaged), name)


def test_real_files_of_speech_and_prompts_are_known(shared_data: Path) -> None:
    folder = shared_data / "calls"
    for path in [
        *folder.glob("speech_*/*.wav"),
        *folder.glob("*/*.mp3"),
        *folder.glob("*/*.opus"),
        *folder.glob("prompts_gsm/*.gsm"),
    ]:
        data = path.read_bytes()
        assert recognise(data[:4096], path.name), path.name
        assert describe(data, path.name).seconds > 0.2, path.name
    assert describe((folder / "speech_lhotse/stereo.wav").read_bytes()).channels == 2


@pytest.mark.needs("libopencore-amrnb.so.0", "libopencore-amrwb.so.0", "libvo-amrwbenc.so.0")
@pytest.mark.parametrize(
    ("mark", "codec", "rate"), [(b"#!AMR\n", "AMR", 8000), (b"#!AMR-WB\n", "AMR-WB", 16_000)]
)
def test_files_of_mobile_carriers_are_heard(mark: bytes, codec: str, rate: int) -> None:
    encode = amr_frames if codec == "AMR" else amr_wide_frames
    data = mark + b"".join(encode(tone(440, 1, rate)))
    found = describe(data, "a.amr")
    assert (found.kind, found.codec, found.rate, found.seconds) == ("AMR", codec, rate, 1.0)
    sound = decode(data, "a.amr", (200, 900))
    assert (len(sound.left), sound.right) == (rate * 7 // 10, None)
    assert pitch(sound.left, rate) == pytest.approx(440, abs=6)


def test_their_length_is_known_without_a_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "_loaded", lambda _name: None)
    data = b"#!AMR\n" + bytes((0x7C,)) * 100
    assert describe(data).seconds == 2.0
    with pytest.raises(CallUnreadableError, match="libopencore-amrnb0"):
        decode(data)
    with pytest.raises(CallUnreadableError):
        describe(b"#!AMR_MC1.0\n")
