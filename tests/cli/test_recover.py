"""`muniment recover`: shares come from files or standard input, never from the command line."""

import subprocess
from pathlib import Path

import pytest

from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.vault import setup
from muniment.vault.keyring import Keyring
from tests.installations import MUNIMENT, environment
from tests.vault.firm import CHEAP


@pytest.fixture
def shares(tmp_path: Path) -> list[str]:
    founding, _ = setup.create_installation(
        Home(tmp_path / "home"), name="Firm", passphrase=b"lost", cost=CHEAP
    )
    (tmp_path / "new").write_text("battery staple\n")
    return [share.text for share in founding.shares]


def recover(path: Path, given: str = "", *words: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*MUNIMENT, "recover", "--home", str(path / "home"), "--new-passphrase-file", str(path / "new"), *map(str, words)],
        env=environment(), input=given, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_shares_from_standard_input(tmp_path: Path, shares: list[str]) -> None:
    done = recover(tmp_path, f"{shares[2].upper()}\n\n{shares[0]}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert Keyring.unlock(Home(tmp_path / "home"), b"battery staple").organisations
    assert not any(share in done.stdout for share in shares)


def test_shares_from_files(tmp_path: Path, shares: list[str]) -> None:
    words: list[object] = []
    for number, share in enumerate(shares[:2]):
        (tmp_path / f"share{number}").write_text(f"{share}\n")
        words += ["--share-file", tmp_path / f"share{number}"]
    assert recover(tmp_path, "", *words).returncode == 0
    assert Keyring.unlock(Home(tmp_path / "home"), b"battery staple").organisations


def test_what_does_not_recover_changes_nothing(tmp_path: Path, shares: list[str]) -> None:
    founding, _ = setup.create_installation(
        Home(tmp_path / "other"), name="Other", passphrase=b"other", cost=CHEAP
    )
    foreign = "\n".join(share.text for share in founding.shares)
    assert recover(tmp_path, shares[0]).returncode == WrongUseError.exit_status
    assert recover(tmp_path, "").returncode == WrongUseError.exit_status
    slip = shares[0][:30] + ("b" if shares[0][30] == "a" else "a") + shares[0][31:]
    assert recover(tmp_path, f"{slip}\n{shares[1]}").returncode == WrongUseError.exit_status
    assert recover(tmp_path, foreign).returncode == RefusedError.exit_status
    assert (
        recover(tmp_path, "", "--share-file", tmp_path / "none").returncode == NotAvailableError.exit_status
    )
    assert Keyring.unlock(Home(tmp_path / "home"), b"lost").organisations


def test_a_rehearsal_needs_no_passphrase_and_changes_nothing(tmp_path: Path, shares: list[str]) -> None:
    def rehearse(given: str, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*MUNIMENT, "recover", "--rehearse", "--home", str(tmp_path / "home"), *words],
            env=environment(), input=given, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    before = Home(tmp_path / "home").keyring.read_bytes()
    done = rehearse(f"{shares[0]}\n{shares[2]}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "These shares would do. Nothing was changed.\n"
    assert rehearse(shares[0]).returncode == WrongUseError.exit_status
    both = rehearse("\n".join(shares), "--new-passphrase-file", str(tmp_path / "new"))
    assert both.returncode == WrongUseError.exit_status
    assert Home(tmp_path / "home").keyring.read_bytes() == before
    assert Keyring.unlock(Home(tmp_path / "home"), b"lost").organisations
