"""The engine: sweeps every socket, takes what is in order all at once and the rest one by one.

It holds kept packets in memory until they are asked for, and until they are a tenth of a second old: what a
mask or a digit forbids is taken out before anything is written.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from muniment.capture.calls.rtp import blocks, packet, redundancy
from muniment.capture.calls.rtp.blocks import Block, Packets
from muniment.capture.calls.rtp.gathering import SMALL, Datagram, Gatherer
from muniment.capture.calls.rtp.metering import meter
from muniment.capture.calls.rtp.packet import Batch, Packet
from muniment.capture.calls.rtp.table import Table, Use
from muniment.capture.calls.rtp.tracking import HALF, MAX_DROPOUT, ROUND, Held, Told, Tracker

SOME = 8  # packets: after so many looked at one by one, the rest of a run may be taken at once again
_NONE = 1 << 62

ALL = -1  # after this moment everything came
HOLD = 100_000  # microseconds: what came since is not written yet, a mask or a digit may be under way
MOST_AT_ONCE = 16 * SMALL  # datagrams of one socket in one sweep: twenty seconds' worth, or a flood


class Security(Protocol):
    """What makes clear packets of protected ones, in their place."""

    def open(self, data: NDArray[np.uint8], begin: int, end: int, lengths: NDArray[np.int64]) -> None:
        """Decrypt the rows `begin` to `end`; a length of 0 for those that are not authentic."""

    def open_control(self, data: bytes) -> bytes | None:
        """A clear compound RTCP packet; None if it is not authentic."""


class Keying(Protocol):
    """Where keys come by a handshake on the stream's own port."""

    def take(
        self,
        data: NDArray[np.uint8],
        rows: range,
        lengths: NDArray[np.int64],
        arrived: NDArray[np.int64],
        sources: NDArray[np.uint64],
        *,
        hold: bool,
    ) -> None:
        """Take the handshake's datagrams out of a batch by a length of 0, and with `hold` all others too."""


@dataclass
class Stream:
    """One stream as the engine sees it."""

    row: int
    descriptor: int
    tracker: Tracker
    told: Told
    control: Callable[[bytes, int, tuple[int, int, int]], None]
    """Takes clear RTCP that came on this stream's port."""
    security: Security | None = None
    keying: Keying | None = None
    """Until it has keys there is no security, and nothing is believed."""
    dropped: int = 0
    """Datagrams that the kernel dropped because the socket was full."""
    digits: list[tuple[int, int, int]] = field(default_factory=list)
    """Telephone events not yet behind us: arrival in microseconds, RTP timestamp, duration."""
    pressed: Callable[[int, int, int], None] | None = None
    """Takes the number of an event, its RTP timestamp and its arrival; None where no keys mean anything."""


class _Arrived(NamedTuple):
    """A batch, and which packets of it to keep."""

    parsed: Batch
    rows: NDArray[np.int64]
    arrived: NDArray[np.int64]
    sources: NDArray[np.uint64]
    kept: NDArray[np.bool_]


class _Run(NamedTuple):
    stream: Stream
    begin: int
    end: int


