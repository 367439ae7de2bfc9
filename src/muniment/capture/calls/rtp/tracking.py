"""One stream's packets one by one: who is listened to, and what comes late, twice, or after a gap.

Most packets never come here: the engine takes a run that is in order, from the known source, all at once.
What must hold (RFC 3550 section A.1, RFC 7866 section 8.1, and policy where it says so):

1. A source is believed after two packets in sequence; the first is held until then, and not lost.
2. From then on its address and SSRC are locked. Another address or SSRC is listened to instead when it has
   sent 50 packets while the locked source was silent for a second (policy); from the same address, or the
   address that signalling named, after two packets in sequence once the locked source has been silent for a
   fifth of a second. What it sent meanwhile was held, and is kept.
3. A jump of 3000 or more, or back by more than the window, is a restart if the next packet confirms it.
4. A number seen already is a duplicate, and dropped; one that was missing comes late, and is kept.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from muniment.capture.calls.rtp.packet import Packet
from muniment.capture.calls.rtp.table import NO_SOURCE, Table

MAX_DROPOUT = 3000
IN_SEQUENCE = 2
RELOCK_PACKETS = 50
SILENT = 1_000_000  # microseconds
SILENT_BRIEFLY = 200_000
WINDOW = 1000  # sequence numbers: how late a packet may come
MOST_HELD = 400  # packets of one candidate: eight seconds of 20 ms
MOST_CANDIDATES = 4
HALF, ROUND = 1 << 15, 1 << 16

type Told = Callable[[str, int], None]
"""Something that the call's record should say: what, and at which moment in microseconds."""


class Held(NamedTuple):
    """A packet of a source that is not believed yet, with its payload."""

    packet: Packet
    payload: bytes


@dataclass
class _Candidate:
    source: tuple[int, int, int]
    ssrc: int
    held: list[Held] = field(default_factory=list)
    next: int = -1
    run: int = 0
    """Packets in sequence, the last included."""
    longest: int = 0

    def take(self, held: Held) -> None:
        sequence = held.packet.sequence
        self.run = self.run + 1 if sequence == self.next else 1
        self.longest = max(self.longest, self.run)
        self.next = (sequence + 1) % ROUND
        self.held.append(held)
        if len(self.held) > MOST_HELD:
            del self.held[0]


