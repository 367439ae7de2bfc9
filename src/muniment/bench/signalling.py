"""Signalling a recorded call: processor time for each, ours against sipp's own server, alternately in one run.

Ours understands what it is sent: sources, sessions, descriptions of sound, metadata, who is who; it keeps no
sound here. The limit (C++) answers any call from a template. `details` say what a whole call costs: ports, a file
under its own key, and the sealing into a vault that takes everything.
"""

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from structlog.testing import capture_logs

from muniment.bench.figures import Figure
from muniment.bench.limits import SOURCES
from muniment.bench.rtp import Throwaway, allow_descriptors
from muniment.bench.rtp_load import pin, processor_time
from muniment.bench.workshop import ORGANISATION
from muniment.capture.calls.ports import MediaAnswer, MediaOffer, Recorder
from muniment.capture.calls.recorder import RtpRecorder
from muniment.capture.calls.session import Sessions
from muniment.capture.calls.sip.server import SipServer
from muniment.core.call_facts import CallFacts
from muniment.core.call_settings import CallListener, CallSettings, CallSource
from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.core.home import Home
from muniment.core.media_settings import MediaSettings

CALLS = 1000
RATE = 200  # calls a second
ROUNDS = 3
MILLION = 1_000_000


class Deaf:
    """A recorder that has ports for everybody and keeps nothing."""

    def __init__(self) -> None:
        self.closed = 0
        self._port = 20_000

    def open_call(self, organisation: str, call: str, started_ms: int, source: str) -> None:
        """Ready."""

    def open_stream(self, call: str, offer: MediaOffer) -> MediaAnswer:  # noqa: ARG002 the shape of a recorder
        """Two ports."""
        self._port = 20_000 + (self._port + 2) % 20_000
        return MediaAnswer(self._port, self._port + 1)

    def change_stream(self, call: str, offer: MediaOffer) -> MediaAnswer:
        """Others."""
        return self.open_stream(call, offer)

    def signalled(
        self, call: str, kind: str, at_ms: int, sdp: str, metadata: str, headers: Mapping[str, str]
    ) -> None:
        """Heard."""

    def mask(self, call: str, *, on: bool, stream: int | None, why: str, by: str) -> None:
        """There is nothing to mask."""

    def event(self, call: str, at_ms: int, what: str, **facts: str | int) -> None:
        """Heard."""

    def keep(self, call: str) -> None:
        """Nothing is kept."""

    def close_call(self, call: str, facts: CallFacts) -> None:  # noqa: ARG002 the shape of a recorder
        """Over."""
        self.closed += 1

    def discard(self, call: str, reason: str) -> None:
        """Over."""


def measure() -> Figure:
    """Microseconds of processor time for each call; less is better."""
    program = shutil.which("sipp")
    if program is None or not SOURCES.is_dir():
        raise NotAvailableError(
            "Signalling cannot be measured.",
            why="It needs sipp, and a checkout of the project.",
            remedy="apt install sip-tester",
        )
    allow_descriptors()
    with capture_logs():  # else it names every call, in the midst of the figures
        pairs = [(ours(program), limit(program)) for _ in range(ROUNDS)]
        everything = whole(program)
    ratios = [mine / theirs for mine, theirs in pairs]
    low, _, high = quantiles(ratios, n=4)
    return Figure(
        "signalling",
        round(median(mine for mine, _ in pairs), 1),
        round(median(theirs for _, theirs in pairs), 1),
        round(median(ratios), 3),
        "CPU µs/call",
        (round(low, 3), round(high, 3)),
        "sipp's own server, which understands and keeps nothing, in C++",
        {"with ports, files and sealing, µs/call": round(everything, 1)},
    )


def ours(program: str) -> float:
    """Signalling alone."""
    deaf = Deaf()
    spent = asyncio.run(_served(program, deaf, time.process_time))
    if deaf.closed != CALLS:
        raise FaultFoundError(f"Of {CALLS} calls {deaf.closed} ended as they should.")
    return spent / CALLS * MILLION


def whole(program: str) -> float:
    """With everything that a call without sound has."""
    with TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        settings = MediaSettings(workers=1, free_disk=0, first_port=20_000, last_port=31_999)
        recorder = RtpRecorder(Home(Path(folder)), settings, Throwaway(), (ORGANISATION,))

        def spent() -> float:
            while (state := recorder.state()).calls or state.waiting:
                time.sleep(0.05)
            return time.process_time() + processor_time(*recorder.workers)

        try:
            return asyncio.run(_served(program, recorder, spent)) / CALLS * MILLION
        finally:
            recorder.stop()


async def _served(program: str, recorder: Recorder, spent: Callable[[], float]) -> float:
    """The processor time that a server in this process takes for all calls."""
    source = CallSource(organisation=ORGANISATION, name="bench", networks=("127.0.0.0/8",))
    listener = CallListener(transport="udp", listen="127.0.0.1:0")
    settings = CallSettings(listeners=(listener,), sources=(source,), rate=10 * RATE)
    server = SipServer(settings, Sessions(settings, recorder))
    ((_, port),) = await server.start()
    try:
        before = spent()
        await asyncio.to_thread(_calls, program, port)
        return await asyncio.to_thread(spent) - before
    finally:
        await server.stop()


def limit(program: str) -> float:
    """The same calls, answered by sipp."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [program, "-sn", "uas", "-i", "127.0.0.1", "-p", str(port), "-nostdin"]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        pin(server.pid, 0)
        time.sleep(0.5)
        before = processor_time(server.pid)
        _calls(program, port)
        return (processor_time(server.pid) - before) / CALLS * MILLION
    finally:
        server.kill()
        server.wait()


def _calls(program: str, port: int) -> None:
    """All calls, from the last core."""
    scenario = SOURCES / "siprec_call.xml"
    words = [
        program,
        "-sf",
        str(scenario),
        "-i",
        "127.0.0.1",
        "-m",
        str(CALLS),
        "-r",
        str(RATE),
        "-l",
        "1000",
    ]
    with TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        caller = subprocess.Popen(
            [*words, "-nostdin", "-timeout", "60", f"127.0.0.1:{port}"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        pin(caller.pid, -1)
        if caller.wait():
            raise FaultFoundError("Not every call went as it should.")
