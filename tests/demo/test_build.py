"""Making a demo: only in an empty home, whole or not at all, and private to its owner."""

import stat
import tomllib

import pytest

from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.demo import build
from muniment.demo.card import Ports
from tests.demo.conftest import Running

PORTS = Ports(8420, 8425)


def test_a_home_with_anything_else_in_it_is_left_alone(home: Home) -> None:
    (home.path / "thesis.txt").write_text("mine")
    with pytest.raises(WrongUseError, match="no demo"):
        build.ensure(home, PORTS, print)
    assert (home.path / "thesis.txt").read_text() == "mine"


def test_what_was_cut_short_is_cleared_and_made_anew(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    (home.path / build.PASSPHRASE).write_bytes(b"of the first try")
    (home.path / "vault" / "org_x").mkdir(parents=True)
    seen: list[list[str]] = []

    def build_again(place: Home, _: object) -> None:
        seen.append(sorted(path.name for path in place.path.iterdir()))
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "build", build_again)
    with pytest.raises(KeyboardInterrupt):
        build.ensure(home, PORTS, print)
    assert seen == [[]]


def test_secrets_are_for_the_owner_alone(running: Running) -> None:
    home = running.home
    for path in (home.path, home.keyring.parent):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    for path in (home.demo, home.path / build.PASSPHRASE, home.keyring):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_settings_are_written_with_a_listener_for_each_organisation(running: Running) -> None:
    written = tomllib.loads(running.home.settings.read_text())
    assert [each["organisation"] for each in written["smtp"]] == [
        each.organisation for each in running.card.organisations
    ]


def test_it_takes_seconds(running: Running) -> None:
    assert any(line.startswith("The demo is made, in ") for line in running.printed)