class Engine:
    """All streams of one process. Not for threads."""

    def __init__(self, capacity: int = 2048, gatherer: Gatherer | None = None) -> None:
        self.table = Table()
        self._gatherer = gatherer or Gatherer(capacity)
        self._streams: dict[int, Stream] = {}
        self._ripe: list[Block] = []
        self._fresh: list[Block] = []
        self._held_after = ALL
        self._loud: list[Stream] = []
        self._quick = True

    def add(self, stream: Stream) -> None:
        """Listen to a stream from now on."""
        self._streams[stream.row] = stream

    def remove(self, stream: Stream) -> None:
        """Read what waits, decide about what is held, and listen no longer. Its packets stay to be asked for."""
        self.read([stream])
        self._keep(stream, stream.tracker.left())
        del self._streams[stream.row]
        if stream in self._loud:
            self._loud.remove(stream)

    def sweep(self, now: int) -> int:
        """Read every socket, at a moment in microseconds since 1970; gives the number of datagrams."""
        self._ripe += self._fresh
        self._fresh, self._loud = [], []
        self._held_after = now - HOLD
        try:
            return self._read(list(self._streams.values()), self._loud)
        finally:
            self._held_after = ALL

    def sweep_loud(self) -> int:
        """Read the sockets that may be full before the next sweep; gives the number of datagrams."""
        return self.read(self._loud)

    def read(self, streams: Sequence[Stream]) -> int:
        """Read what waits in these sockets; it is held back until the next sweep at least."""
        return self._read(streams, [])

    def _read(self, streams: Sequence[Stream], loud: list[Stream]) -> int:
        read, capacity = self._gatherer.read, self._gatherer.capacity
        heard: list[Stream] = []
        begins: list[int] = []
        at = total = 0
        for stream in streams:
            found = read(stream.descriptor, at)
            if not found:
                continue
            heard.append(stream)
            begins.append(at)
            at += found
            taken = found
            while at >= capacity or (found == SMALL and taken < MOST_AT_ONCE):
                if at >= capacity:
                    self._take(heard, begins, at)
                    total += at
                    heard, begins, at = [stream], [0], 0
                found = read(stream.descriptor, at)
                at += found
                taken += found
            if taken >= SMALL:
                loud.append(stream)
            if at == begins[-1]:
                heard.pop()
                begins.pop()
        if at:
            self._take(heard, begins, at)
        return total + at

    def give(self, stream: Stream, early: Sequence[Datagram]) -> None:
        """Take datagrams that were read before their keys were there, as if they were read now."""
        for begin in range(0, len(early), self._gatherer.capacity):
            part = early[begin : begin + self._gatherer.capacity]
            for at, each in enumerate(part):
                self._gatherer.put(at, each)
            self._take([stream], [0], len(part))

    def packets(self, *, everything: bool = False) -> Iterator[Packets]:
        """What was kept since the last time, by stream; what was held back only where all is asked for."""
        taken, self._ripe = self._ripe, []
        if everything:
            taken, self._fresh = [*taken, *self._fresh], []
        return blocks.by_stream(taken, self.table.started)

    def _take(self, heard: list[Stream], begins: list[int], used: int) -> None:
        """Take a batch: the datagrams of each stream that was heard stand from its begin to the next."""
        gatherer, table = self._gatherer, self.table
        lengths, arrived, sources = gatherer.lengths(used), gatherer.arrivals(used), gatherer.sources(used)
        lengths[gatherer.cut_off(used)] = 0
        dropped = gatherer.dropped(used)
        gatherer.reset(used)
        starts = np.array(begins)
        ends = np.append(starts[1:], used)
        for stream, begin, end in zip(heard, begins, ends.tolist(), strict=True):
            if stream.keying is not None:
                hold = stream.security is None
                stream.keying.take(gatherer.data, range(begin, end), lengths, arrived, sources, hold=hold)
            if stream.security is not None:
                stream.security.open(gatherer.data, begin, end, lengths)
        if dropped.any():
            for stream, most in zip(heard, np.maximum.reduceat(dropped, starts).tolist(), strict=True):
                stream.dropped = max(stream.dropped, most)
        rows = np.repeat([stream.row for stream in heard], ends - starts)
        parsed = packet.parse(gatherer.data, lengths)
        kept = np.zeros(used, np.bool_)
        batch = _Arrived(parsed, rows, arrived, sources, kept)
        rest = self._in_order(heard, starts, ends, batch, whole=True)
        while rest:
            streams, begin_of, end_of = zip(*rest, strict=True)
            rest = self._in_order(streams, np.array(begin_of), np.array(end_of), batch, whole=False)
        which = np.flatnonzero(kept)
        if not len(which):
            return
        rates = table.rates[rows[which], parsed.kind[which] & 0x7F]
        meter(table, rows[which], arrived[which], parsed.timestamp[which], parsed.sequence[which], rates)
        fresh = self._is_fresh(arrived[which])
        for layer, chosen in ((self._ripe, which[~fresh]), (self._fresh, which[fresh])):
            if len(chosen):
                layer.append(blocks.from_batch(gatherer.data, rows, arrived, parsed, chosen))

    def _is_fresh(self, arrived: NDArray[np.int64]) -> NDArray[np.bool_]:
        """What is to be held back until the next sweep, what comes while this one is under way included."""
        return arrived > self._held_after

    def _in_order(
        self,
        streams: Sequence[Stream],
        begins: NDArray[np.int64],
        stops: NDArray[np.int64],
        batch: _Arrived,
        *,
        whole: bool,
    ) -> list[_Run]:
        """Keep of each run what is in perfect order, and a few packets after that one by one; gives the rest.

        `whole`: the runs are the whole batch, so that nothing has to be picked out.
        """
        table = self.table
        counts = stops - begins
        starts = np.cumsum(counts) - counts
        place = np.arange(counts.sum())
        if not whole:
            place += np.repeat(begins - starts, counts)
        chosen: slice | NDArray[np.int64] = slice(None) if whole else place
        rows = batch.rows[chosen]
        sequence = batch.parsed.sequence[chosen]
        high = table.high[rows]
        number = high + (sequence - high + HALF) % ROUND - HALF
        before = np.empty_like(number)
        before[1:] = number[:-1]
        before[starts] = high[starts]
        step = number - before
        good = batch.parsed.valid[chosen] & (table.ssrc[rows] == batch.parsed.ssrc[chosen])
        good &= (step >= 1) & (step < MAX_DROPOUT) & ~table.careful[rows]
        good &= (table.source[rows] == batch.sources[chosen]).all(axis=1)
        good &= table.uses[rows, batch.parsed.kind[chosen] & 0x7F] == Use.SOUND
        if not self._quick:
            good[:] = False
        first_bad = np.minimum.reduceat(np.where(good, _NONE, np.arange(len(good))), starts)
        taken = np.minimum(first_bad - starts, counts)
        some = np.flatnonzero(taken)
        ends = (starts + taken - 1)[some]
        each = rows[starts[some]]
        table.high[each] = number[ends]
        table.last[each] = batch.arrived[chosen][ends]
        table.packets[each] += taken[some]
        quick = np.arange(len(good)) - np.repeat(starts, counts) < np.repeat(taken, counts)
        batch.kept[place[quick]] = True
        for gap in np.flatnonzero((step > 1) & quick).tolist():
            self._streams[int(rows[gap])].tracker.gap(int(before[gap]), int(number[gap]))
        return self._others(streams, begins + taken, stops, batch)

    def _others(
        self,
        streams: Sequence[Stream],
        begins: NDArray[np.int64],
        stops: NDArray[np.int64],
        batch: _Arrived,
    ) -> list[_Run]:
        rest = []
        for slow in np.flatnonzero(begins < stops).tolist():
            stream, end = streams[slow], int(stops[slow])
            begin = self._one_by_one(stream, int(begins[slow]), end, batch)
            if begin < end:
                rest.append(_Run(stream, begin, end))
        return rest

    def _one_by_one(self, stream: Stream, begin: int, end: int, batch: _Arrived) -> int:
        """A few packets of a run, or all if few follow or something is under way; gives where it stopped."""
        tracker, uses = stream.tracker, self.table.uses[stream.row]
        # What was taken in order before must stand before what follows now.
        held: list[Held] = []
        data = self._gatherer.data
        parsed = batch.parsed
        place = begin
        while place < end:
            if place - begin >= SOME and end - place >= SOME and tracker.quiet:
                break
            at, source = int(batch.arrived[place]), tuple(batch.sources[place].tolist())
            kind = int(parsed.kind[place])
            if not parsed.valid[place]:
                self._not_sound(stream, parsed, place, at, source)
            elif uses[kind & 0x7F] == Use.UNKNOWN:
                tracker.invalid += 1
            else:
                one = Packet(
                    at,
                    source,
                    int(parsed.ssrc[place]),
                    int(parsed.sequence[place]),
                    int(parsed.timestamp[place]),
                    kind,
                )
                held += tracker.take(
                    Held(one, data[place, parsed.begin[place] : parsed.end[place]].tobytes())
                )
            place += 1
        self.table.careful[stream.row] = not tracker.quiet
        self._keep(stream, held)
        return place

    def _keep(self, stream: Stream, held: list[Held]) -> None:
        uses = self.table.uses[stream.row]
        allowed = [redundancy.newest(uses, each) for each in held if self._allowed(stream, each)]
        if allowed:
            block = blocks.from_held(stream.row, allowed)
            rates = self.table.rates[stream.row, block.kind & 0x7F]
            meter(self.table, block.rows, block.arrived, block.timestamp, block.sequence, rates)
            fresh = self._is_fresh(block.arrived)
            for layer, chosen in ((self._ripe, ~fresh), (self._fresh, fresh)):
                if chosen.all():
                    layer.append(block)
                elif chosen.any():
                    part = [each for each, one in zip(allowed, chosen.tolist(), strict=True) if one]
                    layer.append(blocks.from_held(stream.row, part))

    def _allowed(self, stream: Stream, held: Held) -> bool:
        """Whether a packet may be kept: digits are noticed and dropped, in whatever they are wrapped."""
        uses = self.table.uses[stream.row]
        event = redundancy.digit(uses, held)
        if event is not None:
            stream.digits.append((held.packet.arrived, *event))
            stream.told("dtmf", held.packet.arrived)
            if stream.pressed is not None:
                stream.pressed(redundancy.key(uses, held), event[0], held.packet.arrived)
            return uses[held.packet.kind & 0x7F] == Use.REDUNDANT and redundancy.is_sound(uses, held)
        return uses[held.packet.kind & 0x7F] != Use.REDUNDANT or redundancy.is_sound(uses, held)

    def _not_sound(
        self, stream: Stream, batch: Batch, place: int, at: int, source: tuple[int, int, int]
    ) -> None:
        if not batch.control[place]:
            stream.tracker.invalid += 1
            return
        data = self._gatherer.data[place, : int(batch.end[place])].tobytes()
        if stream.security is not None:
            opened = stream.security.open_control(data)
            if opened is None:
                stream.tracker.invalid += 1
                return
            data = opened
        stream.control(data, at, source)
