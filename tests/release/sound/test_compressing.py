"""What the child hands over as Opus, and what it refuses to vouch for."""

import io

import msgspec
import numpy as np
import pytest
import soundfile

from muniment.core.call_facts import MaskedSpan
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.source import Held
from muniment.release.sound import compressing
from muniment.release.sound.compressing import LARGEST_DIFFERENCE, compressed
from muniment.release.sound.messages import Compressed, Form, Task, Unreadable
from muniment.release.sound.pool import Pool
from tests.readers.calls.samples import STARTED, a_call, loudness, pitch, the_facts, tone, ulaw_encoded
from tests.readers.calls.test_audio import written
from tests.readers.calls.test_vcon import vcon


def task(data: bytes, form: Form = "siprec", name: str = "", **facts: object) -> Task:
    return Task("compress", form, len(data), name, facts=the_facts(3, **facts))


def made(data: bytes, given: Task) -> tuple[Compressed, np.ndarray, int]:
    pieces: list[bytes] = []
    found = compressed(given, Held(data), pieces.append)
    assert found.size == sum(map(len, pieces))
    rows, rate = soundfile.read(io.BytesIO(b"".join(pieces)), dtype="int16", always_2d=True)
    return found, rows, rate


def test_a_call_becomes_two_channels_of_the_same_length() -> None:
    found, rows, rate = made(a_call(3), task(a_call(3)))
    assert (found.channels, found.rate, found.native_length) == (2, 8000, 3000)
    assert abs(len(rows) * 1000 // rate - 3000) <= LARGEST_DIFFERENCE
    assert abs(pitch(rows[4000:20000, 0], rate) - 440) < 5
    assert abs(pitch(rows[4000:20000, 1], rate) - 1000) < 5
    assert found.size < len(a_call(3)) / 2


@pytest.mark.parametrize("name", ["a.ulaw", "a.wav"])
def test_a_file_keeps_its_channels(name: str) -> None:
    data = ulaw_encoded(tone(440, 3)) if name == "a.ulaw" else written("WAV", "PCM_16", tone(440, 3))
    found, rows, rate = made(data, task(data, "audio", name))
    assert (found.channels, abs(found.length - 3000) <= LARGEST_DIFFERENCE) == (1, True)
    assert abs(pitch(rows[4000:20000, 0], rate) - 440) < 5


@pytest.mark.parametrize("stream", [None, 1])
def test_a_silence_is_one_afterwards_in_its_channel(stream: int | None) -> None:
    masks = (MaskedSpan(STARTED + 1000, STARTED + 2000, stream, "api", "pbx"),)

    def change(number: int, packets: list) -> list:
        return [one for one in packets if stream not in {None, number} or not 1000 <= one.arrival < 2000]

    data = a_call(3, change=change, facts=the_facts(3, masks=masks))
    _, rows, rate = made(data, task(data, masks=masks))
    within = rows[int(1.1 * rate) : int(1.9 * rate)]
    assert loudness(within[:, 1]) < 50
    assert (loudness(within[:, 0]) < 50) == (stream is None)
    assert loudness(rows[: int(0.9 * rate), 1]) > 3000


REFUSED = [
    ("siprec", "", a_call(3)[:-100]),
    ("siprec", "", b"MNCALL1\n"),
    ("vcon", "", vcon()),
    ("audio", "a.opus", written("OGG", "OPUS", tone(440, 2))),
    ("audio", "a.mp3", written("MP3", "MPEG_LAYER_III", tone(440, 2))),
    ("audio", "a.wav", written("WAV", "IMA_ADPCM", tone(440, 2))),
    ("audio", "a.wav", written("WAV", "PCM_16", tone(440, 2, 44_100), 44_100)),
    ("audio", "a.wav", b"RIFF\x00\x00\x00\x00WAVEjunk"),
    ("audio", "a.bin", b"nothing that anybody knows"),
]


@pytest.mark.parametrize(("form", "name", "data"), REFUSED)
def test_what_it_cannot_vouch_for_is_refused(form: Form, name: str, data: bytes) -> None:
    pieces: list[bytes] = []
    with pytest.raises(CallUnreadableError):
        compressed(task(data, form, name), Held(data), pieces.append)
    assert pieces == []


@pytest.mark.parametrize("codec", ["Opus", "AMR-WB", "G729"])
def test_streams_that_came_compressed_stay(codec: str) -> None:
    streams = tuple(msgspec.structs.replace(one, codecs=(codec,)) for one in the_facts(3).streams)
    data = a_call(3, facts=the_facts(3, streams=streams))
    with pytest.raises(CallUnreadableError, match="compressed already"):
        compressed(task(data, streams=streams), Held(data), lambda _: None)


def _opus(seconds: float, loud: bool = True) -> bytes:
    file = io.BytesIO()
    sound = tone(440, seconds) if loud else np.zeros(int(seconds * 8000), np.int16)
    soundfile.write(file, np.stack([sound, sound], axis=1), 8000, format="OGG", subtype="OPUS")
    return file.getvalue()


@pytest.mark.parametrize(
    ("opus", "notes", "said"),
    [
        (_opus(2.9), (), "ms, and it has 3000 ms"),
        (_opus(3.1), (), "ms, and it has 3000 ms"),
        (_opus(3), (), "would not be silent"),
        (_opus(3, loud=False), ("A codec is not at hand.",), "not at hand"),
    ],
)
def test_the_outcome_is_held_against_the_recording(
    monkeypatch: pytest.MonkeyPatch, opus: bytes, notes: tuple[str, ...], said: str
) -> None:
    masks = (MaskedSpan(STARTED + 1000, STARTED + 2000, None, "api", "pbx"),)
    data = a_call(3, facts=the_facts(3, masks=masks))
    monkeypatch.setattr(compressing, "encoded", lambda *_: (opus, notes))
    with pytest.raises(CallUnreadableError, match=said):
        compressed(task(data, masks=masks), Held(data), lambda _: None)


def test_a_real_child_hands_it_over_and_lives_through_what_is_hostile() -> None:
    data, pool = a_call(3), Pool()
    taken: list[bytearray] = []

    def begin():
        taken.append(bytearray())
        return taken[-1].extend

    try:
        found = pool.do("one", task(data), lambda at, length: data[at : at + length], begin)
        assert isinstance(found, Compressed)
        assert taken[-1].startswith(b"OggS")
        junk = data[:60] + bytes(range(256)) * 8
        found = pool.do("two", task(junk), lambda at, length: junk[at : at + length], begin)
        assert isinstance(found, Unreadable)
        assert taken[-1] == b""
    finally:
        pool.close()
