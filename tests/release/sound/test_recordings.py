"""Recordings of every form: how long, any window, what is missing; and only what is needed is read."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from muniment.core.call_facts import CallStream, MaskedSpan
from muniment.readers.calls import CallUnreadableError, libraries
from muniment.readers.calls.source import Held
from muniment.release.sound.messages import Described, Form, Task
from muniment.release.sound.recordings import Recording, interleaved, recording
from tests.readers.calls.encoding import amr_frames
from tests.readers.calls.samples import (
    STARTED,
    TONE_A,
    TONE_B,
    Builder,
    a_call,
    cut,
    loudness,
    pitch,
    the_facts,
    tone,
    ulaw_encoded,
)
from tests.readers.calls.test_vcon import vcon


class Counted(Held):
    """A source that counts what is read of it."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.read_bytes = 0

    def read(self, offset: int, length: int) -> bytes:
        found = super().read(offset, length)
        self.read_bytes += len(found)
        return found


def of(data: bytes, form: Form = "siprec", name: str = "", *, source: Held | None = None) -> Recording:
    return recording(Task("describe", form, len(data), name), source or Held(data))


def wav(seconds: float = 3, rate: int = 8000, channels: int = 2) -> bytes:
    file = io.BytesIO()
    columns = [tone(frequency, seconds, rate) for frequency in (TONE_A, TONE_B)][:channels]
    soundfile.write(file, np.stack(columns, axis=1), rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


def test_a_call_is_as_long_as_it_lasted_with_a_channel_for_each_side() -> None:
    assert of(a_call(3)).describe() == Described(8000, 2, 3000)


def test_any_window_has_both_sides() -> None:
    rows = interleaved(of(a_call(9)).hear(4000, 5000), 2, 8000)
    assert rows.shape == (8000, 2)
    assert [pitch(rows[:, one], 8000) for one in (0, 1)] == [
        pytest.approx(TONE_A, abs=2),
        pytest.approx(TONE_B, abs=2),
    ]


def test_of_a_long_call_a_window_reads_little() -> None:
    data = a_call(300)
    source = Counted(data)
    of(data, source=source).hear(200_000, 210_000)
    assert source.read_bytes < len(data) / 5


def test_a_stream_that_opened_later_is_heard_all_the_same() -> None:
    builder = Builder()
    builder.note("H", {"type": "muniment/call/v1", "call": "c1", "started": STARTED, "source": "pbx"})
    for number, kind, at in ((0, 96, 0), (1, 97, 10)):
        codecs = {str(kind): {"name": "PCMU", "rate": 8000, "channels": 1}}
        builder.note("T", {"at": STARTED + at * 1000, "stream": number, "label": "", "codecs": codecs, "participants": [], "direction": ""}, number)  # fmt: skip
        packets = cut(ulaw_encoded(tone(TONE_B, 10)), 160, 160, kind=kind, at=at * 1000)
        for second in range(at, at + 10):
            builder.packets(number, [one for one in packets if one.arrival // 1000 == second])
    found = of(builder.finished(the_facts(20)))
    rows = interleaved(found.hear(15_000, 16_000), 2, 8000)
    assert (loudness(rows[:, 0]), loudness(rows[:, 1]) > 5000) == (0, True)


def test_holes_are_where_packets_are_missing_and_not_where_it_was_masked() -> None:
    facts = the_facts(4, masks=(MaskedSpan(STARTED + 1000, STARTED + 1500, None, "api"),))

    def holed(number: int, packets: list) -> list:
        kept = [one for one in packets if not 1000 <= one.arrival < 1500]
        return [one for one in kept if not (number == 0 and one.arrival in range(3000, 3060))]

    assert of(a_call(4, facts=facts, change=holed)).holes() == ((2980, 3060, 0),)


def test_a_call_that_was_cut_off_is_heard_as_far_as_it_goes() -> None:
    data = a_call(5, index=False)
    found = of(data[: len(data) * 3 // 5])
    assert 2000 <= found.describe().length <= 5000
    assert loudness(interleaved(found.hear(0, 1000), 2, 8000)[:, 0]) > 5000


def test_what_was_taken_and_cannot_be_heard_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = tuple(
        CallStream(number, "", None, (codec, "CN"), 9, 0, 0, 0, 1.0, 4.0, 0)
        for number, codec in enumerate(("PCMU", "G729"))
    )
    data = a_call(3, facts=the_facts(3, streams=streams))
    monkeypatch.setattr(libraries, "_loaded", lambda _name: None)
    (note,) = of(data).describe().notes
    assert note.startswith("G729 is recorded, but this machine has no decoder for it. Install libbcg729-0")
    with pytest.raises(CallUnreadableError, match="libopencore-amrnb0"):
        of(b"#!AMR\n" + bytes((0x7C,)) * 100, "audio", "a.amr").describe()


@pytest.mark.needs("libopencore-amrnb.so.0")
def test_a_file_of_a_mobile_carrier_is_heard_by_windows() -> None:
    found = of(b"#!AMR\n" + b"".join(amr_frames(tone(TONE_A, 3))), "audio", "a.amr")
    assert found.describe() == Described(8000, 1, 3000)
    rows = interleaved(found.hear(1000, 2000), 1, 8000)
    assert len(rows) == 8000
    assert pitch(rows[:, 0], 8000) == pytest.approx(TONE_A, abs=8)


@pytest.mark.parametrize(("rate", "shown"), [(8000, 8000), (11_025, 16_000), (44_100, 16_000)])
def test_a_sound_file_is_heard_at_a_rate_of_telephones(rate: int, shown: int) -> None:
    found = of(wav(3, rate), "audio", "a.wav")
    assert found.describe() == Described(shown, 2, 3000)
    rows = interleaved(found.hear(1000, 2000), 2, shown)
    assert pitch(rows[:, 1], shown) == pytest.approx(TONE_B, abs=3)
    assert found.holes() == ()
    found.look_through()


def test_a_file_without_a_head_and_a_vcon_are_heard() -> None:
    raw = ulaw_encoded(tone(TONE_A, 2))
    found = of(raw, "audio", "in-1.ulaw")
    assert found.describe() == Described(8000, 1, 2000)
    assert pitch(found.hear(500, 1500).left, 8000) == pytest.approx(TONE_A, abs=2)
    assert of(vcon(), "vcon", "a.json").describe().length > 0


@pytest.mark.parametrize(
    ("data", "form", "name"),
    [
        (b"", "siprec", ""),
        (b"MNCALL1\nrubbish", "siprec", ""),
        (b"RIFF0000WAVEfmt rubbish", "audio", "a.wav"),
        (b"text", "audio", "a.txt"),
        (b"{}", "vcon", "a.json"),
    ],
)
def test_what_is_no_recording_says_so(data: bytes, form: Form, name: str) -> None:
    with pytest.raises(CallUnreadableError):
        of(data, form, name).describe()


def test_one_channel_is_given_to_both_ears_where_two_are_due(tmp_path: Path) -> None:
    rows = interleaved(of(wav(1, channels=1), "audio", "a.wav").hear(0, 1000), 2, 8000)
    assert np.array_equal(rows[:, 0], rows[:, 1])
