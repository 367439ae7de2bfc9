"""A worker that lives through a day of calls: `python -m muniment.bench.day_child PLAN`, which prints a result."""

import resource
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import numpy as np
from numpy.typing import NDArray

from muniment.bench.day_telephone import Played, Telephone
from muniment.capture.calls import container
from muniment.capture.calls.live.spool import chunks
from muniment.capture.calls.rtp import orders
from muniment.capture.calls.rtp.engine import Engine
from muniment.capture.calls.rtp.gathering import prepare
from muniment.capture.calls.rtp.worker import Times, Worker
from muniment.core.call_facts import CallStream
from muniment.readers.calls.container import Container, Packets
from muniment.readers.calls.placing import places
from muniment.readers.calls.source import Held

PAGE = resource.getpagesize()
BEGAN = 1_800_000_000_000_000  # microseconds since 1970
SKEWS = (100e-6, -100e-6)
CODEC, RATE = 18, 8000  # G.729: the smallest payloads
KEY = bytes(range(32))
STREAMS = len(SKEWS)


class DayPlan(msgspec.Struct, frozen=True):
    """How long, how many calls of two streams, ms of a packet, seconds between sweeps, short calls after them."""

    hours: float
    calls: int
    frame_ms: int
    sweep_seconds: float
    short_calls: int


class DayResult(msgspec.Struct, frozen=True):
    """Bytes resident after the first hour and after the last; what was left over; how far streams drifted apart."""

    first_hour: int
    last_hour: int
    packets: int
    unaccounted: int
    """Packets that were sent, and are neither kept nor counted as lost or double."""
    alignment_ms: float
    """The most by which one moment stands apart in two streams, in the last minute."""
    descriptors: int
    rows: int
    seconds: float


