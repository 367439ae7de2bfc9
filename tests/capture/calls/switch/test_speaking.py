"""Sound on its way, without a network and with a clock of its own."""

import struct
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.rtp.tones import samples
from muniment.capture.calls.switch.speaking import PACKET, SECONDS, Speaking, Stream, encoded, silence


@dataclass
class Wire:
    """A socket that keeps what is sent."""

    sent: list[bytes] = field(default_factory=list)

    def sendto(self, data: bytes, _to: object) -> None:
        self.sent.append(data)

    @property
    def heads(self) -> list[tuple[int, ...]]:
        return [struct.unpack(">BBHII", each[:12]) for each in self.sent]


def speaking(count: int = 2) -> tuple[Speaking, list[Wire], list[float]]:
    wires, clock = [Wire() for _ in range(count)], [100.0]
    streams = tuple(Stream(wire, number, ("127.0.0.1", 4000)) for number, wire in enumerate(wires))  # type: ignore[arg-type]  # it has what is used

    def wait(seconds: float) -> None:
        clock[0] += seconds

    return Speaking(streams, wait, lambda: clock[0]), wires, clock


def test_every_level_of_the_law_comes_back_as_it_was() -> None:
    levels = samples(bytes(range(256)), "PCMU")
    assert np.array_equal(samples(encoded(levels), "PCMU"), levels)


@given(st.lists(st.integers(-32_768, 32_767), min_size=1, max_size=200))
def test_no_other_level_of_the_law_is_nearer(sound: list[int]) -> None:
    levels = samples(bytes(range(256)), "PCMU").astype(int)
    heard = samples(encoded(np.array(sound, np.int16)), "PCMU").astype(int)
    for one, other in zip(sound, heard, strict=True):
        assert abs(one - other) == min(abs(one - level) for level in levels)


def test_it_takes_as_long_as_it_lasts_and_numbers_go_on() -> None:
    made, (left, right), clock = speaking()
    made.say((silence(1.0), silence(0.5)))
    made.say((silence(0.01), silence(0.02)))
    assert clock[0] == pytest.approx(101.0, abs=2 * SECONDS)
    assert len(left.sent) == len(right.sent) == 51
    assert [head[2] for head in left.heads] == list(range(51))
    assert [head[3] for head in left.heads] == [PACKET * number for number in range(51)]
    assert {head[4] for head in right.heads} == {1}


def test_on_hold_nothing_is_sent_and_the_clock_goes_on() -> None:
    made, (left, _), _ = speaking()
    made.say((silence(0.04), silence(0)))
    made.wait(5.0)
    made.say((silence(0.04), silence(0)))
    assert [head[2] for head in left.heads] == [0, 1, 2, 3]
    assert [head[3] // PACKET for head in left.heads] == [0, 1, 252, 253]


def test_it_stops_when_it_is_told_to() -> None:
    made, (left, _), _ = speaking()
    made.say((silence(10.0), silence(10.0)), lambda: len(left.sent) >= 7)
    assert len(left.sent) == 7


def test_who_was_held_up_catches_up_but_never_sends_the_past_in_one_burst() -> None:
    made, (left, _), clock = speaking()
    made.say((silence(0.04), silence(0)))
    clock[0] += 60.0
    before = clock[0]
    made.say((silence(1.0), silence(0)))
    assert clock[0] - before == pytest.approx(1.0, abs=3 * SECONDS)
    assert len(left.sent) == 52
