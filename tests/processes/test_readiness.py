"""What counts as ready, and ports that others hold."""

import socket
from pathlib import Path

import pytest

from muniment.core.errors import NotAvailableError
from muniment.processes.readiness import always, answers_on_path, answers_on_port, require_free


def test_a_port_answers_only_while_something_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert answers_on_port("127.0.0.1", port)()
    assert not answers_on_port("127.0.0.1", port)()


def test_all_paths_must_answer(tmp_path: Path) -> None:
    first, second = tmp_path / "a.sock", tmp_path / "b.sock"
    probe = answers_on_path(first, second)
    with socket.socket(socket.AF_UNIX) as one, socket.socket(socket.AF_UNIX) as two:
        one.bind(str(first))
        one.listen()
        assert not probe()
        two.bind(str(second))
        two.listen()
        assert probe()
    assert not probe()  # the files are there, nobody listens


def test_a_port_in_use_is_named_with_its_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(NotAvailableError, match=f"Port {port} .* for pages.*Another program"):
            require_free("127.0.0.1", port, "pages")
    require_free("127.0.0.1", port, "pages")


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(NotAvailableError, match="Correct the address"):
        require_free("203.0.113.1", 8420, "pages")


def test_some_children_are_ready_at_once() -> None:
    assert always()
