"""What may not be written although it came."""

import numpy as np

from muniment.capture.calls.rtp import blocks
from muniment.capture.calls.rtp.blocks import Packets, by_stream
from muniment.capture.calls.rtp.packet import Packet
from muniment.capture.calls.rtp.tracking import Held
from muniment.capture.calls.rtp.withholding import Span, Withholding
from tests.capture.calls.rtp.test_tones import encoded

MOMENT = np.arange(160) / 8000
KEY = encoded(5000 * (np.sin(2 * np.pi * 770 * MOMENT) + np.sin(2 * np.pi * 1336 * MOMENT)), "PCMU")
VOICE = encoded(np.random.default_rng(3).normal(0, 2000, 160), "PCMU")
MS = 1000


def said(*payloads: bytes, kind: int = 0, first: int = 0) -> Packets:
    held = [
        Held(Packet((first + at) * 20 * MS, (0, 0, 0), 1, first + at, (first + at) * 160, kind), payload)
        for at, payload in enumerate(payloads)
    ]
    (packets,) = by_stream([blocks.from_held(1, held)], np.zeros(2, np.int64))
    return packets


def numbers(packets: Packets) -> list[int]:
    return [int(number) for number in packets.sequence]


def of(number: int = 0, codec: str = "PCMU") -> Withholding:
    return Withholding(number, {0: codec})


def test_a_span_takes_what_arrived_within_it_and_nothing_else() -> None:
    span = Span(100 * MS, None, "api", "x", 200 * MS)
    assert numbers(of().allowed(said(*[VOICE] * 15), [span], [])) == [*range(5), *range(10, 15)]
    assert numbers(of(1).allowed(said(*[VOICE] * 15), [Span(0, 0, "api", "x")], [])) == list(range(15))


def test_what_was_spoken_within_it_and_comes_later_is_dropped_too() -> None:
    it = of()
    it.allowed(said(*[VOICE] * 10), [Span(100 * MS, None, "api", "x", 200 * MS)], [])
    late = said(VOICE, first=7)._replace(arrived=np.array([230 * MS]))
    assert numbers(it.allowed(late, [], [])) == []
    assert numbers(it.allowed(said(VOICE, first=11), [], [])) == [11]


def test_sound_of_the_instant_of_a_key_and_tones_before_it_are_dropped() -> None:
    it = of()
    event = (200 * MS, 10 * 160, 320)
    kept = it.allowed(said(*[VOICE] * 7, KEY, KEY, VOICE, VOICE, VOICE, VOICE, VOICE), [], [event])
    assert numbers(kept) == [*range(7), 9, 13]
    assert it.found


def test_what_cannot_be_listened_to_goes_with_the_key() -> None:
    assert numbers(of(codec="opus").allowed(said(*[b"opus"] * 12), [], [(200 * MS, 9999, 1)])) == [
        *range(6),
        11,
    ]


def test_keys_are_not_heard_on_the_other_side_of_a_mask() -> None:
    mask = Span(0, 1, "sip", "x")
    assert numbers(of(0).allowed(said(VOICE, KEY, VOICE), [mask], [])) == [0, 2]
    assert numbers(of(0).allowed(said(VOICE, KEY, VOICE), [], [])) == [0, 1, 2]
