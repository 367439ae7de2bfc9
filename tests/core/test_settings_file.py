"""Settings that change while a process runs: another file is read, a broken one changes nothing."""

from pathlib import Path

import pytest

from muniment.core.home import Home
from muniment.core.settings_file import SettingsFile


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    home = Home(tmp_path)
    home.settings.write_text("[calls]\nmost_calls = 7\n")
    return SettingsFile.of(home)


def test_the_same_file_is_no_news(file: SettingsFile) -> None:
    assert not file.look()
    assert file.settings.calls.most_calls == 7


def test_another_file_is_read_however_it_came_there(file: SettingsFile, tmp_path: Path) -> None:
    file.home.settings.write_text("[calls]\nmost_calls = 8\n# written in place\n")
    assert file.look()
    assert file.settings.calls.most_calls == 8
    aside = tmp_path / "aside"
    aside.write_text("[calls]\nmost_calls = 9\n")
    aside.replace(file.home.settings)
    assert file.look()
    assert (file.settings.calls.most_calls, file.fault) == (9, "")


@pytest.mark.parametrize(
    ("text", "says"), [("[calls", "is not TOML"), ("[calls]\nmost_call = 8\n", "not understood")]
)
def test_a_broken_one_is_said_once_and_what_held_before_holds_on(
    file: SettingsFile, text: str, says: str
) -> None:
    file.home.settings.write_text(text)
    assert file.look()
    assert says in file.fault
    assert file.settings.calls.most_calls == 7
    assert not file.look()
    file.home.settings.write_text("[calls]\nmost_calls = 8\n")
    assert file.look()
    assert (file.fault, file.settings.calls.most_calls) == ("", 8)


def test_one_that_is_gone_is_no_empty_one(file: SettingsFile) -> None:
    file.home.settings.unlink()
    assert file.look()
    assert "gone" in file.fault
    assert file.settings.calls.most_calls == 7
