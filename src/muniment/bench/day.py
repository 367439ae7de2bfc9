"""A day of calls in minutes: memory and descriptors that do not grow, and streams that do not drift apart.

A worker of the recorder, in a process of its own, takes every packet that calls of 24 hours have, with loss,
doubles, disorder, pauses, sender reports and telephones' clocks that are wrong by 100 parts in a million. Only
the clock is simulated, and what goes with it: sweeps are ten seconds apart instead of 0.7, and datagrams
come out of memory and not out of sockets. Thousands of short calls follow, with real sockets.
"""

import os
import subprocess
import sys

import msgspec

from muniment.bench.day_child import DayPlan, DayResult
from muniment.bench.figures import Figure
from muniment.core.errors import FaultFoundError

FULL = DayPlan(hours=24, calls=2, frame_ms=20, sweep_seconds=10, short_calls=3000)


def measure() -> Figure:
    """Resident memory after the last hour against that after the first; and what else must not grow."""
    found = play(FULL)
    return Figure(
        name="day",
        ours=round(found.last_hour / 2**20, 1),
        limit=round(found.first_hour / 2**20, 1),
        ratio=round(found.last_hour / found.first_hour, 3),
        unit="MiB resident",
        spread=(round(found.last_hour / found.first_hour, 3),) * 2,
        limit_is="the same worker after the first of the 24 hours; a sweep every 10 s instead of every 0.1 s",
        details={
            "packets": found.packets,
            "seconds": round(found.seconds, 1),
            "alignment error, ms": round(found.alignment_ms, 1),
            "descriptors more": found.descriptors,
            "rows not given back": found.rows,
            "packets unaccounted": found.unaccounted,
        },
    )


def play(plan: DayPlan) -> DayResult:
    """Let a process of its own live through the plan. FaultFoundError where it ends without a result."""
    done = subprocess.run(
        [sys.executable, "-m", "muniment.bench.day_child", msgspec.json.encode(plan).decode()],
        capture_output=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        check=False,
    )
    if done.returncode:
        raise FaultFoundError(
            "The day was not lived through.", why=done.stderr.decode(errors="replace")[-500:]
        )
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=DayResult)
