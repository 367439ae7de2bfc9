"""Whether a file is whole."""

import os
from pathlib import Path

from muniment.capture.calls.spool.finding import Seen
from muniment.capture.calls.spool.stable import is_whole
from muniment.core import clock


def seen(path: Path) -> Seen:
    status = path.stat()
    return Seen(path, status.st_size, status.st_mtime_ns)


def test_a_file_at_rest_is_whole_and_a_fresh_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"x")
    one, now = seen(path), clock.now().timestamp()
    assert not is_whole(one, 10)
    assert is_whole(one, 10, now + 11)
    assert is_whole(one, 0)


def test_a_file_that_grew_or_went_is_not_the_one_that_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"x")
    one = seen(path)
    path.write_bytes(b"xy")
    assert not is_whole(one, 0)
    path.unlink()
    assert not is_whole(one, 0)


def test_a_file_that_somebody_has_open_for_writing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with path.open("wb") as file:
        file.write(b"x")
        file.flush()
        os.utime(path, (1, 1))
        assert not is_whole(seen(path), 10)
    os.utime(path, (1, 1))
    assert is_whole(seen(path), 10)


def test_a_time_to_come_counts_as_long_ago(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"x")
    later = clock.now().timestamp() + 9999
    os.utime(path, (later, later))
    assert is_whole(seen(path), 10)
