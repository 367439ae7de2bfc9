"""Who is listened to."""

from muniment.capture.calls.rtp.packet import Packet
from muniment.capture.calls.rtp.table import NO_SOURCE, Table
from muniment.capture.calls.rtp.tracking import MOST_CANDIDATES, MOST_HELD, Held, Tracker

HERE, THERE = (2 | 5000 << 16 | 1 << 32, 0, 0), (2 | 6000 << 16 | 2 << 32, 0, 0)
SECOND = 1_000_000


class Line:
    """A tracker and a clock."""

    def __init__(self) -> None:
        self.table = Table()
        self.row = self.table.take()
        self.told: list[str] = []
        self.tracker = Tracker(self.table, self.row, lambda what, _: self.told.append(what))
        self.now = 10 * SECOND

    def take(
        self, number: int, source: tuple[int, int, int] = HERE, ssrc: int = 1, wait: int = 20_000
    ) -> list[int]:
        self.now += wait
        packet = Packet(self.now, source, ssrc, number % 65536, 0, 0)
        return [held.packet.sequence for held in self.tracker.take(Held(packet, b""))]


def test_the_first_packet_is_held_until_the_second_confirms_it() -> None:
    line = Line()
    assert line.take(5) == []
    assert line.table.ssrc[line.row] == NO_SOURCE
    assert line.take(6) == [5, 6]
    assert line.table.ssrc[line.row] == 1


def test_a_flood_of_sources_is_held_within_bounds() -> None:
    line = Line()
    for number in range(3000):
        line.take(number * 7, ssrc=number)
    assert len(line.tracker._candidates) <= MOST_CANDIDATES
    line.take(0)
    line.take(1)
    for number in range(2000):
        line.take(1000 + number * 2, THERE, ssrc=9)
    assert all(len(one.held) <= MOST_HELD for one in line.tracker._candidates.values())


def test_the_address_that_signalling_named_is_believed_sooner() -> None:
    line = Line()
    line.tracker.privilege((2 | 2 << 32, 0, 0))
    assert [number for at in (1, 2) for number in line.take(at, HERE)] == [1, 2]
    assert line.take(70, THERE, ssrc=2, wait=300_000) == []
    assert line.take(71, THERE, ssrc=2) == [70, 71]
    for number in range(100):
        assert line.take(3 + number, HERE, wait=0) == []
    assert line.take(72, THERE, ssrc=2) == [72]


def test_the_same_ssrc_from_another_place_is_a_stranger_at_first() -> None:
    line = Line()
    line.take(1)
    line.take(2)
    assert line.take(3, THERE) == []
    assert line.take(3) == [3]


def test_what_is_held_at_the_end_is_kept_if_its_source_may_be_believed() -> None:
    line = Line()
    line.take(1)
    line.take(2)
    line.take(900, ssrc=2)
    line.take(901, ssrc=2)
    assert [held.packet.sequence for held in line.tracker.left()] == [900, 901]
    line = Line()
    line.take(1)
    line.take(2)
    line.take(900, THERE, ssrc=2)
    line.take(901, THERE, ssrc=2)
    assert line.tracker.left() == []


def test_a_late_packet_is_late_and_a_double_is_a_double_only_within_the_window() -> None:
    line = Line()
    for number in (0, 1, 3, 2, 2, 1, 5):
        line.take(number)
    assert (line.tracker.reordered, line.tracker.duplicates) == (1, 2)
    assert line.table.lost[line.row] == 1
    assert line.take(5 + 30_000) == []
    assert line.take(5 + 30_001) == [30_005, 30_006]
    assert line.told[-1] == "restart"
