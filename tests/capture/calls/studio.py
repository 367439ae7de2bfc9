"""A recorder with real workers, a keeper in memory, and the sender in C as the phones."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from muniment.bench.limits import build
from muniment.bench.rtp_load import Sent, parse
from muniment.capture.calls.ports import Codec, Crypto, MediaAnswer, MediaOffer
from muniment.capture.calls.recorder import RtpRecorder
from muniment.capture.calls.silences import CardRules
from muniment.core import clock
from muniment.core.call_facts import CallFacts
from muniment.core.home import Home
from muniment.core.media_settings import MediaSettings
from tests.capture.calls.call_keeper import ORGANISATION, CallKeeper, packets, texts

CODECS = {0: Codec("PCMU", 8000), 101: Codec("TELEPHONE-EVENT", 8000)}
SETTINGS = MediaSettings(workers=1, free_disk=0, first_port=23_000, last_port=24_999, quarantine=0)


class Sealed(NamedTuple):
    """A call as the keeper has it."""

    facts: CallFacts
    data: bytes


class Studio:
    """One recorder."""

    def __init__(
        self,
        home: Home,
        settings: MediaSettings = SETTINGS,
        keeper: CallKeeper | None = None,
        card: CardRules | None = None,
    ) -> None:
        self.home, self.keeper = home, keeper or CallKeeper()
        self.recorder = RtpRecorder(home, settings, self.keeper, (ORGANISATION,), card=card)

    def open(
        self, call: str, streams: int = 2, *, kept: bool = True, crypto: tuple[Crypto, ...] = ()
    ) -> list[MediaAnswer]:
        """A call with streams; the answers."""
        self.recorder.open_call(ORGANISATION, call, clock.milliseconds(), "pbx")
        answers = [self.recorder.open_stream(call, offer(number, crypto)) for number in range(streams)]
        if kept:
            self.recorder.keep(call)
        return answers

    def close(self, call: str) -> None:
        """The call ends."""
        now = clock.milliseconds()
        self.recorder.close_call(call, CallFacts(id=call, direction="inbound", started=now, ended=now))

    def stop(self) -> None:
        """Stop the recorder."""
        self.recorder.stop(30)

    def sealed(self) -> dict[str, Sealed]:
        """Every call that the keeper has."""
        found = {}
        for statement, data in self.keeper.records().values():
            assert isinstance(statement.call, CallFacts)
            assert statement.call.id not in found
            found[statement.call.id] = Sealed(statement.call, data)
        return found

    def files(self) -> list[Path]:
        """What lies in the folder of live calls."""
        return sorted(self.home.calls(ORGANISATION).iterdir())


def offer(number: int, crypto: tuple[Crypto, ...] = ()) -> MediaOffer:
    """What a client offers."""
    profile = "RTP/SAVP" if crypto else "RTP/AVP"
    return MediaOffer(number, str(number), "127.0.0.1", 40_000, CODECS, profile, crypto)


@contextmanager
def studio(home: Home, settings: MediaSettings = SETTINGS, card: CardRules | None = None) -> Iterator[Studio]:
    """A recorder that is stopped at the end."""
    made = Studio(home, settings, card=card)
    try:
        yield made
    finally:
        made.stop()


def send(answers: list[MediaAnswer], during: Callable[[], None] = lambda: None, **how: int) -> list[Sent]:
    """What the sender in C sent to these ports."""
    words = [f"{name}={value}" for name, value in how.items()]
    ports = " ".join(str(answer.port) for answer in answers)
    process = subprocess.Popen(
        [str(build("rtp_send")), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    process.stdin.write(ports)
    process.stdin.close()
    process.stdin = None
    during()
    said, _ = process.communicate()
    return parse(said)


def fnv(data: bytes, stream: int) -> str:
    """The sender's digest of what a container has of one stream: payloads in the order of their numbers.

    Sources follow one another; within each, numbers are put in order.
    """
    found = 0xCBF29CE484222325
    for payload in in_order(data, stream):
        for byte in payload:
            found = ((found ^ byte) * 0x100000001B3) & 0xFFFF_FFFF_FFFF_FFFF
    return f"{found:016x}"


def in_order(data: bytes, stream: int) -> list[bytes]:
    """The payloads of a stream in the order in which they were spoken: sources one after the other."""
    started = next(int(str(head["started"])) for head in texts(data, "H"))
    changes = sorted(
        int(str(event["at"])) - started
        for event in texts(data, "E")
        if event["what"] == "source-changed" and event["stream"] == stream
    )
    sources: dict[int, list[tuple[int, bytes]]] = {}
    high: dict[int, int] = {}
    for arrived, _, sequence, _, payload in packets(data, stream):
        source = sum(change <= arrived for change in changes)
        last = high.setdefault(source, sequence + 65536)
        number = last + (sequence - last + 32768) % 65536 - 32768
        high[source] = max(last, number)
        sources.setdefault(source, []).append((number, payload))
    return [
        payload
        for source in sorted(sources)
        for _, payload in sorted(sources[source], key=lambda one: one[0])
    ]


def everything_under(path: Path) -> bytes:
    """Every byte below a folder."""
    return b"".join(one.read_bytes() for one in sorted(path.rglob("*")) if one.is_file())


def wait(until: Callable[[], bool], seconds: float = 20.0) -> None:
    """Until something is so; fails if it never is."""
    limit = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < limit, "it never came to be"
        time.sleep(0.05)


def phone(answer: MediaAnswer) -> socket.socket:
    """Somebody who can send to a stream."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.connect(("127.0.0.1", answer.port))
    return made
