"""`muniment key`: a pair for a person; a turn of the epoch by hand."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from muniment.cli import key
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.vault import setup
from muniment.vault.authority import keyfile
from tests.vault.firm import CHEAP, PASSPHRASE


def test_a_new_key_pair(tmp_path: Path) -> None:
    done = CliRunner().invoke(key.app, ["new", str(tmp_path / "anna"), "--person", "per_a"])
    made = keyfile.read_private(tmp_path / "anna")
    assert done.exit_code == 0
    assert made.key in done.stdout
    assert made.person == "per_a"
    assert made.private.hex() not in done.stdout
    assert keyfile.read_public(tmp_path / "anna.pub") == made.public


def test_the_epoch_turns_by_hand(tmp_path: Path) -> None:
    home, secret = Home(tmp_path / "home"), tmp_path / "passphrase"
    secret.write_bytes(PASSPHRASE)
    founding, _ = setup.create_installation(home, name="Firm", passphrase=PASSPHRASE, cost=CHEAP)
    words = ["turn", "--home", str(home.path), "--passphrase-file", str(secret), "--json"]
    done = CliRunner().invoke(key.app, words, catch_exceptions=False)
    assert json.loads(done.stdout) == {"epochs": {founding.organisation: 2}}
    with pytest.raises(WrongUseError):
        CliRunner().invoke(key.app, [*words, "--organisation", "org_other"], catch_exceptions=False)
