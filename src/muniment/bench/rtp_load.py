"""A load of calls for measuring receivers of RTP: the sender in C, and what of it a receiver must have kept."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from muniment.bench.limits import build

PACE = 50  # packets a second of each stream
STREAMS = 2  # of a call
CPUCLOCK_SCHED = 2  # how Linux numbers the clock of another process, see clock_getcpuclockid(3)
WARM = 4.0  # seconds until a recorder knows every source and has caught up


class Sent(NamedTuple):
    """What a stream's receiver must have kept: packets, and what it must have noticed."""

    kept: int
    lost: int
    twice: int
    reordered: int
    digest: str


def parse(lines: str) -> list[Sent]:
    """What the sender printed."""
    rows = [line.split() for line in lines.splitlines()]
    return [Sent(int(row[0]), int(row[1]), int(row[2]), int(row[3]), row[4]) for row in rows]


@contextmanager
def sending(ports: Sequence[int], seconds: float, **how: int) -> Iterator["subprocess.Popen[str]"]:
    """Packets to these ports, from the last core of the machine."""
    program = build("rtp_send")
    words = [f"seconds={round(seconds)}", *(f"{name}={value}" for name, value in how.items())]
    process = subprocess.Popen(
        [str(program), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    pin(process.pid, -1)
    assert process.stdin is not None  # noqa: S101 it was asked for
    process.stdin.write(" ".join(map(str, ports)))
    process.stdin.close()
    process.stdin = None
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def pin(process: int, core: int) -> None:
    """Keep a process on one of our cores, so that sender and receiver do not share one."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(process, {cores[core % len(cores)]})


def cost(ports: Sequence[int], window: float, spent: Callable[[], float], warm: float | None = None) -> float:
    """Microseconds of a receiver's processor time for each packet, once it is warm; `spent` in seconds."""
    warm = WARM if warm is None else warm
    with sending(ports, warm + window + 1):
        time.sleep(warm)
        begun, before = time.monotonic(), spent()
        time.sleep(window)
        packets = len(ports) * PACE * (time.monotonic() - begun)
        return (spent() - before) / packets * 1e6


def processor_time(*processes: int) -> float:
    """Seconds of processor time that processes, with all their threads, have taken so far."""
    return sum(time.clock_gettime(~process << 3 | CPUCLOCK_SCHED) for process in processes)
