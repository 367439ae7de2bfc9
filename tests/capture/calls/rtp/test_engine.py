"""The engine against a reference that looks at one packet at a time."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.capture.calls.rtp.engine import HOLD
from muniment.capture.calls.rtp.gathering import SMALL
from muniment.core import clock
from tests.capture.calls.rtp.field import Ear, ear, rtp


@pytest.mark.parametrize("quick", [True, False])
def test_what_comes_in_order_is_kept_as_it_came(quick: bool) -> None:
    with ear(quick=quick) as it:
        said = it.phone().talk(65_500, 200)  # across the wrap, and over several gatherings
        heard = it.heard()
        assert [payload for _, _, payload in heard] == said
        assert [number for number, _, _ in heard] == [(65_500 + at) % 65_536 for at in range(200)]
        assert it.engine.table.lost[it.stream.row] == 0
        assert it.engine.table.frame[it.stream.row] == 160


class Reference:
    """RFC 3550 appendix A.1 for one source from its first packet on, as plainly as it can be written."""

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self.high = -1
        self.kept: list[int] = []
        self.twice = self.late = 0

    def take(self, number: int) -> None:
        if number in self.seen:
            self.twice += 1
            return
        self.late += number < self.high
        self.high = max(self.high, number)
        self.seen.add(number)
        self.kept.append(number)

    @property
    def lost(self) -> int:
        return self.high - min(self.seen) + 1 - len(self.seen)


moves = st.lists(
    st.tuples(st.sampled_from(["next", "next", "next", "gap", "swap", "again"]), st.integers(1, 6)),
    max_size=150,
)


@given(start=st.integers(0, 65_535), moves=moves, capacity=st.sampled_from([64, 128]), quick=st.booleans())
@settings(max_examples=60)
def test_loss_order_and_doubles_are_those_of_the_reference(
    start: int, moves: list[tuple[str, int]], capacity: int, quick: bool
) -> None:
    numbers = [start, start + 1]
    following = start + 2
    for move, size in moves:
        if move == "gap":
            following += size
        elif move == "again":
            numbers.append(numbers[-min(size, len(numbers) - 2) or -1])
            continue
        elif move == "swap":
            numbers += [following + size, *range(following, following + size)]
            following += size + 1
            continue
        numbers.append(following)
        following += 1
    reference = Reference()
    for number in numbers:
        reference.take(number)
    with ear(quick=quick, capacity=capacity) as it:
        phone = it.phone()
        for number in numbers:
            phone.say(rtp(number, number * 160, number.to_bytes(4) * 10))
        heard = it.heard()
        assert [int.from_bytes(payload[:4]) for _, _, payload in heard] == reference.kept
        tracker, row = it.stream.tracker, it.stream.row
        assert (int(it.engine.table.lost[row]), tracker.duplicates, tracker.reordered) == (
            reference.lost,
            reference.twice,
            reference.late,
        )
        assert int(it.engine.table.packets[row]) == len(reference.kept)


@given(
    packets=st.lists(
        st.binary(max_size=60) | st.builds(lambda tail: b"\x80\0" + tail, st.binary(max_size=40))
    )
)
@settings(max_examples=60)
def test_nothing_that_comes_stops_it(packets: list[bytes]) -> None:
    with ear() as it:
        it.phone().say(*(packet or b"\0" for packet in packets))
        it.heard()
        said = it.phone().talk(10, 60)
        assert it.heard()[-60:] == [(10 + at, 0, payload) for at, payload in enumerate(said)] or packets


def test_padding_extensions_and_sources_are_no_sound() -> None:
    with ear() as it:
        phone = it.phone()
        phone.talk(0, 5)
        phone.say(
            rtp(5, 800, b"padded" + b"\0\0\3", first=0xA0),
            rtp(6, 960, b"\xbe\xde\0\1abcd" + b"extended", first=0x90),
            rtp(7, 1120, bytes(8) + b"mixed", first=0x82),
            rtp(8, 1280, bytes(4) + b"\xbe\xde\0\0" + b"all\1", first=0xB1),
        )
        assert [payload for _, _, payload in it.heard()[5:]] == [b"padded", b"extended", b"mixed", b"all"]


@pytest.mark.parametrize(
    "bad",
    [
        rtp(5, 0, b"", first=0x40),
        rtp(5, 0, b"\0" * 4, first=0xA0),
        rtp(5, 0, b"\xff", first=0xA0),
        rtp(5, 0, b"\xbe\xde\xff\xff", first=0x90),
        rtp(5, 0, b"", first=0x8F),
        b"\x80",
    ],
)
def test_what_does_not_fit_together_is_counted_and_dropped(bad: bytes) -> None:
    with ear() as it:
        phone = it.phone()
        phone.talk(0, 5)
        phone.say(bad)
        phone.talk(5, 5)
        assert len(it.heard()) == 10
        assert it.stream.tracker.invalid == 1


def test_a_stranger_is_not_heard_while_the_source_speaks() -> None:
    with ear() as it:
        phone, stranger = it.phone(), it.phone()
        heard = []
        for round_ in range(20):
            phone.talk(round_ * 10, 10)
            stranger.talk(round_ * 100, 100, ssrc=7)
            stranger.talk(round_ * 100, 100, ssrc=9)
            heard += it.heard()
        assert [number for number, _, _ in heard] == list(range(200))
        assert it.stream.tracker.strangers > 1000
        assert it.told == ["source"]


def test_a_source_of_one_packet_is_heard_at_the_end() -> None:
    with ear() as it:
        it.phone().talk(1, 1)
        assert it.heard() == []
        it.engine.remove(it.stream)
        assert [number for one in it.engine.packets(everything=True) for number in one.sequence.tolist()] == [
            1
        ]


def test_another_ssrc_from_the_same_place_loses_nothing() -> None:
    with ear() as it:
        phone = it.phone()
        said = phone.talk(0, 20)
        assert [payload for _, _, payload in it.heard()] == said
        time.sleep(0.25)
        said = phone.talk(30_000, 20, ssrc=8)
        assert [payload for _, _, payload in it.heard()] == said
        assert it.told == ["source", "source-changed"]


def test_another_place_is_heard_after_a_second_of_silence_and_fifty_packets() -> None:
    with ear() as it:
        it.phone().talk(0, 20)
        it.heard()
        other = it.phone()
        early = other.talk(500, 60)
        assert it.heard() == []
        time.sleep(1.05)
        late = other.talk(560, 1)
        assert [payload for _, _, payload in it.heard()] == early + late


def test_signalling_lets_it_learn_anew() -> None:
    with ear() as it:
        it.phone().talk(0, 20)
        it.heard()
        it.stream.tracker.relearn()
        said = it.phone().talk(900, 5)
        assert [payload for _, _, payload in it.heard()] == said


def test_a_restart_of_numbers_is_believed_when_the_next_confirms_it() -> None:
    with ear() as it:
        phone = it.phone()
        phone.talk(0, 20)
        said = phone.talk(40_000, 20)
        phone.say(rtp(9, 0, b"one alone"))
        more = phone.talk(40_020, 5)
        assert [payload for _, _, payload in it.heard()[20:]] == said + more
        assert it.engine.table.lost[it.stream.row] == 0
        assert it.told == ["source", "restart"]


def digits(it: Ear) -> list[bytes]:
    return [payload for _, _, payload in it.heard()]


def test_events_are_noticed_and_never_kept_and_are_no_loss() -> None:
    with ear() as it:
        phone = it.phone()
        phone.talk(0, 10)
        phone.say(*(rtp(10 + at, 1600, b"\x05\x0a" + (160 * at).to_bytes(2), kind=101) for at in range(6)))
        phone.talk(16, 10)
        phone.say(rtp(26, 26 * 160, b"\x07\x55\x02\x8c", kind=103))
        heard = it.heard()
        assert {kind for _, kind, _ in heard} == {0}
        assert len(heard) == 20
        assert it.engine.table.lost[it.stream.row] == 0
        assert set(it.told) == {"source", "dtmf"}


def red(blocks: list[tuple[int, int, bytes]]) -> bytes:
    heads = b"".join(
        bytes((0x80 | kind,)) + (offset << 10 | len(data)).to_bytes(3) for kind, offset, data in blocks[:-1]
    )
    return heads + bytes((blocks[-1][0],)) + b"".join(data for _, _, data in blocks)


def test_events_in_redundant_packets_are_not_kept_either() -> None:
    with ear() as it:
        phone = it.phone()
        phone.talk(0, 5)
        key = b"\x05\x8a\x03\x20"
        phone.say(
            rtp(5, 800, red([(0, 160, b"older"), (0, 0, b"newest")]), kind=102),
            rtp(6, 960, red([(101, 160, key), (0, 0, b"sound beside a key")]), kind=102),
            rtp(7, 1120, red([(0, 160, b"sound"), (101, 0, key)]), kind=102),
            rtp(8, 1280, b"\xff\xff", kind=102),
        )
        phone.talk(9, 2)
        payloads = digits(it)
        assert payloads[5:7] == [b"newest", b"sound beside a key"]
        assert len(payloads) == 9
        assert not [payload for payload in payloads if key in payload]


def test_reports_on_the_same_port_are_no_sound() -> None:
    with ear() as it:
        phone = it.phone()
        phone.talk(0, 5)
        phone.say(b"\x81\xc8\0\1abcd", rtp(5, 800, b"x"))
        assert len(it.heard()) == 6
        assert it.control == [b"\x81\xc8\0\1abcd"]


def test_what_came_in_the_last_tenth_of_a_second_is_held_back() -> None:
    with ear() as it:
        phone = it.phone()
        phone.talk(0, 5)
        time.sleep(HOLD / 1e6 + 0.05)
        between = clock.microseconds()
        phone.talk(5, 5)
        it.engine.sweep(between + HOLD)
        assert [one.sequence.tolist() for one in it.engine.packets()] == [list(range(5))]
        assert list(it.engine.packets()) == []
        it.engine.sweep(clock.microseconds())
        assert [one.sequence.tolist() for one in it.engine.packets()] == [list(range(5, 10))]


def test_what_is_read_between_sweeps_waits_for_the_next_but_one() -> None:
    with ear() as it:
        phone = it.phone()
        it.engine.sweep(clock.microseconds())
        phone.talk(0, 5)
        it.engine.read([it.stream])
        assert list(it.engine.packets()) == []
        phone.talk(5, 5)
        it.engine.sweep(clock.microseconds())
        assert [one.sequence.tolist() for one in it.engine.packets()] == [list(range(5))]


def test_what_comes_while_the_sockets_are_swept_does_not_overtake_what_came_before() -> None:
    with ear() as it:
        phone = it.phone()
        phone.talk(0, 5)
        begun = clock.microseconds()
        phone.talk(5, 5)
        it.engine.sweep(begun)
        assert list(it.engine.packets()) == []
        it.engine.sweep(clock.microseconds())
        assert [one.sequence.tolist() for one in it.engine.packets()] == [list(range(10))]


def test_nothing_is_held_back_for_ever_because_the_clock_was_set_back() -> None:
    with ear() as it:
        it.phone().talk(0, 5)
        back = clock.microseconds() - 3600_000_000
        it.engine.sweep(back)
        it.engine.sweep(back + HOLD)
        assert [one.sequence.tolist() for one in it.engine.packets()] == [list(range(5))]


def test_a_socket_that_fills_quickly_is_read_between_sweeps() -> None:
    with ear() as it:
        phone = it.phone()
        phone.talk(0, SMALL - 1)
        it.engine.sweep(clock.microseconds())
        phone.talk(SMALL - 1, SMALL)
        assert it.engine.sweep_loud() == 0
        it.engine.sweep(clock.microseconds())
        phone.talk(2 * SMALL - 1, 3)
        assert it.engine.sweep_loud() == 3
        it.engine.sweep(clock.microseconds())
        assert it.engine.sweep_loud() == 0
