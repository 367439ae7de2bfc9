"""Telephones of a day that passes in minutes, and a gatherer that hears them instead of sockets."""

import socket
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from muniment.capture.calls.rtp import rtcp
from muniment.capture.calls.rtp.gathering import SMALL, STAMPED, Datagram, Gatherer, source_words

HEADER = 12
PAYLOAD = 20  # bytes: two frames of G.729
KIND = 18
LOSS, TWICE, LATE, PAUSE = 0.01, 0.002, 0.002, 0.0001  # shares of packets; what begins a pause
PAUSE_MS = 4000
JITTER_MS = 6.0
CLOCK = 8  # timestamps to a millisecond
_HEAD = np.dtype(
    [("first", "u1"), ("kind", "u1"), ("sequence", ">u2"), ("timestamp", ">u4"), ("ssrc", ">u4")]
)


@dataclass
class Telephone:
    """One stream: G.729, whose clock is fast by `skew`, with what networks do to packets."""

    seed: int
    began: int
    """Microseconds since 1970."""
    skew: float
    frame_ms: int
    address: tuple[str, int]
    sent: int = 0
    kept: int = 0
    lost: int = 0
    twice: int = 0
    waiting: list[NDArray[np.uint8]] = field(default_factory=list)
    _next: int = 0
    _sequence: int = 0
    _paused: int = 0

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(self.seed)
        self.ssrc, self.source = 1000 + self.seed, source_words(socket.AF_INET, *self.address)
        self._first = 2**32 - CLOCK * 3_600_000  # the timestamp goes round within the first hour
        self.queue: list[tuple[NDArray[np.int64], NDArray[np.uint8]]] = []
        self.reports: list[Datagram] = []

    def spoken_ms(self, timestamp: int) -> float:
        """When a timestamp was spoken in truth, ms since the beginning; timestamps go round once."""
        return ((int(timestamp) - self._first) % 2**32) / CLOCK / (1 + self.skew)

    def until(self, now: int) -> None:
        """Speak until this moment, in microseconds since 1970; what was said waits to be heard."""
        step = self.frame_ms / (1 + self.skew)
        last = int((now - self.began) / 1000 / step)
        numbers = np.arange(self._next, last)
        self._next = max(self._next, last)
        if len(numbers):
            self._speak(numbers[self._silent(len(numbers))], step)
            self._report(int(numbers[-1]), step)

    def _silent(self, count: int) -> NDArray[np.bool_]:
        """Where it speaks: after the beginning of a pause it does not, and timestamps go on."""
        speaks = np.ones(count, np.bool_)
        length = PAUSE_MS // self.frame_ms
        speaks[: self._paused] = False
        self._paused = max(self._paused - count, 0)
        for begin in np.flatnonzero(self._random.random(count) < PAUSE).tolist():
            speaks[begin : begin + length] = False
            self._paused = max(self._paused, begin + length - count)
        return speaks

    def _speak(self, numbers: NDArray[np.int64], step: float) -> None:
        count = len(numbers)
        head = np.zeros(count, _HEAD)
        head["first"], head["kind"], head["ssrc"] = 0x80, KIND, self.ssrc
        head["sequence"] = (self._sequence + np.arange(count)) % 2**16
        head["timestamp"] = (self._first + numbers * self.frame_ms * CLOCK) % 2**32
        self._sequence += count
        rows = np.zeros((count, HEADER + PAYLOAD), np.uint8)
        rows[:, :HEADER] = head.view(np.uint8).reshape(count, HEADER)
        rows[:, HEADER:] = numbers[:, None] % 251
        random = self._random.random(count)
        # The first packets make the source known; the last ones show that those before were lost.
        lost = (random < LOSS) & (np.arange(count) > 3) & (np.arange(count) < count - 3)  # noqa: PLR2004
        places = np.repeat(np.arange(count), np.where(lost, 0, np.where(random > 1 - TWICE, 2, 1)))
        order = places.astype(np.float64)
        order[random[places] > 1 - TWICE - LATE] += 1.5  # behind the next
        places = places[np.argsort(order, kind="stable")]
        late = self._random.exponential(JITTER_MS, count)
        arrived = self.began + np.int64(1000) * (numbers * step + 5 + late).astype(np.int64)
        self.sent += len(places)
        self.kept += count - int(lost.sum())
        self.lost += int(lost.sum())
        self.twice += len(places) - (count - int(lost.sum()))
        self.queue.append((np.maximum.accumulate(arrived[places]), rows[places]))

    def _report(self, number: int, step: float) -> None:
        at = self.began + int(number * step * 1000)
        timestamp = (self._first + number * self.frame_ms * CLOCK) % 2**32
        data = (
            b"\x80\xc8\0\6"
            + self.ssrc.to_bytes(4)
            + _ntp(at)
            + timestamp.to_bytes(4)
            + number.to_bytes(4)
            + bytes(4)
        )
        self.reports.append(Datagram(data, at, self.source))


def _ntp(microseconds: int) -> bytes:
    whole, rest = divmod(microseconds, 1_000_000)
    return ((rtcp.EPOCH + whole) << 32 | rest * 2**32 // 1_000_000).to_bytes(8)


class Played(Gatherer):
    """Hears telephones, by the descriptors of their streams; real sockets for every other descriptor."""

    def __init__(self, capacity: int = 2048) -> None:
        super().__init__(capacity)
        self.phones: dict[int, Telephone] = {}

    def read(self, descriptor: int, at: int) -> int:
        """As a socket would be read."""
        phone = self.phones.get(descriptor)
        if phone is None:
            return super().read(descriptor, at)
        if not phone.queue:
            return 0
        arrived, rows = phone.queue[0]
        count = min(SMALL, len(rows))
        self._fill(slice(at, at + count), arrived[:count], rows[:count], phone)
        phone.queue[0] = arrived[count:], rows[count:]
        if len(rows) == count:
            phone.queue.pop(0)
        if count < SMALL and phone.reports:
            self.put(at + count, phone.reports.pop())
            phone.reports.clear()
            count += 1
        return count

    def _fill(
        self, slots: slice, arrived: NDArray[np.int64], rows: NDArray[np.uint8], phone: Telephone
    ) -> None:
        self.data[slots, : rows.shape[1]] = rows
        headers, control = self._headers, self._control
        headers["length"][slots], headers["flags"][slots] = rows.shape[1], 0
        headers["name_length"][slots], headers["control_length"][slots] = 16, STAMPED
        self._names[slots, :3] = phone.source
        control["seconds"][slots], control["nanoseconds"][slots] = (
            arrived // 1_000_000,
            arrived % 1_000_000 * 1000,
        )
