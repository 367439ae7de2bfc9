"""The file of a live call: what is whole comes back, and nothing that was tampered with."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.live import spool
from muniment.capture.calls.live.spool import LiveFile, chunks
from muniment.core.errors import NotAvailableError
from muniment.vault.live_keys import HEAD_BYTES

KEY = bytes(range(32))
PARTS = [b"first", b"second" * 100, b"", b"fourth"]


def written(path: Path, parts: list[bytes] = PARTS) -> Path:
    file = LiveFile(path, "call_1", KEY)
    for part in parts:
        file.append(part)
    file.sync()
    file.close()
    return path


def read(path: Path, *, call: str = "call_1", key: bytes = KEY) -> list[bytes]:
    return list(chunks(path, call, key))


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    path = written(tmp_path / "a.live")
    assert read(path) == PARTS
    assert read(path, call="call_2") == []
    assert read(path, key=bytes(32)) == []
    assert b"second" not in path.read_bytes()
    assert path.read_bytes()[:HEAD_BYTES] == bytes(HEAD_BYTES)


@given(place=st.integers(HEAD_BYTES, HEAD_BYTES + 900), bit=st.integers(0, 7), cut=st.booleans())
def test_reading_ends_where_something_was_altered_or_cut(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int, cut: bool
) -> None:
    path = written(tmp_path_factory.mktemp("live") / "a.live")
    data = bytearray(path.read_bytes())
    place = min(place, len(data) - 1)
    if cut:
        del data[place:]
    else:
        data[place] ^= 1 << bit
    path.write_bytes(data)
    found = read(path)
    assert found == PARTS[: len(found)]
    assert len(found) < len(PARTS)


def test_chunks_can_neither_change_places_nor_be_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "a.live", [b"1" * 50, b"2" * 50, b"3" * 50])
    data = path.read_bytes()
    size = (len(data) - HEAD_BYTES) // 3
    head, first, second, third = (
        data[:HEAD_BYTES],
        *(data[HEAD_BYTES + at * size :][:size] for at in range(3)),
    )
    for order in ([second, first, third], [first, third], [first, first, second], [second, third]):
        path.write_bytes(head + b"".join(order))
        assert len(read(path)) == (order[0] == first)


def test_another_process_goes_on_where_the_first_was_torn(tmp_path: Path) -> None:
    path = written(tmp_path / "a.live")
    with path.open("ab") as file:
        file.write(spool.CHUNK.pack(500, 5) + b"torn")
    again = LiveFile(path, "call_1", KEY, again=True)
    again.append(b"fifth")
    assert read(path) == [*PARTS, b"fifth"]


def test_no_number_encrypts_twice_even_where_the_disk_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = LiveFile(tmp_path / "a.live", "call_1", KEY)
    file.append(b"one")

    def torn(descriptor: int, parts: tuple[bytes, ...], at: int) -> int:
        return os.pwrite(descriptor, b"".join(parts)[:20], at)

    monkeypatch.setattr(os, "pwritev", torn)
    with pytest.raises(NotAvailableError):
        file.append(b"two")
    monkeypatch.undo()
    assert (tmp_path / "a.live").stat().st_size == file.size
    file.append(b"three")
    assert read(tmp_path / "a.live") == [b"one", b"three"]
    numbers = [number for number, _, _ in spool._sealed(tmp_path / "a.live", "call_1", KEY)]
    assert numbers == [1, 3]


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotAvailableError):
        LiveFile(tmp_path / "none" / "a.live", "call_1", KEY).append(b"x")
