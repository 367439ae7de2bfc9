"""Where files of a spool lie."""

import os
from pathlib import Path, PurePath

import pytest

from muniment.capture.calls.spool.places import DISK, LOOKED_AT, Memory


def test_a_file_on_disk_is_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"x" * (LOOKED_AT + 1))
    os.utime(path, (5, 5))
    assert DISK.look(path) == (LOOKED_AT + 1, 5_000_000_000)
    assert b"".join(DISK.blocks(path, 0)) == path.read_bytes()
    assert len(DISK.start(path)) == LOOKED_AT
    assert DISK.name(path) == str(path)
    with pytest.raises(OSError, match="No such file"):
        DISK.look(tmp_path / "none")


def test_a_file_that_has_a_writer_is_known(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with path.open("wb") as writer:
        writer.write(b"x")
        writer.flush()
        assert DISK.is_written(path)
    assert not DISK.is_written(path)


def test_what_was_handed_over_is_in_memory_alone() -> None:
    place = Memory("upload:", {PurePath("a.wav"): b"sound"})
    assert place.look(PurePath("a.wav")) == (5, 0)
    assert b"".join(place.blocks(PurePath("a.wav"), 5)) == place.start(PurePath("a.wav")) == b"sound"
    assert place.name(PurePath("a.wav")) == "upload:a.wav"
    assert not place.is_written(PurePath("a.wav"))
