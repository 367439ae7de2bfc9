"""`muniment init`: asks nothing, shows once what people must keep."""

import json
from pathlib import Path

import pytest

from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.vault.authority import keyfile
from muniment.vault.keyring import Keyring
from tests.installations import muniment


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    (tmp_path / "passphrase").write_text("correct horse\n")
    return [
        "--home",
        str(tmp_path / "home"),
        "--organisation",
        "Firm",
        "--passphrase-file",
        str(tmp_path / "passphrase"),
    ]


def test_links_and_shares_are_shown(tmp_path: Path, arguments: list[str]) -> None:
    done = muniment("init", *arguments, "--custodian", "Ann", "--custodian", "Bob")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("http://localhost:8420/enrol/org_") == 2
    assert "Ann: muniment-share-1-" in done.stdout
    assert "Bob: muniment-share-1-" in done.stdout
    assert Keyring.unlock(Home(tmp_path / "home"), b"correct horse").organisations


def test_the_shares_recover_and_keys_replace_links(tmp_path: Path, arguments: list[str]) -> None:
    for name in ("ann", "bob"):
        keyfile.write(tmp_path / name, keyfile.generate())
    given = [word for name in ("ann", "bob") for word in ("--authority", f"{name}={tmp_path / name}.pub")]
    done = muniment("init", *arguments, *given, "--json")
    printed = json.loads(done.stdout)
    assert printed["enrolment_links"] == {}
    assert set(printed["account_links"]) == {"ann", "bob"}
    assert set(printed["authorities"]) == {"ann", "bob"}
    home = Home(tmp_path / "home")
    recovered = Keyring.recover(home, list(printed["recovery_shares"].values())[:2], b"new")
    assert recovered.organisations == (printed["organisation"],)


@pytest.mark.parametrize("wrong", ["ann", "=file", "ann="])
def test_an_authority_that_says_nothing(arguments: list[str], wrong: str) -> None:
    done = muniment("init", *arguments, "--authority", wrong)
    assert done.returncode == WrongUseError.exit_status
    assert "does not say NAME=PUBLIC_KEY_FILE" in done.stderr


def test_a_second_time_is_refused_and_changes_nothing(tmp_path: Path, arguments: list[str]) -> None:
    muniment("init", *arguments)
    before = {path: path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file()}
    done = muniment("init", *arguments)
    assert done.returncode == WrongUseError.exit_status
    assert {path: path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file()} == before


def test_without_a_passphrase_nothing_is_asked_and_nothing_made(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "passphrase").unlink()
    assert muniment("init", *arguments).returncode == NotAvailableError.exit_status
    assert not (tmp_path / "home").exists()
