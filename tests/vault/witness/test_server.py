"""The witness over HTTP, to clients of every kind."""

import http.client
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from muniment.vault.anchors.submitting import Head, submit
from muniment.vault.witness.record import Witness
from muniment.vault.witness.request import LARGEST_REQUEST
from muniment.vault.witness.server import WitnessServer
from tests.vault.witness.test_record import HASH, LEDGER, request, tree


@pytest.fixture
def served(tmp_path: Path) -> Iterator[WitnessServer]:
    witness = Witness.create(tmp_path / "witness", "witness.example/w1")
    witness.trust(LEDGER.verifier)
    server = WitnessServer(("127.0.0.1", 0), witness)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def ask(server: WitnessServer, method: str, path: str, body: bytes | None = None) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    connection.request(method, path, body)
    answer = connection.getresponse()
    found = answer.status, answer.getheader("Content-Type", ""), answer.read().decode()
    connection.close()
    return found


def test_a_checkpoint_is_added_and_shown_to_monitors(served: WitnessServer):
    assert ask(served, "GET", f"/{HASH}/checkpoint")[0] == 404
    status, _, line = ask(served, "POST", "/add-checkpoint", request(0, 5))
    assert status == 200
    assert ask(served, "GET", f"/{HASH}/checkpoint")[2] == LEDGER.sign(5, tree(5).root()) + line
    assert ask(served, "POST", "/add-checkpoint", request(0, 9)) == (409, "text/x.tlog.size", "5\n")


def test_a_ledger_submits_over_the_network(served: WitnessServer):
    verifier = served.witness.signer.verifier
    for size in (5, 300):
        made = tree(size)
        note = LEDGER.sign(size, made.root())

        def head(old: int, made=made, size=size, note=note) -> Head:
            return Head(note, old, tuple(made.consistency(old, size)) if old else ())

        url = f"http://127.0.0.1:{served.server_port}"
        done = submit(url, verifier, head, seen=0, now=served.witness._now())
        assert verifier.time_in(done.text)


def test_one_connection_serves_several_requests(served: WitnessServer):
    connection = http.client.HTTPConnection("127.0.0.1", served.server_port, timeout=5)
    for _ in range(3):
        connection.request("POST", "/add-checkpoint", b"nonsense")
        answer = connection.getresponse()
        assert (answer.status, bool(answer.read())) == (400, True)
    connection.close()


def test_what_is_not_there_and_what_is_too_large(served: WitnessServer):
    assert ask(served, "POST", "/other", b"x")[0] == 404
    assert ask(served, "GET", "/")[0] == 404
    assert ask(served, "GET", "/../witness.key")[0] == 404
    assert ask(served, "DELETE", "/add-checkpoint")[0] == 501
    with socket.create_connection(("127.0.0.1", served.server_port), 5) as client:
        client.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (LARGEST_REQUEST + 1))
        assert client.recv(4096).startswith(b"HTTP/1.1 413")
    with socket.create_connection(("127.0.0.1", served.server_port), 5) as client:
        client.sendall(b"POST /add-checkpoint HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_client_that_says_half_and_goes_costs_nothing(served: WitnessServer):
    for _ in range(40):
        with socket.create_connection(("127.0.0.1", served.server_port), 5) as client:
            client.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 500\r\n\r\nhalf")
    for _ in range(50):
        try:
            assert ask(served, "POST", "/add-checkpoint", request(0, 5))[0] in {200, 409}
            break
        except (OSError, http.client.HTTPException):
            threading.Event().wait(0.05)
    else:
        pytest.fail("The witness did not come back.")


def test_a_damaged_memory_is_an_error_and_no_cosignature(served: WitnessServer, tmp_path: Path):
    ask(served, "POST", "/add-checkpoint", request(0, 5))
    (tmp_path / "witness" / "logs" / f"{HASH}.checkpoint").write_bytes(b"")
    assert ask(served, "POST", "/add-checkpoint", request(0, 4))[0] == 500
    assert ask(served, "GET", f"/{HASH}/checkpoint")[0] == 500
