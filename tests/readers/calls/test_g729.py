"""G.729 as RTP carries it, with the silence of Annex B."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.readers.calls import g729
from tests.readers.calls.encoding import g729_frames
from tests.readers.calls.samples import loudness, pitch, tone

pytestmark = pytest.mark.needs("libbcg729.so.0")


@pytest.mark.parametrize("together", [1, 2, 6])
def test_a_tone_of_another_encoder_is_heard(together: int) -> None:
    frames = g729_frames(tone(440, 1.2))
    packets = [b"".join(frames[at : at + together]) for at in range(0, len(frames), together)]
    parts = g729.decode(packets)
    assert [len(part) for part in parts] == [80 * together] * (120 // together)
    whole = np.concatenate(parts)[2000:]
    assert pitch(whole, 8000) == pytest.approx(440, abs=8)
    assert loudness(whole) == pytest.approx(11_300, rel=0.35)


def test_silence_that_is_only_described_stays_silent() -> None:
    sound = np.concatenate([tone(440, 0.6), np.zeros(8000, np.int16), tone(440, 0.6)])
    frames = g729_frames(sound, pauses=True)
    assert {len(frame) for frame in frames} == {0, 2, 10}
    sent = [frame for frame in frames if frame]  # what describes nothing is not sent
    whole = np.concatenate(g729.decode(sent))
    assert len(whole) == 80 * len(sent)
    assert loudness(whole[-2400:]) > 5000
    last = [b"".join(sent[at : at + 1]) for at in range(len(sent))]
    quiet = next(at for at, frame in enumerate(last) if len(frame) == 2)
    assert loudness(g729.decode(last)[quiet]) < 3000


def test_a_description_of_silence_may_end_a_packet() -> None:
    frames = list(g729_frames(np.concatenate([tone(440, 0.4), np.zeros(4000, np.int16)]), pauses=True))
    speech = [frame for frame in frames if len(frame) == 10][:2]
    silence = next(frame for frame in frames if len(frame) == 2)
    (part,) = g729.decode([b"".join([*speech, silence])])
    assert len(part) == 240


@settings(deadline=None)
@given(st.lists(st.binary(max_size=45), max_size=6))
def test_whatever_comes_is_as_long_as_it_says(payloads: list[bytes]) -> None:
    parts = g729.decode(payloads)
    due = [len(one) // 10 * 80 + (80 if len(one) % 10 == 2 else 0) for one in payloads]
    assert [len(part) for part in parts] == due
