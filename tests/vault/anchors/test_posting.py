"""A stranger who answers too much, too slowly or not at all costs a bounded time, and is named."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.vault.anchors import posting
from muniment.vault.anchors.posting import LARGEST_ANSWER, post
from tests.vault.anchors.stamping import serving

HEAD = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def answering(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that says what it likes on one connection."""
    listening = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with suppress(OSError):
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                speak(connection)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/x"
    listening.close()
    thread.join(5)


def test_an_answer_comes_back_with_status_and_kind():
    with serving(lambda body: (409, "text/x.tlog.size", body[::-1])) as url:
        answer = post(url, b"abc", "text/plain")
    assert (answer.status, answer.kind, answer.body) == (409, "text/x.tlog.size", b"cba")


def test_an_answer_that_is_too_long_is_not_read():
    with (
        serving(lambda _: (200, "x", bytes(LARGEST_ANSWER + 1))) as url,
        pytest.raises(NotAvailableError, match="too long"),
    ):
        post(url, b"", "x")


def test_an_endless_answer_is_not_read():
    def speak(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"\r\n")
        while True:
            connection.sendall(bytes(65536))

    with answering(speak) as url, pytest.raises(NotAvailableError):
        post(url, b"", "x")


@pytest.mark.parametrize("start", [b"", HEAD, HEAD + b"Content-Length: 5000\r\n\r\n"])
def test_a_trickle_ends_at_the_deadline(start: bytes):
    def speak(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)

    begun = time.monotonic()
    with answering(speak) as url, pytest.raises(NotAvailableError):
        post(url, b"", "x", deadline=0.4)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "said", [b"", b"\x00\xff" * 50, HEAD + b"Content-Length: 9\r\n\r\nhalf", b"HTTP/1.1 wrong\r\n\r\n"]
)
def test_nonsense_and_half_an_answer_are_refused(said: bytes):
    with answering(lambda connection: connection.sendall(said)) as url, pytest.raises(NotAvailableError):
        post(url, b"", "x", deadline=3)


def test_nobody_there_is_not_available():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(NotAvailableError):
        post(f"http://127.0.0.1:{port}", b"", "x")


@pytest.mark.parametrize("url", ["", "ftp://a/b", "file:///etc/passwd", "http://", "https://me:secret@host/"])
def test_what_is_no_address_is_wrong_use(url: str):
    with pytest.raises(WrongUseError):
        post(url, b"", "x")


def test_a_redirect_is_not_followed():
    def speak(connection: socket.socket) -> None:
        connection.sendall(
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
        )

    with answering(speak) as url:
        assert post(url, b"", "x").status == 302
    assert posting.DEADLINE <= 30
