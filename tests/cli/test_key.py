"""`muniment key`: a pair for a person; a turn of the epoch by hand; another key for the ledger."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from muniment.cli import key
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.vault import setup
from muniment.vault.authority import keyfile, signing
from tests.installations import found
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


def test_the_ledger_gets_another_key_on_two_signatures(tmp_path: Path) -> None:
    home, secret = Home(tmp_path / "home"), tmp_path / "passphrase"
    secret.write_bytes(PASSPHRASE)
    pairs = [keyfile.generate() for _ in range(2)]
    authorities = [
        setup.authority_with_key(name, pair.key, pair.public.public)
        for name, pair in zip(("Anna", "Ben"), pairs, strict=True)
    ]
    founding, _ = setup.create_installation(
        home, name="Firm", passphrase=PASSPHRASE, cost=CHEAP, authorities=authorities
    )
    words = ["rotate-ledger", "--home", str(home.path), "--passphrase-file", str(secret)]
    words += ["--organisation", founding.organisation]
    text, run = tmp_path / "rotate.json", CliRunner()
    done = run.invoke(
        key.app, [*words, "--reason", "A disk was stolen.", "--statement", str(text)], catch_exceptions=False
    )
    assert (done.exit_code, b"A disk was stolen." in text.read_bytes()) == (0, True)
    signed = []
    for authority, pair in zip(authorities, pairs, strict=True):
        path = tmp_path / pair.key
        made = signing.sign_with_key(pair.signer, text.read_bytes(), person=authority.person, key=pair.key)
        path.write_bytes(signing.to_json(made) + b"\n")
        signed += ["--signed", str(path)]
    with pytest.raises(RefusedError):
        run.invoke(key.app, [*words, *signed[:2]], catch_exceptions=False)
    done = run.invoke(key.app, [*words, *signed, "--json"], catch_exceptions=False)
    assert json.loads(done.stdout) == {"organisation": founding.organisation, "shard": 2}
    assert (home.vault(founding.organisation) / "shards" / "0002" / "log" / "ledger-key").is_file()
    for wrong in ([], ["--statement", str(text), *signed]):
        with pytest.raises(WrongUseError):
            run.invoke(key.app, [*words, *wrong], catch_exceptions=False)
    with pytest.raises(RefusedError, match="the next is 3"):
        run.invoke(key.app, [*words, *signed], catch_exceptions=False)


def test_it_is_put_before_authorities_who_have_passkeys_alone(tmp_path: Path) -> None:
    made = found(tmp_path)
    words = ("rotate-ledger", "--organisation", made.organisation, "--reason", "A disk was stolen.")
    done = made.run("key", *words, "--on-pages", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["where"] == f"{made.origin}/signed-by-two/1"
    assert len(bytes.fromhex(told["sha256"])) == 32
    again = made.run("key", *words, "--on-pages")
    assert again.returncode == RefusedError.exit_status
    assert "before them already" in again.stderr
    assert not (made.home.vault(made.organisation) / "shards").exists()
