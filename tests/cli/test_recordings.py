"""`muniment import` on recordings, on a real installation with a real keeper."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from muniment.cli import recordings
from muniment.cli.main import build
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.vault import setup
from muniment.vault.client import connect
from tests.capture.calls.spool.samples import sound
from tests.capture.calls.spool.test_asterisk import FREEPBX
from tests.capture.calls.spool.test_matching import NAMED
from tests.vault.firm import CHEAP

PASSPHRASE = b"correct horse"


@pytest.fixture
def installation(tmp_path: Path) -> tuple[Home, Path]:
    """A home and its passphrase file."""
    home, secret = Home(tmp_path / "home"), tmp_path / "passphrase"
    secret.write_bytes(PASSPHRASE)
    setup.create_installation(home, name="Firm", passphrase=PASSPHRASE, cost=CHEAP)
    return home, secret


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "monitor"
    path.mkdir()
    (path / NAMED).write_bytes(sound(1))
    (path / "lonely.wav").write_bytes(sound(2))
    (path / "Master.csv").write_text(
        FREEPBX + FREEPBX.splitlines()[1].replace("1772359200.1", "1772360000.1") + "\n"
    )
    for one in path.iterdir():
        os.utime(one, (1, 1))
    return path


def run(home: Home, secret: Path, *words: object) -> Result:
    arguments = ["import", "--home", str(home.path), "--passphrase-file", str(secret), *map(str, words)]
    return CliRunner().invoke(build(arguments), arguments)


def test_recordings_are_sealed_once_and_orphans_named(installation: tuple[Home, Path], folder: Path) -> None:
    home, secret = installation
    first = run(home, secret, folder, "--json", "--source", "pbx")
    assert first.exit_code == 0, first.output
    said = json.loads(first.stdout)
    assert (said["seen"], said["sealed"], said["failed"]) == (2, 2, 0)
    assert said["without_account"] == [str(folder / "lonely.wav")]
    assert said["unrecorded_count"] == 1
    second = json.loads(run(home, secret, folder, "--json").stdout)
    assert (second["sealed"], second["already_held"]) == (0, 2)
    with connect(home, PASSPHRASE) as doors:
        assert sum(each.records for each in doors.desk.status().organisations) == 2


def test_people_read_it_in_words(installation: tuple[Home, Path], folder: Path) -> None:
    home, secret = installation
    said = run(home, secret, folder).stdout
    assert "2 recordings seen: 2 sealed" in said
    assert "1 without an account of the switch:" in said
    assert "1 answered calls of which no recording was found:" in said


def test_mail_and_recordings_in_one_command(
    installation: tuple[Home, Path], folder: Path, tmp_path: Path
) -> None:
    home, secret = installation
    letter = tmp_path / "a.eml"
    letter.write_bytes(b"Subject: x\r\n\r\n")
    said = json.loads(run(home, secret, letter, folder, "--json").stdout)
    assert (said["mail"]["sealed"], said["calls"]["sealed"]) == (1, 2)


def test_no_word_of_names_and_no_sound_rests_in_the_home(
    installation: tuple[Home, Path], folder: Path
) -> None:
    home, secret = installation
    run(home, secret, folder)
    held = b"".join(path.read_bytes() for path in home.path.rglob("*") if path.is_file())
    for trace in (b"01632960001", b"lonely.wav", sound(1)[:60]):
        assert trace not in held


def test_a_kind_or_a_mapping_that_there_is_not_is_said(installation: tuple[Home, Path], folder: Path) -> None:
    home, secret = installation
    with pytest.raises(WrongUseError, match="no kind of recordings"):
        recordings.kind_of("wax")
    assert isinstance(run(home, secret, folder, "--mapping", "none").exception, WrongUseError)
    assert isinstance(run(home, secret, folder, "--zone", "Mars/Olympus").exception, WrongUseError)