class Day:
    """A worker whose clock is ours."""

    def __init__(self, folder: Path) -> None:
        self.now, self._folder = BEGAN, folder
        self.played = Played()
        self.engine = Engine(gatherer=self.played)
        self.ours, theirs = orders.pair()
        self._theirs = theirs
        times = Times(lambda: self.now, lambda: (self.now - BEGAN) / 1e6)
        self.worker = Worker(theirs, folder, self.engine, times)

    def open(self, call: str) -> list[socket.socket]:
        """A call of two streams; the sockets of its media."""
        head = container.head(call, self.now // 1000, "day")
        path = str(self._folder / call)
        orders.send(self.ours, orders.Open(call, self.now, path, KEY, self.now // 1000, head))
        media = []
        for number in range(STREAMS):
            pair = _pair()
            listen = orders.Listen(call, self.now, number, "", "", 0, {CODEC: orders.Line("G729", RATE)})
            orders.send(self.ours, listen, [each.fileno() for each in pair])
            media.append(pair[0])
            pair[1].close()
        orders.send(self.ours, orders.Keep(call, self.now, b""))
        return media

    def step(self, seconds: float) -> None:
        """Time passes, and the worker does what it does once."""
        self.now += round(seconds * 1e6)
        self.worker.round()
        self.worker._writing.wait()  # noqa: SLF001 as fast as it writes, and no faster

    def close(self, *calls: str) -> Iterator[orders.Closed]:
        """The calls end."""
        for call in calls:
            orders.send(self.ours, orders.Close(call, self.now))
        waiting = set(calls)
        while waiting:
            self.step(1.0)
            for reply in self.replies():
                if isinstance(reply, orders.Closed):
                    waiting.discard(reply.call)
                    yield reply

    def replies(self) -> Iterator[orders.Reply]:
        """What the worker has said so far."""
        self.ours.setblocking(False)
        try:
            while True:
                yield orders.receive_reply(self.ours)
        except BlockingIOError:
            pass

    def end(self) -> None:
        """Let go of everything."""
        self.worker.end()
        self.ours.close()
        self._theirs.close()


def live(plan: DayPlan, folder: Path) -> DayResult:
    """Live through the plan."""
    begun = time.monotonic()
    day = Day(folder)
    phones = []
    for call in range(plan.calls):
        media = day.open(f"call_{call}")
        day.step(0.1)  # the worker takes the sockets, under numbers of its own
        rows = list(day.engine._streams.values())[-STREAMS:]  # noqa: SLF001 to play into them
        for number, (stream, skew) in enumerate(zip(rows, SKEWS, strict=True)):
            phone = Telephone(
                call * STREAMS + number, BEGAN, skew, plan.frame_ms, media[number].getsockname()
            )
            day.played.phones[stream.descriptor] = phone
            phones.append(phone)
        for each in media:
            each.close()
    first = 0
    for number in range(round(plan.hours * 3600 / plan.sweep_seconds)):
        day.step(plan.sweep_seconds)
        for phone in phones:
            phone.until(day.now)
        list(day.replies())
        if not first and (number + 1) * plan.sweep_seconds >= 3600:  # noqa: PLR2004 an hour
            first = _resident()
    last = _resident()
    day.step(plan.sweep_seconds)
    names = [f"call_{call}" for call in range(plan.calls)]
    streams = {closed.call: closed.streams for closed in day.close(*names)}
    day.played.phones.clear()
    unaccounted = sum(
        _unaccounted(phone, streams[f"call_{place // STREAMS}"][place % STREAMS])
        for place, phone in enumerate(phones)
    )
    descriptors = _short_calls(day, plan.short_calls)
    apart = _apart(folder / names[0], phones[:STREAMS])
    left = int(day.engine.table.rows - len(day.engine.table._free))  # noqa: SLF001 what was not given back
    day.end()
    return DayResult(
        first or last,
        last,
        sum(phone.sent for phone in phones),
        unaccounted,
        apart,
        descriptors,
        left,
        time.monotonic() - begun,
    )


def _unaccounted(phone: Telephone, stream: CallStream) -> int:
    return (
        abs(phone.kept - stream.packets)
        + abs(phone.lost - stream.lost)
        + abs(phone.twice - stream.duplicates)
    )


def _short_calls(day: Day, count: int) -> int:
    """Descriptors more than before, after so many calls of a moment."""
    before = 0
    for number in range(count):
        name = f"short_{number}"
        for each in day.open(name):
            each.close()
        day.step(0.1)
        list(day.close(name))
        (day._folder / name).unlink()  # noqa: SLF001 the sealing would
        before = before or _descriptors()
    return _descriptors() - before if count else 0


def _apart(path: Path, phones: list[Telephone]) -> float:
    """How far one moment stands apart in the two streams of a call at the end, in ms."""
    call = Container(Held(b"".join(chunks(path, path.name, KEY))))
    found = list(call.packets())
    errors = [_error(found, number, phone) for number, phone in enumerate(phones)]
    return abs(errors[0] - errors[1])


def _error(found: list[Packets], number: int, phone: Telephone) -> float:
    own = [each for each in found if each.stream == number]
    arrival: NDArray[np.int64] = np.concatenate([each.arrival for each in own]).astype(np.int64)
    timestamp: NDArray[np.int64] = np.concatenate([each.timestamp for each in own]).astype(np.int64)
    placed = places(arrival, timestamp, np.full(len(arrival), RATE))
    # What the timestamp says was spoken in truth at this moment of the recorder's clock:
    spoken = phone.spoken_ms(timestamp[-1])
    return float(placed[-1] - spoken)


def _pair() -> tuple[socket.socket, socket.socket]:
    made = tuple(socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    for each in made:
        prepare(each, 1 << 16)
        each.bind(("127.0.0.1", 0))
    return made[0], made[1]


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def main(plan: str) -> None:
    """Live through it, in memory where the machine has a file system there."""
    memory = Path("/dev/shm")  # noqa: S108 a folder of our own within it
    where = memory if memory.is_dir() else Path.cwd()
    with TemporaryDirectory(dir=where, prefix="muniment-day-") as folder:
        print(msgspec.json.encode(live(msgspec.json.decode(plan, type=DayPlan), Path(folder))).decode())  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
