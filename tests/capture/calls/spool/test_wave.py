"""How long a WAV file is."""

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.spool.wave import LONGEST, seconds


@pytest.mark.parametrize(
    ("kind", "codec", "rate"),
    [("WAV", "PCM_16", 8000), ("WAV", "ULAW", 8000), ("WAV", "GSM610", 8000), ("RF64", "PCM_16", 16_000)],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_real_files_by_their_heads(kind: str, codec: str, rate: int, channels: int) -> None:
    if codec == "GSM610" and channels == 2:
        channels = 1
    file = io.BytesIO()
    soundfile.write(file, np.zeros((rate * 7, channels), np.int16), rate, format=kind, subtype=codec)
    data = file.getvalue()
    assert seconds(data[:16_384], len(data)) == 7


def test_a_recorder_that_was_cut_off_left_its_sizes_empty() -> None:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(8000 * 7, np.int16), 8000, format="WAV", subtype="PCM_16")
    data = bytearray(file.getvalue())
    data[4:8] = data[40:44] = bytes(4)
    assert seconds(bytes(data[:64]), len(data)) == 7


@given(st.binary(max_size=80), st.integers(0, 2**40))
def test_any_head_gives_a_length_or_none(rest: bytes, size: int) -> None:
    assert 0 <= seconds(b"RIFF\0\0\0\0WAVEfmt " + rest, size) <= LONGEST
    assert seconds(rest, size) == 0 or rest.startswith((b"RIFF", b"RF64"))
