"""Datagrams with their lengths, sources and moments."""

import socket
import time

import pytest

from muniment.capture.calls.rtp.gathering import (
    SLOT_BYTES,
    Gatherer,
    keep_stamping,
    prepare,
    source_words,
    written_source,
)


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_what_came_is_there_with_source_and_moment(family: socket.AddressFamily, host: str) -> None:
    with (
        keep_stamping(),
        socket.socket(family, socket.SOCK_DGRAM) as ear,
        socket.socket(family, socket.SOCK_DGRAM) as mouth,
    ):
        prepare(ear, 65_536)
        ear.bind((host, 0))
        mouth.bind((host, 0))
        before = time.time_ns() // 1000
        for data in (b"one", b"", b"x" * (SLOT_BYTES + 5)):
            mouth.sendto(data, ear.getsockname())
        after = time.time_ns() // 1000
        time.sleep(0.05)
        gatherer = Gatherer(8)
        assert gatherer.read(ear.fileno(), 2) == 3
        assert gatherer.read(ear.fileno(), 5) == 0
        assert gatherer.lengths(5)[2:].tolist() == [3, 0, SLOT_BYTES]
        assert gatherer.cut_off(5)[2:].tolist() == [False, False, True]
        assert gatherer.data[2, :3].tobytes() == b"one"
        assert all(before - 1 <= at <= after for at in gatherer.arrivals(5)[2:].tolist())
        words = tuple(gatherer.sources(5)[2].tolist())
        assert words == source_words(family, host, mouth.getsockname()[1])
        assert written_source(words) == mouth.getsockname()[:2]
        assert gatherer.dropped(5)[2:].tolist() == [0, 0, 0]


def test_stamps_are_those_of_arrival_once_they_are_asked_for() -> None:
    with keep_stamping(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        prepare(ear, 65_536)
        ear.bind(("127.0.0.1", 0))
        ear.sendto(b"x", ear.getsockname())
        after = time.time_ns() // 1000
        time.sleep(0.05)
        gatherer = Gatherer(8)
        assert gatherer.read(ear.fileno(), 0) == 1
        assert gatherer.arrivals(1)[0] <= after


def test_what_the_kernel_dropped_is_counted() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth,
    ):
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        prepare(ear, 4096)
        ear.bind(("127.0.0.1", 0))
        gatherer, sent, found = Gatherer(64), 200, 0
        for _ in range(sent):
            mouth.sendto(b"x" * 100, ear.getsockname())
        found = gatherer.read(ear.fileno(), 0)
        gatherer.reset(64)
        mouth.sendto(b"x", ear.getsockname())
        assert gatherer.read(ear.fileno(), 0) == 1
        assert gatherer.dropped(1)[0] == sent - found
