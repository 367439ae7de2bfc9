"""The wire: whole frames, whatever the socket does."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.vault import wire


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    left, right = socket.socketpair()
    with left, right:
        yield left, right


@given(st.lists(st.binary(max_size=3000), max_size=5))
def test_frames_come_as_they_were_sent(payloads: list[bytes]) -> None:
    left, right = socket.socketpair()
    with left, right:
        for payload in payloads:
            wire.send(left, payload)
        left.shutdown(socket.SHUT_WR)
        assert [wire.receive(right) for _ in payloads] == payloads
        assert wire.receive(right) is None


def test_a_large_frame(pair: tuple[socket.socket, socket.socket]) -> None:
    payload = bytes(20 * 1024 * 1024)
    thread = threading.Thread(target=wire.send, args=(pair[0], payload))
    thread.start()
    assert wire.receive(pair[1]) == payload
    thread.join()


@pytest.mark.parametrize("sent", [b"\x05", b"\x05\x00\x00\x00", b"\x05\x00\x00\x00abcd"])
def test_an_end_in_the_middle(pair: tuple[socket.socket, socket.socket], sent: bytes) -> None:
    pair[0].sendall(sent)
    pair[0].close()
    with pytest.raises(NotAvailableError, match="middle"):
        wire.receive(pair[1])


def test_a_hostile_length_takes_no_memory(pair: tuple[socket.socket, socket.socket]) -> None:
    pair[0].sendall(b"\xff\xff\xff\xff")
    with pytest.raises(WrongUseError, match="too long"):
        wire.receive(pair[1])


def test_too_much_is_refused_before_it_is_sent(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "LARGEST_FRAME", 10)
    with pytest.raises(WrongUseError, match="do not fit"):
        wire.send(pair[0], bytes(11))


def test_nobody_listens(tmp_path: Path) -> None:
    with pytest.raises(NotAvailableError, match="not running"):
        wire.dial(tmp_path / "desk.sock")
