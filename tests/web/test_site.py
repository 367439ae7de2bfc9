"""The `[web]` table of the settings file."""

import pytest

from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.web.site import Site, read_site
from muniment.web.site import home as named_home


def test_without_a_file_the_site_is_local(home: Home) -> None:
    assert read_site(home) == Site()
    assert Site().origins == ("http://localhost:8420",)


def test_a_file_names_hosts_and_the_variable_wins_over_its_port(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.settings.write_text('[web]\nhosts = ["records.example"]\nsecure = true\nport = 9000\n')
    assert read_site(home).origins == ("https://records.example",)
    monkeypatch.setenv("MUNIMENT_PORT", "9001")
    assert read_site(home).port == 9001


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[web", "is not TOML"),
        ("[web]\nport = 'high'\n", "web.port"),
        ("[web]\ncolour = 'red'\n", "web.colour"),
    ],
)
def test_a_wrong_file_is_named_with_its_fault(home: Home, text: str, words: str) -> None:
    home.settings.write_text(text)
    with pytest.raises(WrongUseError, match=words):
        read_site(home)


def test_the_home_is_where_the_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("MUNIMENT_HOME", str(tmp_path))
    assert named_home().path == tmp_path
    monkeypatch.delenv("MUNIMENT_HOME")
    assert named_home().path.parts[-2:] == ("var", "demo")
