"""Sealed files: whole or refused, and without a readable byte."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.search.index import sealed

KEY = bytes(range(32))
SIZES = (
    0,
    1,
    100,
    sealed.CHUNK_BYTES - 1,
    sealed.CHUNK_BYTES,
    sealed.CHUNK_BYTES + 1,
    3 * sealed.CHUNK_BYTES,
)


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_comes_back(tmp_path: Path, size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    sealed.write(tmp_path / "a", KEY, [content[:7], b"", content[7:]])
    assert sealed.read(tmp_path / "a", KEY) == content
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("size", [0, 100, 2 * sealed.CHUNK_BYTES, 2 * sealed.CHUNK_BYTES + 5])
def test_every_cut_and_every_flip_is_noticed(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a"
    sealed.write(path, KEY, [b"canary!" * (size // 7 + 1)])
    whole = path.read_bytes()
    assert b"canary" not in whole
    chunk = sealed.CHUNK_BYTES + sealed.TAG_BYTES
    places = {0, 3, 4, 35, 36, len(whole) // 2, len(whole) - 1, 36 + chunk - 1, 36 + chunk}
    for place in places:
        for damaged in (
            whole[:place],
            whole[:place] + bytes([(whole[place] if place < len(whole) else 0) ^ 1]) + whole[place + 1 :],
        ):
            if damaged == whole:
                continue
            path.write_bytes(damaged)
            with pytest.raises(FaultFoundError):
                sealed.read(path, KEY)
    path.write_bytes(whole[:36] + whole[36 + chunk :])
    with pytest.raises(FaultFoundError):
        sealed.read(path, KEY)


@settings(max_examples=30)
@given(st.binary(min_size=1, max_size=200), st.data())
def test_no_byte_can_be_changed(tmp_path_factory, content: bytes, data) -> None:
    path = tmp_path_factory.mktemp("sealed") / "a"
    sealed.write(path, KEY, [content])
    whole = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(whole)
    with pytest.raises(FaultFoundError):
        sealed.read(path, KEY)


def test_another_key_another_name_or_no_file_is_refused(tmp_path: Path) -> None:
    sealed.write(tmp_path / "a", KEY, [b"content"])
    (tmp_path / "b").write_bytes((tmp_path / "a").read_bytes())
    for path, key in ((tmp_path / "a", bytes(32)), (tmp_path / "b", KEY), (tmp_path / "c", KEY)):
        with pytest.raises(FaultFoundError, match="muniment rebuild"):
            sealed.read(path, key)


def test_a_disk_that_refuses_leaves_the_old_file(tmp_path: Path) -> None:
    sealed.write(tmp_path / "a", KEY, [b"old"])

    def failing() -> Iterator[bytes]:
        yield b"new"
        raise OSError(28, "No space left on device")

    with pytest.raises(NotAvailableError, match="No space left"):
        sealed.write(tmp_path / "a", KEY, failing())
    assert sealed.read(tmp_path / "a", KEY) == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    sealed.write(tmp_path / "a", KEY, [b"content"])
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_names_say_nothing() -> None:
    assert len({sealed.new_name() for _ in range(100)}) == 100


def test_pieces_that_fail_leave_nothing_and_their_error_is_theirs(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"first"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sealed.write(tmp_path / "a", KEY, pieces())
    assert list(tmp_path.iterdir()) == []
