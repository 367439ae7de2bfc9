"""What `doctor` finds."""

from pathlib import Path

import pytest

from muniment.core.home import Home
from muniment.processes import health
from muniment.processes.health import Finding, State
from muniment.vault import setup
from muniment.vault.keyring import Cost
from muniment.vault.messages import Status
from muniment.vault.private import private_keeper

PASSPHRASE = b"correct horse battery staple"


@pytest.fixture
def founded(tmp_path: Path) -> Home:
    home = Home(tmp_path / "founded")
    setup.create_installation(
        home, name="Firm", passphrase=PASSPHRASE, cost=Cost(memory=64, passes=1, lanes=1)
    )
    return home


def find(home: Home) -> dict[str, Finding]:
    return {each.subject: each for each in health.examine(home)}


def test_an_installation_that_rests_is_told_so(founded: Home) -> None:
    found = find(founded)
    assert found["Server"].state is State.ATTENTION
    assert found["Keeper"].state is State.ATTENTION
    assert found["Checkpoint"].state is State.WELL
    assert found["Home"].state is State.WELL
    assert "sqlcipher3" in found["Versions"].says


def test_a_keeper_that_runs_is_seen_with_its_level(founded: Home) -> None:
    with private_keeper(founded, PASSPHRASE):
        found = find(founded)
    assert found["Keeper"].says.startswith("It holds 0 records of 1 organisation")
    assert "Level 0" in found["Separation"].says or "Level 1" in found["Separation"].says


def test_an_open_home_is_named(founded: Home) -> None:
    founded.path.chmod(0o755)
    assert find(founded)["Home"].state is State.ATTENTION


def test_nothing_there_is_trouble(home: Home) -> None:
    found = find(home)
    assert found["Home"].state is State.TROUBLE
    assert "muniment init" in found["Home"].remedy


def test_a_checkpoint_that_nobody_signed_is_trouble(founded: Home) -> None:
    (checkpoint,) = founded.path.glob("vault/*/log/checkpoint")
    checkpoint.write_text("not a note")
    assert find(founded)["Checkpoint"].state is State.TROUBLE


def test_settings_that_are_not_understood_are_trouble(founded: Home) -> None:
    founded.settings.write_text("[web]\nprot = 1\n")
    assert find(founded)["Settings"].state is State.TROUBLE


def test_level_one_needs_a_user_of_its_own_and_no_swap(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert health.separation(home, None).level == 0
    status = Status((), private=False, process=4711)
    monkeypatch.setattr(health, "_user_of", lambda process: 900 if process == 4711 else 901)
    monkeypatch.setattr(health, "_swap_bytes", lambda: 0)
    assert health.separation(home, status).level == 1
    monkeypatch.setattr(health, "_swap_bytes", lambda: 1 << 30)
    assert "swap" in health.separation(home, status).why
    monkeypatch.setattr(health, "_user_of", lambda _: 900)
    assert health.separation(home, status).level == 0


def test_folders_of_recordings_are_looked_at(founded: Home, tmp_path: Path) -> None:
    there = tmp_path / "monitor"
    there.mkdir()
    for path in (there, tmp_path / "gone"):
        founded.settings.write_text(f'[[calls.spool]]\norganisation = "org_a"\npath = "{path}"\n')
        found = find(founded)["Recordings"]
        assert str(path) in found.says
        assert found.state is (State.WELL if path == there else State.TROUBLE)
