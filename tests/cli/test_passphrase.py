"""`muniment passphrase`."""

from pathlib import Path

from muniment.core.errors import RefusedError
from muniment.core.home import Home
from muniment.vault import setup
from muniment.vault.keyring import Keyring
from tests.installations import muniment
from tests.vault.firm import CHEAP


def test_it_replaces_the_passphrase(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    setup.create_installation(home, name="Firm", passphrase=b"correct horse", cost=CHEAP)
    for name, text in (("old", "correct horse\n"), ("new", "battery staple\n")):
        (tmp_path / name).write_text(text)
    words = ("passphrase", "--home", home.path, "--new-passphrase-file", tmp_path / "new")
    done = muniment(*words, "--passphrase-file", tmp_path / "old")
    assert (done.returncode, done.stderr) == (0, "")
    assert Keyring.unlock(home, b"battery staple").organisations
    again = muniment(*words, "--passphrase-file", tmp_path / "old")
    assert again.returncode == RefusedError.exit_status
    assert "battery" not in done.stdout + again.stdout + again.stderr
