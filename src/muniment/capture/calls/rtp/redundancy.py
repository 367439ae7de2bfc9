"""Telephone events (RFC 4733), tones, and both wrapped in redundant packets (RFC 2198).

What was pressed goes nowhere but to `keys`, which forgets it: all else looks at an event's time and duration.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from muniment.capture.calls.rtp.table import Use
from muniment.capture.calls.rtp.tracking import Held

EVENT_BYTES = 4  # event, end and volume, duration


class _Inner(NamedTuple):
    kind: int
    offset: int
    """Of its timestamp, before the packet's own."""
    data: bytes


def digit(uses: NDArray[np.uint8], held: Held) -> tuple[int, int] | None:
    """RTP timestamp and duration of an event or tone in a packet; None if it has none."""
    use = uses[held.packet.kind & 0x7F]
    if use == Use.DIGITS:
        return held.packet.timestamp, _duration(held.payload)
    if use == Use.REDUNDANT:
        for inner in _blocks(held.payload):
            if uses[inner.kind] == Use.DIGITS:
                return (held.packet.timestamp - inner.offset) % (1 << 32), _duration(inner.data)
    return None


def key(uses: NDArray[np.uint8], held: Held) -> int:
    """The number of the event in a packet that has one (RFC 4733 section 3.2); -1 where it is cut off."""
    data = held.payload
    if uses[held.packet.kind & 0x7F] == Use.REDUNDANT:
        data = next((inner.data for inner in _blocks(held.payload) if uses[inner.kind] == Use.DIGITS), b"")
    return data[0] if len(data) >= EVENT_BYTES else -1


def is_sound(uses: NDArray[np.uint8], held: Held) -> bool:
    """Whether the newest block of a redundant packet is sound."""
    inner = list(_blocks(held.payload))
    return bool(inner) and uses[inner[-1].kind] == Use.SOUND


def newest(uses: NDArray[np.uint8], held: Held) -> Held:
    """A redundant packet as if it had come without its redundancy; any other as it is.

    Older blocks are dropped unread: they repeat packets of their own, or what may not be kept.
    """
    if uses[held.packet.kind & 0x7F] != Use.REDUNDANT:
        return held
    inner = list(_blocks(held.payload))[-1]
    return Held(held.packet._replace(kind=(held.packet.kind & 0x80) | inner.kind), inner.data)


def _blocks(payload: bytes) -> Iterator[_Inner]:
    """The blocks of a redundant packet, the newest last; none if it is malformed (RFC 2198 section 3)."""
    heads: list[tuple[int, int, int]] = []
    at = 0
    while at < len(payload) and payload[at] & 0x80:
        word = int.from_bytes(payload[at : at + 4])
        heads.append((payload[at] & 0x7F, (word >> 10) & 0x3FFF, word & 0x3FF))
        at += 4
    if at >= len(payload):
        return
    last = payload[at] & 0x7F
    at += 1
    if at + sum(length for _, _, length in heads) > len(payload):
        return
    for kind, offset, length in heads:
        yield _Inner(kind, offset, payload[at : at + length])
        at += length
    yield _Inner(last, 0, payload[at:])


def _duration(data: bytes) -> int:
    return int.from_bytes(data[2:EVENT_BYTES]) if len(data) >= EVENT_BYTES else 0
