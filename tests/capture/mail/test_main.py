"""The daemon as a process, with the real keeper: what was answered 250 is in the vault."""

import json
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.vault import handover, setup
from muniment.vault.client import doors
from muniment.vault.keyring import UnlockedKeyring
from tests.vault.firm import CHEAP, PASSPHRASE

LETTER = b"Subject: quincecanary\r\n\r\nbody\r\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def installed(home: Home, port: int) -> tuple[str, UnlockedKeyring]:
    founding, keyring = setup.create_installation(home, name="Firm", passphrase=PASSPHRASE, cost=CHEAP)
    home.settings.write_text(
        f'[[smtp]]\norganisation = "{founding.organisation}"\nlisten = "127.0.0.1:{port}"\n'
    )
    return founding.organisation, keyring


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def keeper(home: Home, keyring: UnlockedKeyring) -> Iterator["subprocess.Popen[bytes]"]:
    child = handover.spawn(
        [sys.executable, "-m", "muniment.vault.keeper.main", str(home.path)], keyring.keeper_keys()
    )
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(30)


@contextmanager
def daemon(home: Home) -> Iterator["subprocess.Popen[bytes]"]:
    child = subprocess.Popen(
        [sys.executable, "-m", "muniment.capture.mail.main", home.path], stderr=subprocess.PIPE
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait(30)


def delivered(port: int, *, until: float = 30.0) -> str:
    """Deliver a letter, again and again until it is kept; the record's id."""
    end = time.monotonic() + until
    while True:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
                client.ehlo()
                client.mail("ann@x")
                client.rcpt("bob@x")
                code, reply = client.data(LETTER)
                if code == 250:
                    return reply.split()[-1].decode()
        except (OSError, smtplib.SMTPException):
            pass
        assert time.monotonic() < end
        time.sleep(0.05)


def records(home: Home) -> int:
    try:
        return sum(each.records for each in doors(home).desk.status().organisations)
    except NotAvailableError:
        return -1


def test_it_waits_for_a_keeper_that_comes_later_and_finds_it_again_when_it_was_killed(home: Home) -> None:
    port = free_port()
    _, keyring = installed(home, port)
    with daemon(home) as child:
        with pytest.raises(AssertionError):
            delivered(port, until=2)
        for round_number in range(1, 4):
            with keeper(home, keyring) as process:
                assert delivered(port).startswith("rec_")
                assert records(home) == round_number
                process.kill()
        child.send_signal(signal.SIGTERM)
        assert child.wait(30) == 0
        assert child.stderr is not None
        log = child.stderr.read()
    assert json.loads(log.splitlines()[-1])["kept"] == 3
    assert b"quincecanary" not in log
    assert b"ann@x" not in log


@pytest.mark.parametrize("settings", ["", "[[smtp]]\n", "["])
def test_without_a_listener_it_says_what_to_do(home: Home, settings: str) -> None:
    installed(home, 0)
    home.settings.write_text(settings)
    with daemon(home) as child:
        assert child.wait(30) == 2
        assert child.stderr is not None
        assert b"muniment.toml" in child.stderr.read()


def test_a_port_that_is_taken_is_said(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        installed(home, taken.getsockname()[1])
        with daemon(home) as child:
            assert child.wait(30) == 4
            assert child.stderr is not None
            assert b"port" in child.stderr.read()
