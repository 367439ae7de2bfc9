"""Taking RTP: processor time for each packet, ours against rtpengine (Debian) that records the same load.

rtpengine runs in user space, in the mode that was the cheapest in our trials: the streams are published to it,
so that it forwards nothing, and it records them as pcap. Both receivers have the first core, the sender the last.
"""

import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from muniment.bench.figures import Figure
from muniment.bench.rtp import WINDOW, allow_descriptors, ours
from muniment.bench.rtp_load import STREAMS, cost, pin, processor_time
from muniment.core.errors import NotAvailableError

CALLS = 500
ROUNDS = 2
CONTROL = 22_222
FIRST_PORT, LAST_PORT = 20_000, 31_999

type Value = str | list[str]


def measure() -> Figure:
    """Microseconds for each packet; less is better."""
    program = shutil.which("rtpengine")
    if program is None:
        raise NotAvailableError("The peer rtpengine is not installed.", remedy="apt install rtpengine-daemon")
    allow_descriptors()
    pairs = [(ours(CALLS), peer(program, CALLS)) for _ in range(ROUNDS)]
    ratios = [mine / theirs for mine, theirs in pairs]
    low, _, high = quantiles(ratios, n=4)
    mine, theirs = (median(each[side] for each in pairs) for side in (0, 1))
    return Figure(
        "rtp, against a peer",
        round(mine, 3),
        round(theirs, 3),
        round(mine / theirs, 3),
        "CPU µs/packet",
        (round(low, 3), round(high, 3)),
        f"rtpengine in user space recording {CALLS} published calls as pcap",
    )


def peer(program: str, calls: int, window: float = WINDOW) -> float:
    """Its microseconds for each packet."""
    with engine(program) as process:
        ports = [port for call in range(calls) for port in publish(f"call{call}")]
        return cost(ports, window, lambda: processor_time(process.pid))


@contextmanager
def engine(program: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A running rtpengine without its kernel module."""
    with TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        words = (
            *(program, "--table=-1", "--foreground", "--log-stderr", "--log-level=1", "--no-fallback"),
            *("--interface=127.0.0.1", f"--listen-ng=127.0.0.1:{CONTROL}", "--num-threads=1"),
            *(f"--port-min={FIRST_PORT}", f"--port-max={LAST_PORT}", "--config-file=none"),
            *(f"--recording-dir={folder}", "--recording-method=pcap", "--recording-format=raw"),
        )
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            pin(process.pid, 0)
            _wait(process)
            yield process
        finally:
            process.kill()
            process.wait()


def publish(call: str) -> list[int]:
    """Have rtpengine take the streams of a call and record them; their ports."""
    media = "".join(
        f"m=audio {9000 + 2 * number} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
        f"a=sendonly\r\na=label:{number}\r\n"
        for number in range(STREAMS)
    )
    sdp = f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n{media}"
    answer = ask({"command": "publish", "call-id": call, "from-tag": "a", "sdp": sdp})
    if "result2:ok" not in ask({"command": "start recording", "call-id": call}):
        raise NotAvailableError("The peer rtpengine does not record.")
    return [int(line.split()[1]) for line in answer.splitlines() if line.startswith("m=audio")]


def ask(request: dict[str, Value]) -> str:
    """One request of the ng protocol; the answer as text."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.settimeout(5)
        channel.connect(("127.0.0.1", CONTROL))
        cookie = secrets.token_hex(8)  # an answer to a cookie that was seen before is repeated
        channel.send(cookie.encode() + b" " + encoded(request))
        return channel.recv(65_535).decode("latin-1")


def encoded(value: dict[str, Value] | Value) -> bytes:
    """Bencode, as far as it is needed."""
    if isinstance(value, str):
        return f"{len(value)}:{value}".encode()
    if isinstance(value, list):
        return b"l" + b"".join(map(encoded, value)) + b"e"
    return b"d" + b"".join(encoded(key) + encoded(value[key]) for key in sorted(value)) + b"e"


def _wait(process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until and process.poll() is None:
        try:
            if "pong" in ask({"command": "ping"}):
                return
        except OSError:
            time.sleep(0.1)
    raise NotAvailableError(
        "The peer rtpengine does not start.", remedy="Run it by hand, and see what it says."
    )
