"""A phone and an ear: packets sent through real sockets to an engine."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from muniment.capture.calls.ports import Codec
from muniment.capture.calls.rtp.blocks import Packets
from muniment.capture.calls.rtp.engine import Engine, Stream
from muniment.capture.calls.rtp.gathering import prepare
from muniment.capture.calls.rtp.tracking import Tracker
from muniment.core import clock

CODECS = {
    0: Codec("PCMU", 8000),
    101: Codec("TELEPHONE-EVENT", 8000),
    102: Codec("RED", 8000),
    103: Codec("TONE", 8000),
}


def rtp(
    sequence: int, timestamp: int, payload: bytes, *, ssrc: int = 7, kind: int = 0, first: int = 0x80
) -> bytes:
    """One packet."""
    head = bytes((first, kind)) + (sequence % 65536).to_bytes(2) + (timestamp % (1 << 32)).to_bytes(4)
    return head + ssrc.to_bytes(4) + payload


class Ear:
    """One stream of an engine, and sockets that speak to it."""

    def __init__(self, engine: Engine, *, quick: bool = True) -> None:
        self.engine = engine
        engine._quick = quick
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        prepare(self.socket, 1 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.told: list[str] = []
        self.control: list[bytes] = []
        row = engine.table.take()
        engine.table.negotiate(row, CODECS)

        def told(what: str, at: int) -> None:
            assert at > 1_700_000_000_000_000
            self.told.append(what)

        self.stream = Stream(
            row,
            self.socket.fileno(),
            Tracker(engine.table, row, told),
            told,
            lambda data, *_: self.control.append(data),
        )
        engine.add(self.stream)
        self.phones: list[socket.socket] = []

    def phone(self) -> "Phone":
        """Somebody who speaks to it."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        sock.connect(self.socket.getsockname())
        self.phones.append(sock)
        return Phone(sock)

    def heard(self) -> list[tuple[int, int, bytes]]:
        """Sweep and take everything: sequence, kind and payload of each packet."""
        self.engine.sweep(clock.microseconds())
        return [
            row
            for one in self.engine.packets(everything=True)
            if one.row == self.stream.row
            for row in rows(one)
        ]

    def close(self) -> None:
        """Close the sockets."""
        self.socket.close()
        for each in self.phones:
            each.close()


class Phone:
    """Sends."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock

    def say(self, *packets: bytes) -> None:
        """Send packets."""
        for packet in packets:
            self.socket.send(packet)

    def talk(self, first: int, count: int, **how: int) -> list[bytes]:
        """So many packets in sequence; their payloads."""
        payloads = [bytes((number % 251,)) * 160 for number in range(first, first + count)]
        self.say(
            *(rtp(first + at, (first + at) * 160, payload, **how) for at, payload in enumerate(payloads))
        )
        return payloads


def rows(packets: Packets) -> list[tuple[int, int, bytes]]:
    """Sequence, kind and payload of each packet."""
    ends = np.cumsum(packets.length, dtype=np.int64).tolist()
    return [
        (
            int(packets.sequence[at]),
            int(packets.kind[at]),
            packets.payload[end - int(packets.length[at]) : end],
        )
        for at, end in enumerate(ends)
    ]


@contextmanager
def ear(*, quick: bool = True, capacity: int = 64) -> Iterator[Ear]:
    """An engine with one stream."""
    made = Ear(Engine(capacity), quick=quick)
    try:
        yield made
    finally:
        made.close()
