"""A socket on which one of our processes answers."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from muniment.core.errors import WrongUseError
from muniment.core.local_socket import LocalSocket


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "answering.sock"


def converse(connection: socket.socket) -> None:
    """Says back what it is told, unless that is nonsense."""
    while word := connection.recv(100):
        if word == b"nonsense":
            raise WrongUseError("That is no word.")
        connection.sendall(word)


@pytest.fixture
def answering(path: Path) -> Iterator[LocalSocket]:
    path.parent.mkdir()
    path.write_bytes(b"left over")
    made = LocalSocket(path, converse)
    threading.Thread(target=made.serve, daemon=True).start()
    yield made
    made.close()


def dialled(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(60)
    connection.connect(str(path))
    return connection


@pytest.mark.usefixtures("answering")
def test_each_conversation_has_a_thread_and_its_errors_for_itself(path: Path) -> None:
    with dialled(path) as one, dialled(path) as other:
        one.sendall(b"nonsense")
        assert one.recv(100) == b""
        other.sendall(b"word")
        assert other.recv(100) == b"word"


def test_once_closed_nobody_answers_and_nothing_lies_there(answering: LocalSocket, path: Path) -> None:
    answering.close()
    assert not path.exists()
    with pytest.raises(OSError, match="No such file"):
        dialled(path)
