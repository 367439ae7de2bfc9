"""What may not be written although it came: masked spans, and keys pressed that can be heard.

1. A packet that arrived within a masked span is dropped; so is one that comes later but was spoken in it, by
   its RTP timestamp.
2. Sound of the instant of a telephone event is dropped, and before it what has the tones of a key.
3. While one stream of a call is masked, packets of its others that have the tones of a key are dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from muniment.capture.calls.rtp.blocks import Packets
from muniment.capture.calls.rtp.tones import Law, has_key

FOR_EVER = 1 << 62
BEFORE_EVENT = (
    80_000  # microseconds: as sound until the sender knew that it was a key (RFC 4733 section 2.5.2.2)
)
HALF, ROUND = 1 << 31, 1 << 32
_LAWS: dict[str, Law] = {"PCMU": "PCMU", "PCMA": "PCMA"}


@dataclass
class Span:
    """A masked span; microseconds since 1970."""

    begin: int
    stream: int | None
    why: str
    by: str
    end: int = FOR_EVER
    keys: int | None = None
    """The stream on which keys asked for it; None where others did."""
    timed: bool = False
    """Whether it ends by itself, and has yet to be written down."""

    def covers(self, number: int) -> bool:
        """Whether it is about a stream."""
        return self.stream is None or self.stream == number


@dataclass
class Withholding:
    """What is taken out of one stream."""

    number: int
    codecs: dict[int, str] = field(default_factory=dict)
    """Names by payload type."""
    silenced: list[tuple[int, int]] = field(default_factory=list)
    """RTP timestamps, first and last, of what was dropped by a mask."""
    found: list[tuple[int, int]] = field(default_factory=list)
    """Spans of dropped keys to be written down; microseconds."""

    def allowed(
        self, packets: Packets, masks: Sequence[Span], digits: Sequence[tuple[int, int, int]]
    ) -> Packets:
        """Only what may be written."""
        if not masks and not digits and not self.silenced:
            return packets
        kept = np.ones(len(packets.arrived), np.bool_)
        for span in masks:
            if span.covers(self.number):
                within = (packets.arrived >= span.begin) & (packets.arrived < span.end)
                self._silence(packets, within)
                kept &= ~within
        for first, last in self.silenced:
            kept &= ((packets.timestamp.astype(np.int64) - first) % ROUND) > (last - first) % ROUND
        suspect, before = self._suspect(packets, masks), np.zeros(len(kept), np.bool_)
        for arrived, timestamp, duration in digits:
            same = ((packets.timestamp.astype(np.int64) - timestamp) % ROUND) <= max(duration, 1)
            self._drop(packets, kept, same)
            before |= (packets.arrived >= arrived - BEFORE_EVENT) & (packets.arrived <= arrived)
        self._drop(packets, kept, self._tones(packets, (suspect | before) & kept, before))
        return packets if kept.all() else packets.only(kept)

    def _silence(self, packets: Packets, within: NDArray[np.bool_]) -> None:
        if within.any():
            stamps = packets.timestamp[within].astype(np.int64)
            first = int(stamps[0])
            offsets = (stamps - first + HALF) % ROUND - HALF
            low, high = first + int(offsets.min()), first + int(offsets.max())
            self.silenced = [*self.silenced[-7:], (low % ROUND, high % ROUND)]

    def _suspect(self, packets: Packets, masks: Sequence[Span]) -> NDArray[np.bool_]:
        suspect = np.zeros(len(packets.arrived), np.bool_)
        for span in masks:
            if not span.covers(self.number):
                suspect |= (packets.arrived >= span.begin) & (packets.arrived < span.end)
        return suspect

    def _drop(self, packets: Packets, kept: NDArray[np.bool_], which: NDArray[np.bool_]) -> None:
        gone = kept & which
        if gone.any():
            arrived = packets.arrived[gone]
            self.found.append((int(arrived.min()), int(arrived.max()) + 1000))
            kept &= ~which

    def _tones(
        self, packets: Packets, suspect: NDArray[np.bool_], pressed: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Which of the suspect packets hold a key. What cannot be listened to does where one was `pressed`."""
        found = np.zeros(len(suspect), np.bool_)
        ends = np.cumsum(packets.length, dtype=np.int64).tolist()
        for at in np.flatnonzero(suspect).tolist():
            law = _LAWS.get(self.codecs.get(int(packets.kind[at]) & 0x7F, ""))
            payload = packets.payload[ends[at] - int(packets.length[at]) : ends[at]]
            found[at] = has_key(payload, law) if law else pressed[at]
        return found
