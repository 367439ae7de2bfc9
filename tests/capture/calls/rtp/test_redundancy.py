"""What is wrapped in redundant packets."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.rtp import redundancy
from muniment.capture.calls.rtp.packet import Packet
from muniment.capture.calls.rtp.table import Table
from muniment.capture.calls.rtp.tracking import Held
from tests.capture.calls.rtp.field import CODECS


def uses() -> np.ndarray:
    table = Table()
    row = table.take()
    table.negotiate(row, CODECS)
    found: np.ndarray = table.uses[row]
    return found


def held(kind: int, payload: bytes) -> Held:
    return Held(Packet(1, (0, 0, 0), 1, 1, 1000, kind), payload)


def test_the_newest_block_is_taken_with_the_marker() -> None:
    payload = b"\x80" + (160 << 10 | 3).to_bytes(3) + b"\x08" + b"old" + b"new"
    taken = redundancy.newest(uses(), held(0x80 | 102, payload))
    assert (taken.packet.kind, taken.payload) == (0x88, b"new")
    assert redundancy.is_sound(uses(), held(102, payload))


def test_an_event_says_when_and_how_long_but_not_which() -> None:
    assert redundancy.digit(uses(), held(101, b"\x05\x8a\x03\x20")) == (1000, 800)
    wrapped = b"\xe5" + (160 << 10 | 4).to_bytes(3) + b"\x00" + b"\x05\x8a\x03\x20" + b"sound"
    assert redundancy.digit(uses(), held(102, wrapped)) == (840, 800)
    assert redundancy.digit(uses(), held(0, b"sound")) is None


def test_the_number_of_a_key_is_read_only_where_it_is_asked_for() -> None:
    assert redundancy.key(uses(), held(101, b"\x05\x8a\x03\x20")) == 5
    wrapped = b"\xe5" + (160 << 10 | 4).to_bytes(3) + b"\x00" + b"\x0b\x8a\x03\x20" + b"sound"
    assert redundancy.key(uses(), held(102, wrapped)) == 11
    assert redundancy.key(uses(), held(101, b"\x05")) == -1


@given(st.binary(max_size=60))
def test_malformed_ones_hold_nothing(payload: bytes) -> None:
    one = held(102, payload)
    if redundancy.is_sound(uses(), one):
        assert redundancy.newest(uses(), one).payload in payload
    redundancy.digit(uses(), one)
