"""`muniment witness`: from a new key to a head that is cosigned and remembered, also after a kill."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from muniment.cli.main import build
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.vault.anchors.cosignature import WitnessVerifier
from tests.vault.witness.test_record import LEDGER, request


def run(*words: object) -> Result:
    arguments = ["witness", *map(str, words)]
    return CliRunner().invoke(build(arguments), arguments)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ledger-key").write_text(f"{LEDGER.verifier.text}\n")
    assert run("new", tmp_path / "w", "--name", "witness.example/w1").exit_code == 0
    assert run("trust", tmp_path / "w", tmp_path / "ledger-key").exit_code == 0
    return tmp_path / "w"


def ask(port: int, body: bytes) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("POST", "/add-checkpoint", body)
    status = connection.getresponse().status
    connection.close()
    return status


def start(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable,
        "-c",
        "from muniment.cli.main import run; run()",
        "witness",
        "serve",
        str(folder),
    ]
    child = subprocess.Popen([*command, "--listen", f"127.0.0.1:{port}"], stdout=subprocess.PIPE)
    for _ in range(200):
        try:
            ask(port, b"")
        except OSError:
            time.sleep(0.05)
        else:
            return child
    child.kill()
    raise AssertionError("The witness does not answer.")


def test_a_key_is_shown_as_ledgers_take_it(folder: Path):
    assert WitnessVerifier.parse(run("key", folder).stdout).name == "witness.example/w1"


def test_it_remembers_across_a_kill_and_ends_when_told(folder: Path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    child = start(folder, port)
    assert ask(port, request(0, 5)) == 200
    os.kill(child.pid, signal.SIGKILL)
    child.wait(10)
    child = start(folder, port)
    assert ask(port, request(0, 4)) == 409
    assert ask(port, request(5, 9)) == 200
    child.send_signal(signal.SIGTERM)
    assert child.wait(10) == 0


def test_what_is_wrong_is_said(folder: Path, tmp_path: Path):
    assert isinstance(run("new", folder, "--name", "x").exception, WrongUseError)
    assert isinstance(run("key", tmp_path / "none").exception, NotAvailableError)
    assert isinstance(run("trust", folder, tmp_path / "none").exception, NotAvailableError)
    assert isinstance(run("serve", folder, "--listen", "nowhere").exception, WrongUseError)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert isinstance(run("serve", folder, "--listen", address).exception, NotAvailableError)
