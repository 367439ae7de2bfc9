"""The load is what it says."""

import os

from muniment.bench.rtp_load import Sent, parse, processor_time


def test_the_senders_lines_are_read() -> None:
    assert parse("10 1 2 3 00ff\n5 0 0 0 aa\n") == [Sent(10, 1, 2, 3, "00ff"), Sent(5, 0, 0, 0, "aa")]


def test_processor_time_grows() -> None:
    before = processor_time(os.getpid())
    while processor_time(os.getpid()) == before:
        sum(range(100_000))
    assert processor_time(os.getpid()) > before
