"""What the engine knows of every stream, as columns: one row for each stream, so that batches are quick."""

from collections.abc import Mapping
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from muniment.capture.calls.ports import Codec

PAYLOAD_TYPES = 128
NO_SOURCE = -1
ORDINARY_RATE = 8000  # Hz

# RFC 3551 tables 4 and 5: payload types that have a meaning without being negotiated, with their clock.
STATIC: Mapping[int, Codec] = {
    0: Codec("PCMU", 8000),
    3: Codec("GSM", 8000),
    4: Codec("G723", 8000),
    7: Codec("LPC", 8000),
    8: Codec("PCMA", 8000),
    9: Codec("G722", 8000),
    13: Codec("CN", 8000),
    15: Codec("G728", 8000),
    18: Codec("G729", 8000),
    19: Codec("CN", 8000),  # reserved, and sent by one vendor
}


class Use(IntEnum):
    """What is done with packets of a payload type."""

    UNKNOWN = 0
    """Not of this stream."""
    SOUND = 1
    """Kept."""
    DIGITS = 2
    """Telephone events and tones (RFC 4733): noticed, never written."""
    REDUNDANT = 3
    """RFC 2198: only the newest block is looked at, and kept if it is sound."""


def use_of(codec: Codec) -> Use:
    """What is done with a codec's packets, by its registered name."""
    match codec.name.lower():
        case "telephone-event" | "tone":
            return Use.DIGITS
        case "red":
            return Use.REDUNDANT
        case _:
            return Use.SOUND


class Table:
    """Rows of streams. A row is taken for a stream and given back when it has ended."""

    def __init__(self, rows: int = 256) -> None:
        self.rows = 0
        self.ssrc: NDArray[np.int64]
        """The source that is listened to; NO_SOURCE while none is known."""
        self.source: NDArray[np.uint64]
        """Its address, as three words."""
        self.high: NDArray[np.int64]
        """The highest sequence number, extended by the number of its wraps."""
        self.packets: NDArray[np.int64]
        self.lost: NDArray[np.int64]
        self.jitter: NDArray[np.float64]
        """RFC 3550 section 6.4.1, but in seconds: the clock may change with the payload type."""
        self.worst: NDArray[np.float64]
        """The largest jitter so far, in seconds."""
        self.transit: NDArray[np.float64]
        """Of the last packet, in seconds; not a number before the first."""
        self.last: NDArray[np.int64]
        """When the last packet of the source arrived, microseconds."""
        self.frame: NDArray[np.int64]
        """The shortest step between timestamps of neighbours: the length of a packet, in clock units."""
        self.started: NDArray[np.int64]
        """When the stream's call began, milliseconds since 1970."""
        self.careful: NDArray[np.bool_]
        """Whether each packet is looked at alone, because something is under way."""
        self.uses: NDArray[np.uint8]
        """By row and payload type: what is done."""
        self.rates: NDArray[np.float64]
        """By row and payload type: the clock in Hz."""
        self._free: list[int] = []
        self._grow(rows)

    def take(self) -> int:
        """A row for a new stream."""
        if not self._free:
            self._grow(self.rows)
        row = self._free.pop()
        self.forget(row)
        self.packets[row] = self.lost[row] = 0
        self.worst[row] = 0.0
        self.careful[row] = False
        self.frame[row] = 0
        self.last[row] = 0
        self.negotiate(row, {})
        return row

    def give_back(self, row: int) -> None:
        """The stream has ended."""
        self._free.append(row)

    def forget(self, row: int) -> None:
        """Listen to no source: what the counters say stays."""
        self.ssrc[row] = NO_SOURCE
        self.source[row] = 0
        self.high[row] = 0
        self.jitter[row] = 0.0
        self.transit[row] = np.nan

    def negotiate(self, row: int, codecs: Mapping[int, Codec]) -> None:
        """Which payload types belong to the stream: the negotiated, and those that need no negotiation."""
        self.uses[row] = Use.UNKNOWN
        self.rates[row] = ORDINARY_RATE
        for number, codec in {**STATIC, **codecs}.items():
            if 0 <= number < PAYLOAD_TYPES:
                self.uses[row, number] = use_of(codec)
                self.rates[row, number] = codec.rate or ORDINARY_RATE

    def _grow(self, by: int) -> None:
        before, self.rows = self.rows, self.rows + by
        for name, kind, width in (
            ("ssrc", np.int64, ()),
            ("source", np.uint64, (3,)),
            ("high", np.int64, ()),
            ("packets", np.int64, ()),
            ("lost", np.int64, ()),
            ("jitter", np.float64, ()),
            ("worst", np.float64, ()),
            ("transit", np.float64, ()),
            ("last", np.int64, ()),
            ("frame", np.int64, ()),
            ("started", np.int64, ()),
            ("careful", np.bool_, ()),
            ("uses", np.uint8, (PAYLOAD_TYPES,)),
            ("rates", np.float64, (PAYLOAD_TYPES,)),
        ):
            column = np.zeros((self.rows, *width), kind)
            if before:
                column[:before] = getattr(self, name)
            setattr(self, name, column)
        self._free += range(self.rows - 1, before - 1, -1)
