"""`muniment restore` refuses what would read as a rollback, unless two signed. The rest is in test_backup."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from muniment.cli import backup, restore
from muniment.core.errors import RefusedError
from muniment.core.home import Home
from muniment.vault.authority import signing
from muniment.vault.keyring import Keyring
from muniment.vault.verify import verify
from tests.cli.test_backup import organisation, run, words
from tests.vault.firm import PASSPHRASE, Firm

__all__ = ["organisation", "words"]


def said(command: object, *words: str) -> str:
    """What a command prints for people; it must have been right."""
    app = typer.Typer()
    app.command()(command)  # type: ignore[type-var]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


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


def test_what_is_lost_is_written_to_be_signed_and_restored_with_two_signatures(tmp_path: Path) -> None:
    firm = Firm(tmp_path)
    firm.seal(b"kept")
    firm.keeper.close()
    (tmp_path / "secret").write_bytes(PASSPHRASE)
    words = ["--passphrase-file", str(tmp_path / "secret")]
    said(backup.command, str(tmp_path / "backup"), "--home", str(firm.home.path), *words)
    firm.keeper = firm.start()
    firm.seal(b"lost")
    room = firm.keeper.room(firm.organisation)
    (tmp_path / "newest").write_text(room.alone(lambda: room.store.checkpoint_text))
    firm.keeper.close()
    restoring = [str(tmp_path / "backup"), "--home", str(tmp_path / "new")]
    restoring += ["--checkpoint", str(tmp_path / "newest"), *words]
    done = said(restore.command, *restoring, "--statements", str(tmp_path / "to-sign"))
    assert "Two authorities" in done
    assert not (tmp_path / "new").exists()
    (text,) = (tmp_path / "to-sign").iterdir()
    for number, person in enumerate((firm.first, firm.second)):
        (tmp_path / f"{number}.json").write_bytes(signing.to_json(person.sign(text.read_bytes())))
    with pytest.raises(RefusedError, match="is signed"):
        said(restore.command, *restoring, "--signed", str(tmp_path / "0.json"))
    both = [word for number in range(2) for word in ("--signed", str(tmp_path / f"{number}.json"))]
    done = said(restore.command, *restoring, *both)
    assert "goes on in shard 2" in done
    assert verify(Home(tmp_path / "new").vault(firm.organisation), firm.organisation).faults == ()
