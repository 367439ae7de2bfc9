"""`muniment key new`."""

from pathlib import Path

from typer.testing import CliRunner

from muniment.cli import key
from muniment.vault.authority import keyfile


def test_a_new_key_pair(tmp_path: Path) -> None:
    done = CliRunner().invoke(key.app, ["new", str(tmp_path / "anna"), "--person", "per_a"])
    made = keyfile.read_private(tmp_path / "anna")
    assert done.exit_code == 0
    assert made.key in done.stdout
    assert made.person == "per_a"
    assert made.private.hex() not in done.stdout
    assert keyfile.read_public(tmp_path / "anna.pub") == made.public
