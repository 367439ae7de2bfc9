"""The disk writes all of what it is given, in files that only their owner can read."""

import os
from pathlib import Path

import pytest

from muniment.vault.disk import Disk, _after, finish


def test_many_parts_are_written_whole(tmp_path: Path):
    descriptor = Disk().open(tmp_path / "file")
    parts = [bytes((number % 256,)) * (number % 5) for number in range(3000)]
    Disk().write(descriptor, parts, 7)
    Disk().sync(descriptor)
    os.close(descriptor)
    assert (tmp_path / "file").read_bytes() == bytes(7) + b"".join(parts)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


def test_a_short_write_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    real = os.pwritev
    monkeypatch.setattr(os, "pwritev", lambda fd, parts, at: real(fd, [parts[0][:3]], at))
    descriptor = Disk().open(tmp_path / "file")
    Disk().write(descriptor, [b"abcdefgh", b"", b"ij"], 0)
    os.close(descriptor)
    assert (tmp_path / "file").read_bytes() == b"abcdefghij"


def test_what_is_left_after_a_short_write():
    assert _after([b"abc", b"de"], 0) == [b"abc", b"de"]
    assert _after([b"abc", b"de"], 3) == [b"de"]
    assert _after([b"abc", b"de"], 4) == [b"e"]
    assert _after([b"abc", b"de"], 5) == []


def test_a_file_is_replaced_whole(tmp_path: Path):
    path, aside = tmp_path / "file", tmp_path / "aside"
    Disk().replace(path, b"one", aside)
    Disk().replace(path, b"two", aside)
    assert path.read_bytes() == b"two"
    assert not aside.exists()


def test_folders_are_made_with_those_above(tmp_path: Path):
    Disk().make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o750


def test_syncs_run_together_and_each_failure_is_told_after_all_have_ended(tmp_path: Path):
    disk = Disk()
    descriptors = [disk.open(tmp_path / str(number)) for number in range(3)]
    for descriptor in descriptors:
        disk.write(descriptor, [b"x"], 0)
    finish([disk.begin_sync(descriptor) for descriptor in descriptors])
    ended: list[int] = []

    def fails(number: int) -> None:
        ended.append(number)
        raise OSError(number, "no")

    with pytest.raises(OSError, match="no") as raised:
        finish([lambda: fails(1), lambda: ended.append(2), lambda: fails(3)])
    assert raised.value.errno == 1
    assert ended == [1, 2, 3]
    for descriptor in descriptors:
        os.close(descriptor)
