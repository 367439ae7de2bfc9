"""What a recorded call sounds like."""

import numpy as np
import pytest

from muniment.core.call_facts import CallParty
from muniment.readers.calls.container import Container
from muniment.readers.calls.hearing import LONGEST_AT_ONCE, caller_streams, hear
from muniment.readers.calls.source import Held
from tests.readers.calls.samples import (
    STARTED,
    TONE_A,
    TONE_B,
    Builder,
    Packet,
    a_call,
    cut,
    loudness,
    pitch,
    the_facts,
    tone,
    ulaw_encoded,
)


def test_the_caller_is_left_and_the_called_right() -> None:
    sound = hear(Container(Held(a_call())))
    assert sound.right is not None
    assert sound.rate == 8000
    assert sound.seconds == pytest.approx(3.0, abs=0.01)
    assert pitch(sound.left, 8000) == pytest.approx(TONE_A, abs=1)
    assert pitch(sound.right, 8000) == pytest.approx(TONE_B, abs=1)


def test_sides_follow_the_parties_not_the_numbers_of_streams() -> None:
    parties = (CallParty("agent", stream=0), CallParty("caller", stream=1))
    streams = ()
    sound = hear(Container(Held(a_call(facts=the_facts(parties=parties, streams=streams)))))
    assert pitch(sound.left, 8000) == pytest.approx(TONE_B, abs=1)


def test_without_a_word_about_parties_the_first_stream_is_the_caller() -> None:
    assert caller_streams(None, [3, 4]) == {3}


def test_what_was_lost_is_silent_and_nothing_after_it_moves() -> None:
    def lose(stream: int, packets: list[Packet]) -> list[Packet]:
        return packets[:50] + packets[100:] if stream == 0 else packets

    sound = hear(Container(Held(a_call(change=lose))))
    assert loudness(sound.left[8000:16000]) == 0
    whole = hear(Container(Held(a_call())))
    assert np.array_equal(sound.left[16000:24000], whole.left[16000:24000])
    assert sound.right is not None
    assert whole.right is not None
    assert np.array_equal(sound.right, whole.right)


def test_packets_that_come_twice_or_out_of_order_change_nothing() -> None:
    def shuffle(stream: int, packets: list[Packet]) -> list[Packet]:
        moved = [*packets]
        moved[10], moved[11] = moved[11], moved[10]
        return [
            *moved[:60],
            Packet(1199, moved[58].timestamp, moved[58].sequence, moved[58].payload),
            *moved[60:],
        ]

    changed, whole = hear(Container(Held(a_call(change=shuffle)))), hear(Container(Held(a_call())))
    assert np.array_equal(changed.left, whole.left)


def test_late_packets_stand_where_their_timestamps_say() -> None:
    def late(stream: int, packets: list[Packet]) -> list[Packet]:
        return [
            packets[0],
            *(Packet(one.arrival + 90, one.timestamp, one.sequence, one.payload) for one in packets[1:]),
        ]

    changed, whole = hear(Container(Held(a_call(change=late)))), hear(Container(Held(a_call())))
    assert np.array_equal(changed.left, whole.left)


def test_a_jump_of_the_timestamp_begins_anew_where_it_arrived() -> None:
    def jump(stream: int, packets: list[Packet]) -> list[Packet]:
        return [
            Packet(
                one.arrival,
                (one.timestamp + (10**8 if one.arrival >= 1500 else 0)) % 2**32,
                one.sequence,
                one.payload,
            )
            for one in packets
        ]

    sound = hear(Container(Held(a_call(change=jump))))
    assert sound.seconds == pytest.approx(3.0, abs=0.05)
    assert pitch(sound.left[16000:], 8000) == pytest.approx(TONE_A, abs=2)


@pytest.mark.parametrize(("stream", "right_too"), [(None, True), (0, False)])
def test_masked_spans_are_silent_even_if_a_packet_were_there(stream: int | None, *, right_too: bool) -> None:
    span = {"from": STARTED + 1000, "to": STARTED + 2000, "stream": stream, "why": "api", "by": ""}
    sound = hear(Container(Held(a_call(masks=[span]))))
    assert sound.right is not None
    assert loudness(sound.left[8000:16000]) == 0
    assert (loudness(sound.right[8000:16000]) == 0) is right_too
    assert loudness(sound.left[16000:]) > 1000


def test_a_stretch_is_the_same_as_that_stretch_of_the_whole() -> None:
    whole = hear(Container(Held(a_call(12))))
    part = hear(Container(Held(a_call(12))), (7000, 9000))
    assert len(part.left) == 16000
    assert np.array_equal(part.left, whole.left[56000:72000])


def test_keys_pressed_are_not_heard() -> None:
    def press(stream: int, packets: list[Packet]) -> list[Packet]:
        return [*packets, Packet(1510, packets[75].timestamp, 7, b"", 101)] if stream == 0 else packets

    assert "payload type 101" in hear(Container(Held(a_call(change=press)))).notes[0]


@pytest.mark.parametrize("arrival", [LONGEST_AT_ONCE, 2**32 - 1])
def test_a_damaged_time_takes_no_more_memory_than_the_longest_call(arrival: int) -> None:
    packets = cut(ulaw_encoded(tone(TONE_A, 1)), 160, 160)
    packets[20].arrival, packets[20].timestamp = arrival, packets[20].timestamp + 10**8
    builder = Builder()
    builder.note("H", {"type": "muniment/call/v1", "call": "c1", "started": STARTED, "source": "pbx"})
    builder.packets(0, packets)
    sound = hear(Container(Held(builder.finished(None, index=False))))
    assert sound.seconds == pytest.approx(1.0, abs=0.05)
    assert any("four hours" in note for note in sound.notes)
