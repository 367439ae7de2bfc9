"""AMR: packets in both arrangements, files, and what other encoders wrote."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.readers.calls import amr
from muniment.readers.calls.amr import BITS, Arrangement, decode, decode_file, file_frames, packet_frames
from muniment.readers.calls.errors import CallUnreadableError
from tests.readers.calls.encoding import amr_frames, amr_wide_frames
from tests.readers.calls.samples import loudness, pitch, tone

NAMES = ("amr", "amr-wb")
BANDWIDTH, OCTETS, CHECKED = Arrangement(), Arrangement(octets=True), Arrangement(octets=True, checksums=True)


def packed(name: str, frames: list[bytes], arrangement: Arrangement) -> bytes:
    """A packet as a telephone makes it (RFC 4867 sections 4.3 and 4.4)."""
    marks = [frame[0] & 0x7C | (0x80 if at < len(frames) - 1 else 0) for at, frame in enumerate(frames)]
    if arrangement.octets:
        sums = bytes(0xAA for frame in frames if len(frame) > 1) if arrangement.checksums else b""
        return bytes([0xF0, *marks]) + sums + b"".join(frame[1:] for frame in frames)
    bits = "1111" + "".join(f"{mark >> 2:06b}" for mark in marks)
    for frame in frames:
        whole = "".join(f"{octet:08b}" for octet in frame[1:])
        bits += whole[: BITS[name][frame[0] >> 3 & 15]]
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8)


@st.composite
def some_frames(draw: st.DrawFn, name: str) -> list[bytes]:
    found = []
    for kind in draw(st.lists(st.sampled_from(sorted(BITS[name])), min_size=1, max_size=6)):
        bits = BITS[name][kind]
        length = -(-bits // 8)
        value = draw(st.integers(0, 2**bits - 1)) << (8 * length - bits)
        found.append(bytes([kind << 3 | draw(st.sampled_from([0, 4]))]) + value.to_bytes(length))
    return found


@pytest.mark.parametrize("arrangement", [BANDWIDTH, OCTETS, CHECKED], ids=["bits", "octets", "checked"])
@pytest.mark.parametrize("name", NAMES)
@given(st.data())
def test_frames_come_out_of_packets_as_they_went_in(
    name: str, arrangement: Arrangement, data: st.DataObject
) -> None:
    frames = data.draw(some_frames(name))
    payload = packed(name, frames, arrangement)
    assert packet_frames(name, payload, arrangement) == frames
    if any(len(frame) > 1 for frame in frames):
        assert packet_frames(name, payload[:-1], arrangement) == []


@given(st.sampled_from(NAMES), st.binary(max_size=120), st.sampled_from([BANDWIDTH, OCTETS, CHECKED]))
def test_any_packet_gives_frames_of_the_right_length_or_none(
    name: str, payload: bytes, arrangement: Arrangement
) -> None:
    for frame in packet_frames(name, payload, arrangement):
        assert len(frame) == 1 + -(-BITS[name][frame[0] >> 3] // 8)


@pytest.mark.parametrize(
    ("fmtp", "arrangement"),
    [
        ("", BANDWIDTH),
        ("mode-set=7; octet-align=0", BANDWIDTH),
        ("octet-align=1", OCTETS),
        ("Octet-Align=1;mode-change-capability=2; max-red=0", OCTETS),
        ("octet-align=1; crc=1", CHECKED),
    ],
)
def test_the_arrangement_is_read_from_the_parameters(fmtp: str, arrangement: Arrangement) -> None:
    assert Arrangement.of(fmtp) == arrangement


@pytest.mark.parametrize("fmtp", ["octet-align=1; interleaving=30", "robust-sorting=1", "channels=2"])
def test_what_is_not_understood_is_said(fmtp: str) -> None:
    with pytest.raises(CallUnreadableError, match="kept, and not heard"):
        Arrangement.of(fmtp)


@given(st.sampled_from(amr.MARKS), st.binary(max_size=200))
def test_a_file_is_read_as_far_as_it_is_whole(mark: tuple[bytes, str], rest: bytes) -> None:
    name, frames = file_frames(mark[0] + rest)
    assert name == mark[1]
    assert rest.startswith(b"".join(frames))
    with pytest.raises(CallUnreadableError):
        file_frames(b"#!AMR_MC1.0\n" + rest)


@pytest.mark.needs("libopencore-amrnb.so.0")
@pytest.mark.parametrize("mode", range(8))
@pytest.mark.parametrize(("arrangement", "fmtp"), [(BANDWIDTH, "mode-set=0"), (OCTETS, "octet-align=1")])
def test_a_tone_of_another_encoder_is_heard(mode: int, arrangement: Arrangement, fmtp: str) -> None:
    frames = amr_frames(tone(440, 1), mode)
    packets = [packed("amr", frames[at : at + 2], arrangement) for at in range(0, len(frames), 2)]
    parts = decode("amr", packets, fmtp)
    assert [len(part) for part in parts] == [320] * 25
    whole = np.concatenate(parts)[2000:]
    assert pitch(whole, 8000) == pytest.approx(440, abs=8)
    assert loudness(whole) == pytest.approx(11_300, rel=0.3)


@pytest.mark.needs("libopencore-amrwb.so.0", "libvo-amrwbenc.so.0")
@pytest.mark.parametrize("mode", [0, 2, 8])
@pytest.mark.parametrize(("arrangement", "fmtp"), [(BANDWIDTH, ""), (OCTETS, "octet-align=1")])
def test_a_wide_tone_of_another_encoder_is_heard(mode: int, arrangement: Arrangement, fmtp: str) -> None:
    frames = amr_wide_frames(tone(440, 1, 16_000), mode)
    parts = decode("amr-wb", [packed("amr-wb", [frame], arrangement) for frame in frames], fmtp)
    assert [len(part) for part in parts] == [320] * 50
    whole = np.concatenate(parts)[4000:]
    assert pitch(whole, 16_000) == pytest.approx(440, abs=8)
    assert loudness(whole) == pytest.approx(11_300, rel=0.3)


@pytest.mark.needs("libopencore-amrnb.so.0")
def test_silence_that_is_only_described_stays_silent_and_as_long() -> None:
    sound = np.concatenate([tone(440, 0.5), np.zeros(8000, np.int16), tone(440, 0.5)])
    frames = amr_frames(sound, pauses=True)
    assert {frame[0] >> 3 for frame in frames} >= {7, 8, 15}
    whole = np.concatenate(decode("amr", [packed("amr", [frame], BANDWIDTH) for frame in frames], ""))
    assert len(whole) == len(sound)
    assert loudness(whole[7000:11_000]) < 300
    assert loudness(whole[13_500:]) > 5000


@pytest.mark.needs("libopencore-amrnb.so.0")
def test_a_file_is_heard_whole_and_in_part() -> None:
    sound = np.concatenate([tone(440, 2), tone(880, 2)])
    data = b"#!AMR\n" + b"".join(amr_frames(sound))
    whole, rate = decode_file(data)
    assert (len(whole), rate) == (len(sound), 8000)
    part, _ = decode_file(data, (2500, 3500))
    assert len(part) == 8000
    assert pitch(part, 8000) == pytest.approx(880, abs=8)
    assert len(decode_file(data, (3900, 9000))[0]) == 800
    assert len(decode_file(data, (9000, 9500))[0]) == 0


@pytest.mark.needs("libopencore-amrnb.so.0", "libopencore-amrwb.so.0")
@settings(deadline=None, max_examples=30)
@given(st.sampled_from(NAMES), st.data())
def test_any_bits_decode_to_sound_of_the_right_length(name: str, data: st.DataObject) -> None:
    frames = data.draw(some_frames(name))
    (part,) = decode(name, [packed(name, frames, OCTETS)], "octet-align=1")
    assert len(part) == len(frames) * amr.RATES[name] // amr.FRAMES_PER_SECOND
