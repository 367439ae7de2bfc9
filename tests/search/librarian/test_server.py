"""The sockets: only this user, only what the door is for, and no query ends the librarian."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from muniment.core.errors import RefusedError
from muniment.search.language.syntax import QueryMistakeError
from muniment.search.librarian.messages import AskState, IndexState, IntakeRequest, QueryRequest, Take
from muniment.search.librarian.server import Socket
from muniment.vault import wire
from muniment.vault.messages import Answer


def handle(request: object) -> object:
    match request:
        case AskState("org_refused"):
            raise RefusedError("No.", why="A rule.", remedy="Ask.")
        case AskState("org_mistake"):
            raise QueryMistakeError("Wrong", 3, remedy="Right.")
        case AskState("org_bug"):
            raise KeyError("nightjar")
        case _:
            return IndexState(7, 3)


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "run" / "librarian.sock"
    served = Socket(path, QueryRequest.__value__, handle)
    threading.Thread(target=served.serve, daemon=True).start()
    yield path
    served.close()
    assert not path.exists()


def asked(connection: socket.socket, request: object) -> Answer:
    wire.send(connection, request if isinstance(request, bytes) else msgspec.msgpack.encode(request))
    frame = wire.receive(connection)
    assert frame is not None
    return msgspec.msgpack.decode(frame, type=Answer)


def test_answers_and_refusals_go_back_in_their_parts(path: Path) -> None:
    with wire.dial(path) as connection:
        assert msgspec.msgpack.decode(
            asked(connection, AskState("org_x")).value, type=IndexState
        ) == IndexState(7, 3)
        refused = asked(connection, AskState("org_refused"))
        assert (refused.error, refused.what, refused.why, refused.remedy) == (
            "RefusedError",
            "No.",
            "A rule.",
            "Ask.",
        )
        assert asked(connection, AskState("org_mistake")).error == "WrongUseError"


def test_what_is_not_of_this_door_is_refused_and_the_connection_lives(path: Path) -> None:
    with wire.dial(path) as connection:
        take = Take("org_x", documents=(), erased=(), watermark=1)
        for request in (take, b"", b"\xff" * 20, msgspec.msgpack.encode(["Locate"])):
            assert asked(connection, request).error == "WrongUseError"
        assert not asked(connection, AskState("org_x")).error


def test_a_fault_of_ours_answers_without_a_word_of_content(path: Path) -> None:
    with wire.dial(path) as connection:
        answer = asked(connection, AskState("org_bug"))
        assert answer.error == "NotAvailableError"
        assert "nightjar" not in answer.what + answer.why
        assert not asked(connection, AskState("org_x")).error


def test_another_user_hears_nothing(path: Path, monkeypatch) -> None:
    monkeypatch.setattr("muniment.core.parting.may_speak", lambda *_: False)
    with wire.dial(path) as connection:
        connection.settimeout(5)
        assert connection.recv(1) == b""


def test_the_socket_is_for_its_owner_and_replaces_a_dead_one(tmp_path: Path) -> None:
    path = tmp_path / "run" / "a.sock"
    first = Socket(path, IntakeRequest.__value__, handle)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    second = Socket(path, IntakeRequest.__value__, handle)
    threading.Thread(target=second.serve, daemon=True).start()
    with wire.dial(path) as connection:
        assert not asked(connection, AskState("org_x")).error
    second.close()
    first.close()


def test_many_at_once(path: Path) -> None:
    results: list[str] = []

    def ask_often() -> None:
        with wire.dial(path) as connection:
            results.extend(asked(connection, AskState("org_x")).error for _ in range(50))

    threads = [threading.Thread(target=ask_often) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [""] * 400
