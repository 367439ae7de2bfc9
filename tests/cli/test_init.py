"""`muniment init`: asks nothing, shows once what people must keep."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from muniment.cli import init
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.vault.authority import keyfile
from muniment.vault.keyring import Keyring

APP = typer.Typer()
APP.command()(init.command)


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
    done = CliRunner().invoke(APP, [*arguments, "--custodian", "Ann", "--custodian", "Bob"])
    assert done.exit_code == 0, done.output
    assert done.stdout.count("http://localhost:8420/enrol/org_") == 2
    assert "Ann: muniment-share-1-" in done.stdout
    assert "Bob: muniment-share-1-" in done.stdout
    assert Keyring.unlock(Home(tmp_path / "home"), b"correct horse").organisations


def test_the_shares_recover_and_keys_replace_links(tmp_path: Path, arguments: list[str]) -> None:
    for name in ("ann", "bob"):
        keyfile.write(tmp_path / name, keyfile.generate())
    given = [word for name in ("ann", "bob") for word in ("--authority", f"{name}={tmp_path / name}.pub")]
    done = CliRunner().invoke(APP, [*arguments, *given, "--json"])
    printed = json.loads(done.stdout)
    assert printed["enrolment_links"] == {}
    assert set(printed["authorities"]) == {"ann", "bob"}
    home = Home(tmp_path / "home")
    recovered = Keyring.recover(home, list(printed["recovery_shares"].values())[:2], b"new")
    assert recovered.organisations == (printed["organisation"],)


@pytest.mark.parametrize("wrong", ["ann", "=file", "ann="])
def test_an_authority_that_says_nothing(arguments: list[str], wrong: str) -> None:
    done = CliRunner().invoke(APP, [*arguments, "--authority", wrong])
    assert isinstance(done.exception, WrongUseError)


def test_a_second_time_is_refused(arguments: list[str]) -> None:
    CliRunner().invoke(APP, arguments)
    assert isinstance(CliRunner().invoke(APP, arguments).exception, WrongUseError)
