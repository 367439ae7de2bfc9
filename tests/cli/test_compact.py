"""`muniment compact` frees the space of erased records and says how much."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from muniment.cli import compact
from muniment.core.errors import WrongUseError
from muniment.vault import grouping
from tests.vault.firm import PASSPHRASE, Firm


def run(path: Path, firm: Firm, *words: str) -> str:
    secret = path / "passphrase"
    secret.write_bytes(PASSPHRASE)
    app = typer.Typer()
    app.command()(compact.command)
    arguments: Sequence[str] = ("--home", str(firm.home.path), "--passphrase-file", str(secret), *words)
    return CliRunner().invoke(app, arguments, catch_exceptions=False).stdout


def test_it_frees_what_was_erased(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    firm = Firm(tmp_path)
    gone, _ = firm.seal(b"".join(n.to_bytes(3) for n in range(9000)), b"a letter")
    with monkeypatch.context() as patched:
        patched.setattr(grouping, "PACK_CLOSES_AT", 1)
        firm.seal(b"in the next pack")
    firm.erase(firm.erasure_warrant(gone), gone)
    firm.keeper.close()
    pack = firm.home.vault(firm.organisation) / "packs" / "000001.pack"
    before = pack.stat().st_size
    assert json.loads(run(tmp_path, firm, "--json", "--percent", "100"))["organisations"][0]["packs"] == []
    (done,) = json.loads(run(tmp_path, firm, "--json"))["organisations"]
    assert done["won"] == before - pack.stat().st_size > 1000
    assert [(each["pack"], each["entries"]) for each in done["packs"]] == [(1, 1)]
    assert "nothing to free" in run(tmp_path, firm, "--organisation", firm.organisation)
    with pytest.raises(WrongUseError):
        run(tmp_path, firm, "--organisation", "org_other")
