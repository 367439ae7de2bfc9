"""Workers: shared out, and replaced."""

import os
import signal
from pathlib import Path

import pytest

from muniment.capture.calls.rtp import pool
from muniment.capture.calls.rtp.pool import Pool
from muniment.core.errors import NotAvailableError
from tests.capture.calls.studio import wait


def test_calls_are_shared_out_and_a_dead_worker_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[int] = []
    it = Pool(2, tmp_path, lambda _number, _reply: None, ended.append)
    try:
        assert {it.choose("a"), it.choose("b")} == {0, 1}
        it.forget(0, "a")
        it.forget(0, "b")
        assert it.choose("c") == 0
        before = it.processes
        os.kill(before[1], signal.SIGKILL)
        wait(lambda: ended == [1])
        assert it.processes[0] == before[0]
        assert it.processes[1] != before[1]
        wait(lambda: all(it.statuses))
        monkeypatch.setattr(pool, "SILENT", -1.0)
        with pytest.raises(NotAvailableError):
            it.choose("d")
    finally:
        it.stop()
