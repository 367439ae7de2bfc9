"""Opus packets in an Ogg file."""

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from muniment.readers.calls.ogg import is_stereo, opus_file, samples
from tests.readers.calls.samples import pitch, tone


def opus_packets(sound: np.ndarray, rate: int = 48_000) -> list[bytes]:
    """Real packets: libsndfile encodes, and its pages are taken apart here."""
    file = io.BytesIO()
    soundfile.write(file, sound, rate, format="OGG", subtype="OPUS")
    data, packets, place, whole = file.getvalue(), [], 0, b""
    while place < len(data):
        laces = data[place + 27 : place + 27 + data[place + 26]]
        at = place + 27 + len(laces)
        for lace in laces:
            whole += data[at : at + lace]
            at += lace
            if lace < 255:
                packets.append(whole)
                whole = b""
        place = at
    return packets[2:]


def test_real_packets_put_into_a_file_of_ours_sound_as_before() -> None:
    packets = opus_packets(tone(440, 1, 48_000))
    found, rate = soundfile.read(io.BytesIO(opus_file(packets, 1)), dtype="int16")
    assert rate == 48_000
    assert len(found) == sum(map(samples, packets))
    assert pitch(found[4800:43200], rate) == pytest.approx(440, abs=2)
    assert not any(map(is_stereo, packets))


@pytest.mark.parametrize(
    ("packet", "length"),
    [
        (b"\x00", 480),
        (b"\x18x", 2880),
        (b"\x60", 480),
        (b"\xf8", 960),
        (b"\xfb\x03", 2880),
        (b"\xfb\x3f", 0),
        (b"", 0),
        (b"\xfb", 0),
    ],
)
def test_the_first_octets_say_how_long_a_packet_is(packet: bytes, length: int) -> None:
    assert samples(packet) == length


@given(st.lists(st.binary(min_size=1, max_size=600), max_size=40))
def test_any_packets_make_a_file_of_whole_pages(packets: list[bytes]) -> None:
    data, place, found = opus_file(packets, 2), 0, 0
    while place < len(data):
        assert data[place : place + 4] == b"OggS"
        laces = data[place + 27 : place + 27 + data[place + 26]]
        found += sum(lace < 255 for lace in laces)
        place += 27 + len(laces) + sum(laces)
    assert found == len(packets) + 2
