"""A disk that is full, and one that cannot be written: a clear answer, nothing lost, and back by itself."""

import os
import smtplib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from muniment.core.errors import NotAvailableError
from tests.faults.test_kills import originals
from tests.installations import Installation, Served, found, muniment, until

VOLUME_BYTES = 40 << 20
BALLAST_BYTES = 12 << 20
TRIED_AGAIN = range(400, 500)  # what makes a sender keep its message and try again (RFC 5321 section 4.2.1)


@pytest.fixture
def volume(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    path = tmp_path / "volume"
    path.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={VOLUME_BYTES},mode=0700", "tmpfs", str(path)],
        capture_output=True,
        check=False,
    )
    if made.returncode != 0:
        pytest.skip("This machine does not let this user mount a file system.")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def message(number: int) -> bytes:
    lines = os.urandom(60_000).hex()
    text = "\r\n".join(lines[at : at + 76] for at in range(0, len(lines), 76))
    return f"Subject: number {number}\r\nFrom: a@b.example\r\n\r\n{text}\r\n".encode()


class Sender:
    """A mail server's side of one connection after another; what was kept, and what it was told."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.kept: list[bytes] = []
        self.told: list[int] = []

    def send(self) -> int:
        """Offer one message; the code of the answer."""
        offered = message(len(self.told))
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as server:
                server.sendmail("a@b.example", ["journal@b.example"], offered)
            code = 250
        except smtplib.SMTPResponseException as error:
            code = error.smtp_code
        except smtplib.SMTPRecipientsRefused as error:
            [(code, _)] = error.recipients.values()
        except (OSError, smtplib.SMTPServerDisconnected):
            code = 421
        if code == 250:
            self.kept.append(offered)
        self.told.append(code)
        return code


def fill(served: Served, sender: Sender) -> None:
    for _ in range(2000):
        if sender.send() != 250:
            return
    pytest.fail("the disk never was full")


def test_a_full_disk_makes_senders_wait_and_loses_nothing(volume: Path) -> None:
    ballast = volume / "ballast"
    made = found(volume)
    with made.serving() as served:
        ballast.write_bytes(bytes(BALLAST_BYTES))
        sender = Sender(made.mail_port)
        fill(served, sender)
        for _ in range(30):
            sender.send()
        assert [code for code in sender.told if code != 250 and code not in TRIED_AGAIN] == []
        assert served.process.poll() is None
        ballast.unlink()
        until(lambda: sender.send() == 250, seconds=60, pause=0.5)
        for _ in range(5):
            assert sender.send() == 250
        until(lambda: caught_up(made), seconds=60, pause=0.3)
        assert made.verify()["faults"] == []
    report = made.verify(*made.deep())
    assert report["faults"] == []
    held = originals(made)
    assert [each[:30] for each in sender.kept if each not in held] == []


def caught_up(made: Installation) -> bool:
    from tests.faults.test_kills import rows  # noqa: PLC0415

    return rows(made)[0] >= records(made)


def records(made: Installation) -> int:
    from tests.faults.test_kills import records as count  # noqa: PLC0415

    return count(made)


@pytest.fixture
def read_only(volume: Path) -> Iterator[Installation]:
    """An installation on a disk that has been mounted so that nothing can be written."""
    made = found(volume)
    subprocess.run(["mount", "-o", "remount,ro", str(volume)], check=True)
    yield made
    subprocess.run(["mount", "-o", "remount,rw", str(volume)], check=True)


def test_on_a_read_only_disk_each_command_says_so(read_only: Installation, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"Subject: s\n\nbody\n")
    for verb, *words in (("serve",), ("import", tmp_path / "a.eml")):
        done = read_only.run(verb, *words)
        assert done.returncode == NotAvailableError.exit_status, (verb, done.stderr)
        assert "Traceback" not in done.stderr
        assert "ead-only" in done.stderr, (verb, done.stderr)
    inside = read_only.home.path / "inner"
    done = muniment(
        "init", "--home", inside, "--organisation", "F", "--passphrase-file", read_only.passphrase_file
    )
    assert done.returncode == NotAvailableError.exit_status, done.stderr
    assert "Traceback" not in done.stderr


def test_a_read_only_home_can_be_verified(read_only: Installation) -> None:
    assert read_only.verify()["faults"] == []
