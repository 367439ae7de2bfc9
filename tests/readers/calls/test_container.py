"""The call container, whole, cut off and hostile."""

import struct
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from muniment.core.call_facts import MaskedSpan
from muniment.readers.calls.container import Chunk, Container, codecs_of, is_container, read_packets
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.hearing import hear
from muniment.readers.calls.source import Held
from tests.readers.calls.samples import STARTED, a_call, the_facts

CALL = a_call()


class Counting(Held):
    """Says how much was read of it."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.given = 0

    def read(self, offset: int, length: int) -> bytes:
        found = super().read(offset, length)
        self.given += len(found)
        return found


def test_it_says_what_was_written_into_it() -> None:
    container = Container(Held(CALL))
    assert (container.head.call, container.head.started, container.head.source) == ("c1", STARTED, "pbx")
    assert container.facts() == the_facts()
    assert [one.stream for one in container.streams()] == [0, 1]
    assert codecs_of(container.streams())[1][0].name == "PCMU"
    assert [(one.what, one.at) for one in container.events()] == [("dtmf", STARTED + 500)]
    assert container.seconds == 3
    assert container.defects == []


def test_each_packet_comes_out_as_it_came_in() -> None:
    packets = list(Container(Held(CALL)).packets())
    assert sum(len(one.arrival) for one in packets) == 2 * 3 * 50
    first = packets[0]
    assert first.arrival[:3].tolist() == [0, 20, 40]
    assert first.sequence[4:8].tolist() == [65534, 65535, 0, 1]
    assert {len(one) for one in first.payloads()} == {160}


def test_a_later_second_is_reached_without_the_earlier_ones() -> None:
    source = Counting(a_call(20))
    container = Container(source)
    opened = source.given
    packets = list(container.packets(17, 19))
    assert {int(one.arrival[0]) // 1000 for one in packets} == {17, 18}
    assert source.given - opened < 3 * 64 * 1024 < source.size


def test_masks_stand_in_it() -> None:
    span = {"from": STARTED + 1000, "to": STARTED + 2000, "stream": None, "why": "api", "by": "desktop"}
    container = Container(Held(a_call(masks=[span])))
    assert container.masks() == (MaskedSpan(STARTED + 1000, STARTED + 2000, None, "api", "desktop"),)


def test_a_recording_without_an_index_is_read_from_its_start_and_says_so() -> None:
    container = Container(Held(a_call(index=False)))
    assert container.seconds == 0
    assert container.facts() == the_facts()
    assert "no index" in container.defects[0]


@given(st.integers(min_value=80, max_value=len(CALL) - 1))
@settings(deadline=None)
def test_a_recording_cut_anywhere_keeps_what_came_before(end: int) -> None:
    try:
        container = Container(Held(CALL[:end]))
    except CallUnreadableError:
        assert end < 120
        return
    kept = sum(len(one.arrival) for one in container.packets())
    assert 0 <= kept <= 300
    assert container.defects


@given(st.data())
@settings(deadline=None, max_examples=200)
def test_altered_bytes_raise_nothing_but_the_one_error(data: st.DataObject) -> None:
    altered = bytearray(CALL)
    for _ in range(data.draw(st.integers(1, 6))):
        altered[data.draw(st.integers(0, len(CALL) - 1))] = data.draw(st.integers(0, 255))
    with suppress(CallUnreadableError):
        container = Container(Held(bytes(altered)))
        container.facts()
        container.masks()
        hear(container, (0, 10_000))


@given(st.binary(max_size=200))
@example(b"MNCALL1\n")
@example(b"MNCALL1\nH\0\xff\xff\xff\xff\xff\xff")
@example(CALL[:-12] + struct.pack("<I", 2**32 - 1) + b"MNCALLX\n")
@settings(deadline=None)
def test_any_bytes_raise_nothing_but_the_one_error(data: bytes) -> None:
    try:
        container = Container(Held(data))
        list(container.packets())
    except CallUnreadableError:
        pass
    else:
        assert is_container(data)


@pytest.mark.parametrize(
    "body", [b"", b"\1\0\0\0", struct.pack("<I", 2**31) + bytes(40), struct.pack("<IIIHBH", 1, 0, 0, 0, 0, 9)]
)
def test_columns_that_do_not_fit_are_refused(body: bytes) -> None:
    with pytest.raises(CallUnreadableError):
        read_packets(Chunk(ord("P"), 0, 0, body))
