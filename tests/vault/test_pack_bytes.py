"""A pack's bytes by place are those of the file that was opened; what cannot be read is told by its byte."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.vault.pack_bytes import UnreadableError, opened

PLACES = st.none() | st.integers(-20, 20)


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bytes") / "000001.pack"
    path.write_bytes(b"0123456789")
    return path


@given(start=PLACES, stop=PLACES)
def test_slices_are_those_of_bytes(ten: Path, start: int | None, stop: int | None):
    with opened(ten) as data:
        assert len(data) == 10
        assert data[start:stop] == b"0123456789"[start:stop]


def test_an_empty_pack_has_no_bytes(tmp_path: Path):
    (tmp_path / "empty").touch()
    with opened(tmp_path / "empty") as data:
        assert (len(data), data[:]) == (0, b"")


def test_they_stay_when_another_takes_the_name(tmp_path: Path):
    path, other = tmp_path / "000001.pack", tmp_path / "aside"
    path.write_bytes(b"longer")
    other.write_bytes(b"short")
    with opened(path) as data:
        other.rename(path)
        assert data[:] == b"longer"


def test_a_file_that_became_shorter_says_from_where(tmp_path: Path):
    path = tmp_path / "000001.pack"
    path.write_bytes(b"0123456789")
    with opened(path) as data:
        os.truncate(path, 4)
        assert data[:4] == b"0123"
        with pytest.raises(UnreadableError, match="shorter") as told:
            data[2:8]
        assert told.value.at == 4


def test_what_cannot_be_read_says_from_where(tmp_path: Path):
    """The memory of this process has no page at its beginning: a file that really gives EIO."""
    if not Path("/proc/self/mem").exists():
        pytest.skip("This machine has no /proc.")
    path = tmp_path / "000001.pack"
    path.write_bytes(b"0123456789")
    with opened(path) as data:
        bad = os.open("/proc/self/mem", os.O_RDONLY | os.O_CLOEXEC)
        os.dup2(bad, data._descriptor)
        os.close(bad)
        with pytest.raises(UnreadableError, match="error") as told:
            data[3:8]
        assert told.value.at == 3
