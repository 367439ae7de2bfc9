"""Rounds of writing: in order, beside everything else, and honest about the disk."""

import os
import threading
from pathlib import Path

import pytest

from muniment.capture.calls.live.writing import FEW, Writing


@pytest.mark.parametrize("files", [1, FEW + 3])
def test_a_round_does_its_work_in_order_and_syncs(tmp_path: Path, files: int) -> None:
    writing, done = Writing(tmp_path), list[int]()
    opened = [os.open(tmp_path / str(at), os.O_RDWR | os.O_CREAT) for at in range(files)]

    def work(at: int) -> int:
        done.append(at)
        return opened[at]

    writing.begin([lambda at=at: work(at) for at in range(files)])  # type: ignore[misc]
    writing.wait()
    assert done == list(range(files))
    assert not writing.failed
    assert not writing.busy
    writing.close()


def test_it_is_busy_until_the_round_is_over(tmp_path: Path) -> None:
    writing, gate = Writing(tmp_path), threading.Event()

    def work() -> None:
        gate.wait(10)

    writing.begin([work])
    assert writing.busy
    gate.set()
    writing.wait()
    assert not writing.busy


def test_a_refusing_disk_is_told(tmp_path: Path) -> None:
    writing = Writing(tmp_path)
    closed = os.open(tmp_path / "x", os.O_RDWR | os.O_CREAT)
    os.close(closed)
    writing.begin([lambda: closed])
    writing.wait()
    assert writing.failed
