"""The server: strangers, junk and broken connections harm nobody else."""

import os
import socket
import threading
from collections.abc import Iterator

import pytest

from muniment.vault import client, wire
from muniment.vault.keeper.keeper import Keeper
from muniment.vault.keeper.server import Server
from tests.vault.firm import Firm


@pytest.fixture
def served(firm: Firm) -> Iterator[Server]:
    made, stop = Server(firm.home, firm.keeper), threading.Event()
    thread = threading.Thread(target=made.serve, args=(stop.is_set,))
    thread.start()
    yield made
    stop.set()
    thread.join()


def works(firm: Firm) -> bool:
    with client.DeskDoor(firm.home.socket("desk")) as door:
        return bool(door.status().organisations)


def test_another_user_is_not_served(firm: Firm, served: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        path = firm.home.socket("desk")
        patched.setattr(os, "getuid", lambda: 12345)
        connection = wire.dial(path)
        assert connection.recv(1) == b""
        connection.close()
    assert works(firm)
    assert served.connected <= 1


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("junk", [b"\xff\xff\xff\xff", b"\x04\x00\x00\x00junk", b"\x09\x00", b""])
def test_junk_ends_its_own_connection_at_most(firm: Firm, junk: bytes) -> None:
    connection = wire.dial(firm.home.socket("capture"))
    connection.sendall(junk)
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(10)
    while connection.recv(4096):
        pass
    connection.close()
    assert works(firm)


@pytest.mark.usefixtures("served")
def test_a_fault_is_logged_without_its_words(
    firm: Firm, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    word = "terces"[::-1]  # not as it stands in the source line, which the log quotes

    def broken(*_: object) -> bytes:
        raise ZeroDivisionError(word)

    with monkeypatch.context() as patched:
        patched.setattr(Keeper, "answer", broken)
        connection = wire.dial(firm.home.socket("desk"))
        wire.send(connection, b"x")
        assert wire.receive(connection) is None
        connection.close()
    assert works(firm)
    said = capfd.readouterr().err
    assert "ZeroDivisionError" in said
    assert word not in said


@pytest.mark.usefixtures("served")
def test_many_connections(firm: Firm) -> None:
    connections = [wire.dial(firm.home.socket("desk")) for _ in range(100)]
    assert works(firm)
    for connection in connections:
        connection.close()