class Tracker:
    """The source, order and losses of the stream in one row of a table."""

    def __init__(self, table: Table, row: int, told: Told) -> None:
        self._table, self._row, self._told = table, row, told
        self._host: tuple[int, int, int] | None = None
        self.duplicates = self.reordered = self.strangers = self.invalid = 0
        self._missing: OrderedDict[int, None] = OrderedDict()
        self._restart: Held | None = None
        self._candidates: OrderedDict[tuple[tuple[int, int, int], int], _Candidate] = OrderedDict()

    @property
    def quiet(self) -> bool:
        """Whether nothing is under way that the quick way does not know of."""
        return self._restart is None and not self._candidates

    def privilege(self, host: tuple[int, int, int]) -> None:
        """The address (words, the port left out) that signalling names: a hint, believed sooner."""
        self._host = host

    def take(self, held: Held) -> list[Held]:
        """What is to be kept now: this packet or not, and before it what was held until now."""
        table, row = self._table, self._row
        packet = held.packet
        if table.ssrc[row] != packet.ssrc or tuple(table.source[row].tolist()) != packet.source:
            return self._of_another(held)
        kept = self._in_order(held)
        table.last[row] = packet.arrived
        if kept:
            self._candidates.clear()
        return kept

    def gap(self, after: int, before: int) -> None:
        """The numbers between two extended sequence numbers are missing."""
        self._missing.update(dict.fromkeys(range(max(after + 1, before - WINDOW), before)))
        self._table.lost[self._row] += before - after - 1
        while len(self._missing) > WINDOW:
            self._missing.popitem(last=False)

    def left(self) -> list[Held]:
        """At the end: what is held of a source that may be believed after all, because nobody else spoke."""
        restart, self._restart = self._restart, None
        table, row = self._table, self._row
        locked = tuple(table.source[row].tolist())
        for candidate in reversed(self._candidates.values()):
            known = table.ssrc[row] == NO_SOURCE or candidate.source == locked
            if known and (candidate.longest >= IN_SEQUENCE or table.ssrc[row] == NO_SOURCE):
                return self._lock(candidate)
        return [restart] if restart else []

    def relearn(self) -> None:
        """Signalling has changed the stream: listen to whoever speaks first."""
        self._table.forget(self._row)
        self._missing.clear()
        self._restart = None

    def _in_order(self, held: Held) -> list[Held]:
        table, row = self._table, self._row
        high = int(table.high[row])
        step = (held.packet.sequence - high + HALF) % ROUND - HALF
        number = high + step
        if 0 < step < MAX_DROPOUT:
            self._restart = None
            if step > 1:
                self.gap(high, number)
            table.high[row] = number
        elif number in self._missing:
            del self._missing[number]
            self.reordered += 1
            table.lost[row] -= 1
        elif -WINDOW < step <= 0:
            self.duplicates += 1
            return []
        else:
            return self._jumped(held)
        table.packets[row] += 1
        return [held]

    def _jumped(self, held: Held) -> list[Held]:
        before, self._restart = self._restart, None
        if before is None or held.packet.sequence != (before.packet.sequence + 1) % ROUND:
            self._restart = held
            return []
        self._missing.clear()
        self._table.high[self._row] = held.packet.sequence
        self._table.packets[self._row] += IN_SEQUENCE
        self._told("restart", before.packet.arrived)
        return [before, held]

    def _of_another(self, held: Held) -> list[Held]:
        packet = held.packet
        named = (packet.source, packet.ssrc)
        candidate = self._candidates.get(named)
        if candidate is None:
            candidate = self._candidates[named] = _Candidate(packet.source, packet.ssrc)
            if len(self._candidates) > MOST_CANDIDATES:
                self._candidates.popitem(last=False)
        candidate.take(held)
        self.strangers += 1
        return self._lock(candidate) if self._believed(candidate, packet.arrived) else []

    def _believed(self, candidate: _Candidate, now: int) -> bool:
        table, row = self._table, self._row
        if candidate.longest < IN_SEQUENCE:
            return False
        if table.ssrc[row] == NO_SOURCE:
            return True
        locked = tuple(table.source[row].tolist())
        silent = now - int(table.last[row])
        named = self._from_host(candidate.source)
        if candidate.source == locked or (named and not self._from_host(locked)):
            return silent >= SILENT_BRIEFLY
        return silent >= SILENT and len(candidate.held) >= RELOCK_PACKETS

    def _from_host(self, source: tuple[int, ...]) -> bool:
        return self._host is not None and _host(source) == self._host

    def _lock(self, candidate: _Candidate) -> list[Held]:
        table, row = self._table, self._row
        known = table.ssrc[row] != NO_SOURCE
        self._candidates.clear()
        self._missing.clear()
        self._restart = None
        table.forget(row)
        table.ssrc[row] = candidate.ssrc
        table.source[row] = candidate.source
        self._told("source-changed" if known else "source", candidate.held[0].packet.arrived)
        return self._sorted_out(candidate.held)

    def _sorted_out(self, held: list[Held]) -> list[Held]:
        """Held packets through the same rules of order as any other."""
        table, row = self._table, self._row
        self.strangers -= len(held)
        first = held[0].packet
        table.high[row] = first.sequence
        table.packets[row] += 1
        kept = held[:1]
        for one in held[1:]:
            kept += self._in_order(one)
        table.last[row] = held[-1].packet.arrived
        return kept


def _host(source: tuple[int, ...]) -> tuple[int, int, int]:
    """The words of an address without its port."""
    return source[0] & 0xFFFF_FFFF_0000_FFFF, source[1], source[2]
