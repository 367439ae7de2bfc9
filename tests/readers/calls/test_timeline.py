"""Packets on the time line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.call_facts import MaskedSpan
from muniment.readers.calls.container import Codec, Packets
from muniment.readers.calls.timeline import Track, silenced, track
from tests.readers.calls.samples import Packet, cut, loudness, pitch, tone, ulaw_encoded
from tests.readers.calls.test_codecs import packets_of

WHOLE = (0, 2**31)


def columns(packets: list[Packet], stream: int = 0) -> Packets:
    return Packets(
        stream,
        np.array([one.arrival for one in packets], "<u4"),
        np.array([one.timestamp for one in packets], "<u4"),
        np.array([one.sequence for one in packets], "<u2"),
        np.array([one.kind for one in packets], "u1"),
        np.array([len(one.payload) for one in packets], "<u2"),
        b"".join(one.payload for one in packets),
    )


def test_an_empty_stream_is_silence() -> None:
    assert len(track([], 0, {}, WHOLE).samples) == 0


def test_a_codec_that_changes_in_mid_call_goes_on_in_place() -> None:
    before = cut(ulaw_encoded(tone(440, 1)), 160, 160)
    after = [
        Packet(1000 + 20 * place, 77 + 960 * place, place, payload, 111)
        for place, payload in enumerate(packets_of("opus"))
    ]
    codecs = {0: Codec("PCMU"), 111: Codec("opus", 48_000, 2)}
    found = track([columns(before), columns(after)], 0, codecs, WHOLE)
    assert found.rate == 48_000
    assert len(found.samples) / found.rate == pytest.approx(1.5, abs=0.04)
    assert pitch(found.samples[:48_000], 48_000) == pytest.approx(440, abs=2)
    assert loudness(found.samples[52_000:70_000]) > 8000


def test_a_codec_without_decoder_is_named_and_the_rest_is_heard() -> None:
    packets = cut(ulaw_encoded(tone(440, 1)), 160, 160)
    odd = [Packet(1000 + 20 * n, 8000 + 160 * n, 40 + n, b"x" * 20, 18) for n in range(20)]
    found = track([columns(packets + odd)], 0, {0: Codec("PCMU"), 18: Codec("G723")}, WHOLE)
    assert found.notes == ("G723 is recorded, and no decoder for it is known here.",)
    assert len(found.samples) == 8000


def test_wideband_of_g722_runs_by_its_clock_of_8000() -> None:
    packets = [Packet(20 * n, 160 * n, n, payload, 9) for n, payload in enumerate(packets_of("G722"))]
    found = track([columns(packets)], 0, {}, WHOLE)
    assert (found.rate, len(found.samples)) == (16_000, 8000)
    assert pitch(found.samples[2000:], 16_000) == pytest.approx(440, abs=5)


@given(
    st.lists(
        st.tuples(st.integers(0, 6000), st.integers(0, 2**32 - 1), st.integers(0, 2**16 - 1)), max_size=30
    )
)
def test_whatever_numbers_packets_bear_the_sound_stays_within_its_span(
    numbers: list[tuple[int, int, int]],
) -> None:
    packets = [Packet(*one, bytes(160)) for one in sorted(numbers)]
    found = track([columns(packets)] if packets else [], 0, {}, (1000, 4000))
    assert len(found.samples) <= 3000 * 8 + 160


def test_only_the_masked_stretch_is_silenced() -> None:
    sound = Track(1, 8000, 0, np.full(8000, 5, np.int16))
    found = silenced(sound, [MaskedSpan(250, 500, 1, "api"), MaskedSpan(0, 100, 2, "api")], 0)
    assert np.flatnonzero(found.samples == 0).tolist() == list(range(2000, 4000))
