"""`muniment backup`, its drill, and `muniment restore`, while a server or none runs."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from muniment.cli import backup, restore
from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.vault import setup
from muniment.vault.verify import verify
from tests.vault.backup.store import Store
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
    with pytest.raises(WrongUseError, match="one place"):
        run(backup.command, where, *words)
    run(backup.command, where, "--home", home, *words)
    with pytest.raises(WrongUseError, match="not empty"):
        run(restore.command, where, "--home", home, *words)
    (tmp_path / "passphrase").write_bytes(b"wrong")
    with pytest.raises(RefusedError):
        run(restore.command, where, "--home", str(tmp_path / "new"), *words)


def test_the_place_may_stand_in_the_settings(tmp_path: Path, words: list[str], organisation: str) -> None:
    home = tmp_path / "home"
    (home / "muniment.toml").write_text(f'[backup]\ndestination = "{tmp_path}/backup"\ndays = 3\n')
    status, made = run(backup.command, "--home", str(home), *words)
    assert (status, made["entries"]) == (0, {organisation: 2})
    assert 2 * 24 * 3600 < int(str(made["expires"])) - clock.seconds() <= 3 * 24 * 3600
    status, drill = run(backup.command, "drill", "--home", str(home), *words)
    assert (status, drill["passed"]) == (0, True)


def test_to_a_bucket_and_back(tmp_path: Path, words: list[str], organisation: str, s3_store: Store) -> None:
    bucket, home = s3_store.bucket(lock=True), str(tmp_path / "home")
    there = [bucket.title, "--endpoint", s3_store.endpoint, "--region", "eu-central-1", *words]
    status, made = run(backup.command, *there, "--home", home, "--lock-days", "40")
    assert (status, made["entries"]) == (0, {organisation: 2})
    status, drill = run(backup.command, "drill", *there, "--lock-days", "40", "--scratch", str(tmp_path))
    assert (status, drill["passed"]) == (0, True)
    status, done = run(restore.command, *there, "--home", str(tmp_path / "new"))
    assert (status, done["generation"]) == (0, made["generation"])


def test_what_a_drill_found_unlocked_is_said(
    tmp_path: Path, words: list[str], organisation: str, s3_store: Store
) -> None:
    bucket = s3_store.bucket(lock=True)
    there = [bucket.title, "--endpoint", s3_store.endpoint, *words]
    run(backup.command, *there, "--home", str(tmp_path / "home"))
    app = typer.Typer()
    app.command()(backup.command)
    drill = ["drill", *there[:-1], "--lock-days", "40", "--scratch", str(tmp_path)]
    done = CliRunner().invoke(app, drill)
    assert done.exit_code == 1
    assert "lock-lapsed" in done.stdout
