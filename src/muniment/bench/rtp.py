"""Taking RTP: processor time for each packet, ours against the same sweep in C, alternately in one run.

Ours is a worker of the recorder with everything that it does: validity, order, jitter, RTCP, sealing under each
call's key, one durable write a second. The limit parses nothing, seals nothing and syncs nothing. Sealing a
finished call into the vault is not in it; it happens after the call, in another process.
"""

import os
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from muniment.bench.figures import Figure
from muniment.bench.limits import build
from muniment.bench.rtp_load import STREAMS, cost, parse, pin, processor_time, sending
from muniment.bench.workshop import ORGANISATION
from muniment.capture.calls.ports import Codec, MediaOffer
from muniment.capture.calls.recorder import RtpRecorder
from muniment.core import clock
from muniment.core.call_facts import CallFacts
from muniment.core.home import Home
from muniment.core.ids import RecordId
from muniment.core.media_settings import MediaSettings
from muniment.vault.live_keys import LiveHead
from muniment.vault.messages import Adopted, Receipt
from muniment.vault.sealing import EpochKey, SealedBatch

CALLS = (100, 500, 1000)
ROUNDS = (1, 1, 2)
WINDOW = 4.2  # seconds: six sweeps of ours, each with what is written after it
WARM_LIMIT = 1.0
OFTEN, SELDOM = 100, 700  # milliseconds between two sweeps: the limit's, and what ours takes
FREEZE = 5.0
CODECS = {0: Codec("PCMU", 8000), 101: Codec("TELEPHONE-EVENT", 8000)}


class RtpFigure(Figure, frozen=True, kw_only=True):
    """As a figure, of which less is better; and what was lost in the whole run, a freeze of 5 s included."""

    lost: int
    calls: dict[str, tuple[float, float, float]]
    """Ours, the limit and their ratio, by the number of calls at once."""


class Throwaway:
    """A keeper that takes everything and keeps nothing: it is not what is measured."""

    def __init__(self) -> None:
        self.statements: list[bytes] = []
        self._public = os.urandom(32)

    def epoch(self, organisation: str) -> EpochKey:
        """A key that nobody has the other half of."""
        return EpochKey(organisation, 1, self._public)

    def seal(self, batch: SealedBatch) -> Receipt:
        """Taken."""
        return Receipt(batch.organisation, 0, len(batch.entries), bytes(32), 0, b"")

    def adopt_call(self, head: LiveHead) -> Adopted:
        """Nothing is left behind here."""
        raise NotImplementedError

    def decline_call(self, organisation: str, reason: str) -> Receipt:  # noqa: ARG002 the shape of the door
        """Taken."""
        return Receipt(organisation, 0, 1, bytes(32), 0, b"")

    def declare_test(self, organisation: str, record: RecordId) -> Receipt:  # noqa: ARG002 the same
        """Taken."""
        return Receipt(organisation, 0, 1, bytes(32), 0, b"")

    def close(self) -> None:
        """Nothing to let go of."""


def measure() -> RtpFigure:
    """Microseconds for each packet at 1000 calls, and at fewer."""
    allow_descriptors()
    pairs = {
        calls: [(ours(calls), limit(calls)) for _ in range(rounds)]
        for calls, rounds in zip(CALLS, ROUNDS, strict=True)
    }
    seldom = limit(CALLS[-1], every=SELDOM)
    lost = frozen(CALLS[-1])
    rows = {}
    for calls, measured in pairs.items():
        mine, theirs = (median(each[side] for each in measured) for side in (0, 1))
        rows[str(calls)] = (round(mine, 3), round(theirs, 3), round(mine / theirs, 3))
    ratios = [mine / theirs for mine, theirs in pairs[CALLS[-1]]]
    low, _, high = quantiles(ratios, n=4)
    mine, theirs, ratio = rows[str(CALLS[-1])]
    return RtpFigure(
        name="rtp",
        ours=mine,
        limit=theirs,
        ratio=ratio,
        unit="CPU µs/packet",
        spread=(round(low, 3), round(high, 3)),
        limit_is="a socket for each stream, a sweep of recvmmsg every 100 ms and a write, in C",
        lost=lost,
        calls=rows,
        details={f"limit, swept every {SELDOM} ms": round(seldom, 3)},
    )


def allow_descriptors() -> None:
    """As many open files as the machine allows: four sockets and a file for each call."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def ours(calls: int, window: float = WINDOW) -> float:
    """A worker's microseconds for each packet."""
    with recording(calls) as (recorder, ports):
        return cost(ports, window, lambda: processor_time(*recorder.workers))


def limit(calls: int, window: float = WINDOW, every: int = OFTEN) -> float:
    """The C sweep's."""
    program = build("rtp_sweep")
    with TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        process = subprocess.Popen(
            [str(program), folder, str(calls * STREAMS), str(every)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None  # noqa: S101 it was asked for
            pin(process.pid, 0)
            ports = [int(word) for word in process.stdout.readline().split()]
            return cost(ports, window, lambda: processor_time(process.pid), WARM_LIMIT)
        finally:
            process.kill()
            process.wait()


def frozen(calls: int) -> int:
    """Packets lost of a load during which the worker, on one core, is stopped for five seconds."""
    with recording(calls) as (recorder, ports), sending(ports, FREEZE + 4) as sender:
        time.sleep(1.5)
        (worker,) = recorder.workers
        os.kill(worker, signal.SIGSTOP)
        time.sleep(FREEZE)
        os.kill(worker, signal.SIGCONT)
        said, _ = sender.communicate()
        time.sleep(1.0)
        taken: list[CallFacts | None] = []
        recorder.desk.seal = lambda finished: taken.append(finished.facts)  # type: ignore[method-assign]
        for call in range(calls):
            name = f"call_{call}"
            recorder.close_call(name, CallFacts(id=name, direction="unknown", started=0, ended=0))
        until = time.monotonic() + 30
        while len(taken) < calls and time.monotonic() < until:
            time.sleep(0.1)
        kept = sum(stream.packets for facts in taken if facts for stream in facts.streams)
        return sum(sent.kept for sent in parse(said)) - kept


@contextmanager
def recording(calls: int) -> Iterator[tuple[RtpRecorder, list[int]]]:
    """A recorder with one worker on the first core and so many calls of two streams; their ports."""
    with TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        settings = MediaSettings(workers=1, free_disk=0, first_port=20_000, last_port=31_999)
        recorder = RtpRecorder(Home(Path(folder)), settings, Throwaway(), (ORGANISATION,))
        pin(recorder.workers[0], 0)
        try:
            yield recorder, [port for call in range(calls) for port in _open(recorder, f"call_{call}")]
        finally:
            for call in range(calls):
                with suppress(Exception):
                    recorder.discard(f"call_{call}", "measured")
            recorder.stop()


def _open(recorder: RtpRecorder, call: str) -> Iterator[int]:
    recorder.open_call(ORGANISATION, call, clock.milliseconds(), "bench")
    for number in range(STREAMS):
        offer = MediaOffer(number, str(number), "127.0.0.1", 0, CODECS)
        yield recorder.open_stream(call, offer).port
    recorder.keep(call)
