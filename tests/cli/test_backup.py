"""`muniment backup`, its drill, and `muniment restore`, while a server or none runs."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from muniment.cli import backup, restore
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.vault import setup
from muniment.vault.verify import verify
from tests.vault.firm import CHEAP, PASSPHRASE


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    (tmp_path / "passphrase").write_bytes(PASSPHRASE)
    return ["--passphrase-file", str(tmp_path / "passphrase"), "--json"]


@pytest.fixture
def organisation(tmp_path: Path) -> str:
    founding, _ = setup.create_installation(
        Home(tmp_path / "home"), name="Firm", passphrase=PASSPHRASE, cost=CHEAP
    )
    return founding.organisation


def run(command: object, *words: str) -> tuple[int, dict[str, object]]:
    app = typer.Typer()
    app.command()(command)  # type: ignore[type-var]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    return done.exit_code, json.loads(done.stdout)


def test_back_up_rehearse_and_restore(tmp_path: Path, words: list[str], organisation: str) -> None:
    where, home = str(tmp_path / "backup"), str(tmp_path / "home")
    status, made = run(backup.command, where, "--home", home, *words)
    assert (status, made["entries"]) == (0, {organisation: 2})
    status, drill = run(backup.command, "drill", where, *words)
    assert (status, drill["passed"]) == (0, True)
    status, done = run(restore.command, where, "--home", str(tmp_path / "new"), *words)
    assert (status, done["generation"]) == (0, made["generation"])
    assert verify(Home(tmp_path / "new").vault(organisation), organisation).faults == ()


def test_wrong_use_is_said(tmp_path: Path, words: list[str], organisation: str) -> None:
    where, home = str(tmp_path / "backup"), str(tmp_path / "home")
    with pytest.raises(WrongUseError, match="one folder"):
        run(backup.command, where, *words)
    run(backup.command, where, "--home", home, *words)
    with pytest.raises(WrongUseError, match="not empty"):
        run(restore.command, where, "--home", home, *words)
    (tmp_path / "passphrase").write_bytes(b"wrong")
    with pytest.raises(RefusedError):
        run(restore.command, where, "--home", str(tmp_path / "new"), *words)
