"""Headers of a batch."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.rtp.packet import parse
from tests.capture.calls.rtp.field import rtp


def rows(*packets: bytes) -> tuple[np.ndarray, np.ndarray]:
    data = np.zeros((len(packets), 2048), np.uint8)
    for row, packet in enumerate(packets):
        data[row, : len(packet)] = np.frombuffer(packet, np.uint8)
    return data, np.array([len(packet) for packet in packets])


def test_a_header_is_read_as_section_5_1_draws_it() -> None:
    batch = parse(*rows(rtp(0xABCD, 0x89ABCDEF, b"xyz", ssrc=0xFEDCBA98, kind=0x88)))
    assert (batch.sequence[0], batch.timestamp[0], batch.ssrc[0]) == (0xABCD, 0x89ABCDEF, 0xFEDCBA98)
    assert (batch.kind[0], batch.begin[0], batch.end[0]) == (0x88, 12, 15)
    assert batch.valid[0]


@given(st.lists(st.binary(max_size=80), min_size=1, max_size=20))
def test_what_is_valid_lies_within_the_datagram(packets: list[bytes]) -> None:
    batch = parse(*rows(*packets))
    for row, packet in enumerate(packets):
        assert not (batch.valid[row] and batch.control[row])
        if batch.valid[row]:
            assert 12 <= batch.begin[row] <= batch.end[row] <= len(packet)


def test_reports_are_told_apart_from_sound() -> None:
    batch = parse(*rows(b"\x80\xc9\0\1" + bytes(4), rtp(1, 1, b"", kind=0x80 | 0)))
    assert batch.control.tolist() == [True, False]
