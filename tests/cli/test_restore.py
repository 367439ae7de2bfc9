"""`muniment restore` refuses what would read as a rollback. What it does otherwise is in test_backup."""

from pathlib import Path

import pytest

from muniment.cli import backup, restore
from muniment.core.errors import RefusedError
from muniment.core.home import Home
from muniment.vault.keyring import Keyring
from tests.cli.test_backup import organisation, run, words
from tests.vault.firm import PASSPHRASE

__all__ = ["organisation", "words"]


def test_a_checkpoint_beyond_the_backup_refuses_it(
    tmp_path: Path, words: list[str], organisation: str
) -> None:
    where, home = str(tmp_path / "backup"), tmp_path / "home"
    run(backup.command, where, "--home", str(home), *words)
    signer = Keyring.unlock(Home(home), PASSPHRASE).ledger_signer(organisation)
    (tmp_path / "kept").write_text(signer.sign(99, bytes(32)))
    with pytest.raises(RefusedError, match="is signed"):
        run(
            restore.command,
            where,
            "--home",
            str(tmp_path / "new"),
            "--checkpoint",
            str(tmp_path / "kept"),
            *words,
        )
    assert not (tmp_path / "new").exists()
