"""`muniment announcement`: what a person at the machine's own command line does with recording notices."""

import json
from pathlib import Path

import pytest

from muniment.cli import announcement
from muniment.core.errors import WrongUseError
from tests.governance.test_announcements import SOUND
from tests.installations import Installation, found


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return found(tmp_path_factory.mktemp("announcing"), mail=False)


def test_it_is_published_listed_shown_and_heard(installation: Installation, tmp_path: Path) -> None:
    file, heard = tmp_path / "welcome.wav", tmp_path / "heard.wav"
    file.write_bytes(SOUND)
    added = installation.run(
        "announcement", "add", file, "--name", "welcome", "--text", "This call is recorded.", "--line", "201"
    )
    assert added.returncode == 0, added.stderr
    assert "welcome, version 1 (en-GB), 2.0 s" in added.stdout
    listed = installation.run("announcement", "list", "--json")
    (one,) = json.loads(listed.stdout)["announcements"]
    assert (one["version"], one["lines"], one["made_by"]) == (1, ["201"], "")
    shown = installation.run("announcement", "show", "welcome", "--sound", heard)
    assert one["record"] in shown.stdout
    assert heard.read_bytes() == SOUND
    assert "played now, lines 201" in installation.run("announcement", "list").stdout
    missing = installation.run("announcement", "show", "other")
    assert missing.returncode == WrongUseError.exit_status
    assert installation.verify(*installation.deep())["faults"] == []


def test_what_is_no_sound_is_refused_in_words(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "bad.wav"
    file.write_bytes(b"RIFF")
    done = installation.run("announcement", "add", file, "--name", "bad", "--text", "x")
    assert done.returncode == WrongUseError.exit_status
    assert "no WAV file" in done.stderr
    gone = installation.run("announcement", "add", tmp_path / "none.wav", "--name", "bad", "--text", "x")
    assert "cannot be read" in gone.stderr


def test_what_is_no_day_is_refused() -> None:
    with pytest.raises(WrongUseError, match="no day"):
        announcement._day("soon")
