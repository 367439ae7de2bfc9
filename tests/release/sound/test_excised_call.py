"""A container written anew without some packets."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.call_facts import CallParty
from muniment.readers.calls.container import Container
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.hearing import hear
from muniment.readers.calls.source import Held
from muniment.release.sound import excised_call
from muniment.release.sound.messages import Covered
from tests.readers.calls.samples import STARTED, Packet, a_call, loudness, the_facts

SECONDS = 4


def written(data: bytes, *spans: Covered, facts=None) -> bytes:
    made = bytearray()
    excised_call.write(Held(data), spans, facts, "req_1", made.extend)
    return bytes(made)


def numbered(number: int, packets: list[Packet]) -> list[Packet]:
    """Each packet holds its own place, so that it can be looked for among bytes."""
    return [
        Packet(one.arrival, one.timestamp, one.sequence, f"<{number}:{one.arrival:06}>".encode() * 16)
        for one in packets
    ]


def places(data: bytes, stream: int) -> list[int]:
    return [
        int(arrival)
        for packets in Container(Held(data)).packets()
        if packets.stream == stream
        for arrival in packets.arrival.tolist()
    ]


@settings(max_examples=25, deadline=None)
@given(
    start=st.integers(0, SECONDS * 1000 - 1),
    length=st.integers(1, SECONDS * 1000),
    channel=st.sampled_from([None, 0, 1]),
)
def test_no_packet_of_the_stretch_is_left_and_every_other_is(
    start: int, length: int, channel: int | None
) -> None:
    data = a_call(SECONDS, change=numbered)
    made = written(data, Covered(start, start + length, channel))
    for stream in (0, 1):
        gone = [
            at
            for at in range(0, SECONDS * 1000, 20)
            if channel in {None, stream} and start - 260 < at < start + length + 200
        ]
        kept = [at for at in range(0, SECONDS * 1000, 20) if at not in gone]
        assert places(made, stream) == kept
        for at in gone:
            assert f"<{stream}:{at:06}>".encode() not in made
        for at in kept:
            assert f"<{stream}:{at:06}>".encode() * 16 in made


def test_it_is_read_by_its_index_as_ever() -> None:
    made = Container(Held(written(a_call(SECONDS), Covered(1000, 2000))))
    assert made.index is not None
    assert made.defects == []
    assert (made.head.call, made.head.started) == ("c1", STARTED)
    assert loudness(hear(made, (3000, 3500)).left) > 5000
    assert loudness(hear(made, (1000, 2000)).left) == 0


def test_what_was_said_of_the_call_stays_and_the_stretch_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    before = Container(Held(a_call(SECONDS)))
    made = Container(Held(written(a_call(SECONDS), Covered(1000, 2000, 1))))
    assert made.events() == before.events()
    assert made.streams() == before.streams()
    (mask,) = made.masks()
    assert (mask.start, mask.end) == (STARTED + 800, STARTED + 2200)
    assert (mask.stream, mask.why, mask.by) == (1, "excised", "req_1")
    facts, old = made.facts(), before.facts()
    assert facts is not None
    assert old is not None
    assert facts.masks == (*old.masks, mask)
    assert facts.defects[-1] == "stretches were taken out of it later, as req_1 asked"
    assert facts.streams[1].packets == old.streams[1].packets - 72
    assert facts.streams[0] == old.streams[0]


def test_a_packet_that_came_late_goes_by_what_it_says() -> None:
    def late(number: int, packets: list[Packet]) -> list[Packet]:
        moved = [
            Packet(
                one.arrival + (1500 if one.arrival == 1500 else 0),
                one.timestamp,
                one.sequence,
                b"\0LATE" * 32,
            )
            if one.arrival == 1500
            else one
            for one in packets
        ]
        return sorted(moved, key=lambda one: one.arrival)

    data = a_call(SECONDS, change=late)
    assert b"\0LATE" in data
    assert b"\0LATE" not in written(data, Covered(1400, 1600))


@pytest.mark.parametrize("cut", [200, 2000, 20_000])
def test_what_is_damaged_is_refused(cut: int) -> None:
    data = a_call(SECONDS)
    with pytest.raises(CallUnreadableError):
        written(data[:-cut], Covered(1000, 2000))
    with pytest.raises(CallUnreadableError):
        written(data + b"more of it", Covered(1000, 2000))


def test_a_file_of_two_channels_has_two_streams_by_whatever_name() -> None:
    nobody = msgspec.structs.replace(the_facts(), streams=(), parties=())
    (mask,) = excised_call.masked([Covered(10, 20, 0)], nobody, "x", margin=0)
    assert (mask.start, mask.end, mask.stream) == (STARTED + 10, STARTED + 20, 0)
    named = msgspec.structs.replace(
        nobody, parties=(CallParty("caller", stream=4), CallParty("agent", stream=5))
    )
    assert [one.stream for one in excised_call.masked([Covered(10, 20, 1)], named, "x")] == [5]
    assert [one.stream for one in excised_call.masked([Covered(10, 20)], named, "x")] == [None]
