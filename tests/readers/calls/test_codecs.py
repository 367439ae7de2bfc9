"""Decoders: what each makes of its packets."""

import io
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from G722 import G722
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.readers.calls.codecs import DECODERS, decode_gsm, decoder
from muniment.readers.calls.errors import CallUnreadableError
from tests.readers.calls.samples import loudness, pitch, tone, ulaw_encoded
from tests.readers.calls.test_ogg import opus_packets


def packets_of(name: str) -> list[bytes]:
    """Half a second of 440 Hz in packets of 20 ms."""
    match name:
        case "PCMU":
            data, size = ulaw_encoded(tone(440, 0.5)), 160
        case "PCMA":
            file = io.BytesIO()
            soundfile.write(file, tone(440, 0.5), 8000, format="RAW", subtype="ALAW")
            data, size = file.getvalue(), 160
        case "G722":
            data, size = bytes(G722(16_000, 64_000).encode(tone(440, 0.5, 16_000))), 160
        case "GSM":
            file = io.BytesIO()
            soundfile.write(file, tone(440, 0.5), 8000, format="RAW", subtype="GSM610")
            data, size = file.getvalue(), 33
        case "L16":
            data, size = tone(440, 0.5).astype(">i2").tobytes(), 320
        case _:
            return opus_packets(tone(440, 0.5, 48_000))
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize("name", ["PCMU", "PCMA", "G722", "GSM", "L16", "opus"])
def test_each_codec_gives_back_the_tone_that_went_in(name: str) -> None:
    found = decoder(name, 8000)
    assert found is not None
    packets = packets_of(name)
    parts = found.decode(packets)
    assert len(parts) == len(packets)
    whole = np.concatenate(parts)
    assert pitch(whole[len(whole) // 4 :], found.rate) == pytest.approx(440, abs=5)
    assert loudness(whole[len(whole) // 4 :]) == pytest.approx(11_300, rel=0.1)


def test_real_prompts_of_a_switch_are_speech(shared_data: Path) -> None:
    frames = (shared_data / "calls/prompts_gsm/conf-now-recording.gsm").read_bytes()
    sound = decode_gsm(frames)
    assert len(sound) == len(frames) // 33 * 160
    assert 500 < loudness(sound) < 15_000


@pytest.mark.parametrize("name", ["G723", "EVS", ""])
def test_where_no_decoder_is_at_hand_none_is_named(name: str) -> None:
    assert decoder(name, 8000) is None


@given(st.sampled_from(sorted(DECODERS)), st.lists(st.binary(max_size=200), max_size=10))
@settings(deadline=None)
def test_any_payloads_decode_or_say_why_not(name: str, payloads: list[bytes]) -> None:
    with suppress(CallUnreadableError):
        assert len(DECODERS[name].decode(payloads)) == len(payloads)
