"""Packets by stream."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.rtp import blocks
from muniment.capture.calls.rtp.blocks import by_stream
from muniment.capture.calls.rtp.packet import Packet
from muniment.capture.calls.rtp.tracking import Held
from tests.capture.calls.rtp.field import rows

STARTED = np.zeros(400, np.int64)
one = st.tuples(st.integers(0, 5), st.binary(max_size=20))


@given(st.lists(st.tuples(st.integers(0, 300), st.lists(one, min_size=1, max_size=5)), max_size=12))
def test_each_stream_gets_its_own_in_the_order_in_which_they_came(
    made: list[tuple[int, list[tuple[int, bytes]]]],
) -> None:
    wanted: dict[int, list[tuple[int, int, bytes]]] = {}
    built = []
    for place, (row, said) in enumerate(made):
        held = []
        for number, (late, payload) in enumerate(said):
            at = place * 1000 + number * 10 + late * 4000
            held.append(Held(Packet(at, (0, 0, 0), 1, place * 10 + number, at, 0), payload))
            wanted.setdefault(row, []).append((at, place * 10 + number, payload))
        built.append(blocks.from_held(row, held))
    found = {packets.row: packets for packets in by_stream(built, STARTED)}
    assert set(found) == set(wanted)
    for row, packets in found.items():
        assert [(number, payload) for number, _, payload in rows(packets)] == [
            (number, payload) for _, number, payload in sorted(wanted[row], key=lambda each: each[0])
        ]


def test_what_is_left_out_is_gone() -> None:
    held = [Held(Packet(at, (0, 0, 0), 1, at, at, 0), bytes((at,)) * 3) for at in range(4)]
    (packets,) = by_stream([blocks.from_held(9, held)], STARTED)
    less = packets.only(np.array([True, False, False, True]))
    assert less.payload == b"\0\0\0\3\3\3"
    assert less.sequence.tolist() == [0, 3]
    assert [len(column) for column in less.columns()] == [8, 8, 4, 2, 4]
