"""Two users, or one for all; a home is handed out by root only, and only our own users may speak."""

import os
import socket
from pathlib import Path

import pytest
from pydantic import ValidationError

from muniment.core import parting
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.core.parting import Parting
from muniment.core.settings import ProcessSettings


def test_nobody_is_parted_unless_the_settings_say_so(tmp_path: Path) -> None:
    assert parting.of(Home(tmp_path)) is None


def test_two_users_are_found_by_name() -> None:
    found = parting.parting(ProcessSettings(keeper="daemon", others="nobody"))
    assert found
    assert found.user_of("keeper") == found.keeper != found.others == found.user_of("web")


@pytest.mark.parametrize(
    ("keeper", "others"), [("root", "nobody"), ("nobody", "nobody"), ("no-such-user", "nobody")]
)
def test_root_one_for_both_and_nobody_are_refused(keeper: str, others: str) -> None:
    with pytest.raises(WrongUseError):
        parting.parting(ProcessSettings(keeper=keeper, others=others))


def test_one_user_alone_is_refused() -> None:
    with pytest.raises(ValidationError):
        ProcessSettings(keeper="daemon")


def test_only_root_hands_a_home_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NotAvailableError, match="root only"):
        parting.hand_out(Home(tmp_path), Parting(1, 2, 3))


def test_a_home_whose_sockets_would_lie_elsewhere_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(NotAvailableError, match="too long"):
        parting.hand_out(Home(tmp_path / ("a" * 120)), Parting(1, 2, 3))


@pytest.mark.skipif(os.geteuid() != 0, reason="This machine's user is not root, who alone gives files away.")
def test_a_home_is_handed_out_and_links_are_not_followed(tmp_path: Path) -> None:
    home, outside = Home(tmp_path / "h"), tmp_path / "outside"
    pack = home.vault("org_a") / "packs" / "000001.pack"
    pack.parent.mkdir(parents=True)
    pack.write_bytes(b"sealed")
    outside.write_bytes(b"another's")
    (pack.parent / "link").symlink_to(outside)
    (home.path / "catalogue").mkdir()
    home.keyring.parent.mkdir()
    home.keyring.write_bytes(b"keys")
    parting.hand_out(home, Parting(keeper=61001, others=61002, group=61003))
    assert owner(pack) == (61001, 61003, 0o640)
    assert owner(pack.parent) == (61001, 61003, 0o750)
    assert owner(home.keyring) == (61001, 61003, 0o600)
    assert owner(home.catalogue.parent) == (61002, 61003, 0o700)
    assert owner(home.path) == (0, 61003, 0o710)
    assert owner(outside)[0] == os.getuid()


@pytest.mark.skipif(os.geteuid() != 0, reason="This machine's user is not root, who alone gives files away.")
def test_a_file_with_a_second_name_elsewhere_is_not_given_away(tmp_path: Path) -> None:
    home = Home(tmp_path / "h")
    (home.path / "catalogue").mkdir(parents=True)
    (tmp_path / "theirs").write_bytes(b"another's")
    (home.path / "catalogue" / "muniment.db").hardlink_to(tmp_path / "theirs")
    with pytest.raises(NotAvailableError, match="second name"):
        parting.hand_out(home, Parting(keeper=61001, others=61002, group=61003))


@pytest.mark.parametrize(("parted", "allowed"), [(None, True), (Parting(1, 2, 3), True)])
def test_our_own_user_may_speak(parted: Parting | None, allowed: bool) -> None:
    here, there = socket.socketpair()
    with here, there:
        assert parting.may_speak(here, parted) is allowed


def test_others_may_not_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = socket.socketpair()
    mine = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: mine + 1)
    with here, there:
        assert not parting.may_speak(here, None)
        assert not parting.may_speak(here, Parting(mine + 2, mine + 3, 0)) or mine == 0


def owner(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_uid, found.st_gid, found.st_mode & 0o7777
