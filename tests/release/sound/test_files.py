"""A recording at the other end of a pipe, as a file."""

import io
from pathlib import Path

import pytest
import soundfile

from muniment.readers.calls import CallUnreadableError
from muniment.release.sound import files
from muniment.release.sound.files import Asked, SourceFile, opened, whole

DATA = bytes(range(256)) * 40


def asked(size: int = len(DATA)) -> Asked:
    return Asked(size, lambda offset, length: DATA[offset : offset + length])


def test_it_reads_and_seeks_like_a_file() -> None:
    file = opened(asked())
    assert file.read(3) == b"\x00\x01\x02"
    assert file.seek(-2, io.SEEK_END) == len(DATA) - 2
    assert file.read() == b"\xfe\xff"
    raw = SourceFile(asked())
    assert (raw.seek(5), raw.seek(5, io.SEEK_CUR), raw.tell(), raw.seek(-99)) == (5, 10, 10, 0)
    assert raw.readable()
    assert raw.seekable()


def test_beyond_its_end_nothing_is_asked_for() -> None:
    source = Asked(4, lambda *_: pytest.fail("asked beyond the end"))
    assert source.read(4, 10) == source.read(99, 1) == b""


def test_the_whole_is_read_in_pieces_and_a_huge_one_is_refused() -> None:
    assert whole(asked()) == DATA
    assert whole(Asked(10**6, lambda *_: b"")) == b""
    with pytest.raises(CallUnreadableError):
        whole(asked(files.LARGEST_WHOLE + 1))


def test_a_sound_file_is_read_through_it(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", [[0.1, 0.2]] * 4000, 8000)
    data = (tmp_path / "a.flac").read_bytes()
    with soundfile.SoundFile(opened(Asked(len(data), lambda at, size: data[at : at + size]))) as file:
        assert (file.frames, file.channels) == (4000, 2)
