"""`muniment verify` and what it prints."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from muniment.cli.main import build
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.vault.frames import Kind
from muniment.vault.keyring import Keyring
from muniment.vault.sealing import Document, seal_batch
from muniment.vault.store import Store
from tests.vault.conftest import ORGANISATION, Vault


@pytest.fixture
def at_home(vault: Vault, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    (home / "vault").mkdir(parents=True)
    vault.copy(home / "vault" / ORGANISATION)
    return home


def run(*words: object) -> Result:
    arguments = ["verify", *map(str, words)]
    return CliRunner().invoke(build(arguments), arguments)


def test_a_sound_vault_as_json(at_home: Path):
    result = run("--home", at_home, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"records": 8, "leaves": 11, "faults": []}


def test_a_damaged_one_as_json_exits_with_1(at_home: Path):
    path = at_home / "vault" / ORGANISATION / "packs" / "000001.pack"
    data = bytearray(path.read_bytes())
    data[60] ^= 1
    path.write_bytes(bytes(data))
    result = run("--home", at_home, "--json", "--organisation", ORGANISATION)
    assert result.exit_code == 1
    (fault,) = json.loads(result.stdout)["faults"]
    assert set(fault) == {"kind", "record", "advice"}
    assert fault["kind"] == "damaged-action"


def test_for_a_person(at_home: Path):
    result = run("--home", at_home)
    assert "Nothing is damaged" in result.stdout
    (at_home / "vault" / ORGANISATION / "index").unlink()
    result = run("--home", at_home)
    assert result.exit_code == 1
    assert "damaged-index" in result.stdout
    result = run("--home", at_home, "--rebuild")
    assert result.exit_code == 0


def test_a_checkpoint_and_a_key_from_outside(at_home: Path, vault: Vault):
    with vault.open() as store:
        store.commit([vault.keys.records(b"nine")])
        store.publish()
    given = ("--checkpoint", vault.path / "log/checkpoint", "--ledger-key", vault.path / "log/ledger-key")
    result = run("--home", at_home, "--json", *given)
    assert [fault["kind"] for fault in json.loads(result.stdout)["faults"]] == ["rolled-back"]


def test_wrong_use(at_home: Path, tmp_path: Path):
    assert isinstance(run("--home", at_home, "--organisation", "org_x").exception, WrongUseError)
    assert isinstance(run("--home", tmp_path / "nowhere").exception, NotAvailableError)
    assert isinstance(run("--home", at_home, "--ledger-key", tmp_path / "none").exception, NotAvailableError)


def test_with_the_passphrase_every_key_is_tried(tmp_path: Path):

    home = Home(tmp_path / "home")
    ring = Keyring.create(home, b"correct horse")
    ring.add_organisation(ORGANISATION)
    path = home.vault(ORGANISATION)
    with Store.create(path, ORGANISATION, ring.ledger_signer(ORGANISATION)) as store:
        batch = seal_batch(ring.current_epoch(ORGANISATION), [Document(Kind.RECORD, b"one")] * 2)
        store.commit([batch])
        store.publish()
        one, two = (store.slot(seq) for seq in range(2))
        swapped = store._codec.pack(1, two.epoch, two.batch, one.wrapped)
    passphrase = tmp_path / "passphrase"
    passphrase.write_bytes(b"correct horse\n")
    given = ("--home", home.path, "--json", "--passphrase-file", passphrase)
    assert json.loads(run(*given).stdout)["faults"] == []
    slots = path / "keys" / "000001.keys"
    slots.write_bytes(slots.read_bytes()[:64] + swapped)
    assert [fault["kind"] for fault in json.loads(run(*given).stdout)["faults"]] == ["key-mismatch"]


def test_a_sample_says_what_it_is_worth(at_home: Path):
    result = run("--home", at_home, "--sample", "3", "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert (document["leaves"], document["faults"]) == (3, [])
    (checked,) = document["checked"].values()
    assert checked["mode"] == "sampled"
    assert (checked["entries"], checked["of"]) == (3, 11)
    assert checked["chance"] == pytest.approx(3 / 11)
    assert "27.272 %" in run("--home", at_home, "--sample", "3").stdout


def test_a_sample_that_meets_damage_lists_all_of_it(at_home: Path):
    for number in (1, 2):
        path = at_home / "vault" / ORGANISATION / "packs" / f"{number:06d}.pack"
        data = bytearray(path.read_bytes())
        data[60] ^= 1
        path.write_bytes(bytes(data))
    for words in (["--sample", "100%"], ["--incremental"]):
        result = run("--home", at_home, "--json", *words)
        assert result.exit_code == 1
        document = json.loads(result.stdout)
        assert len(document["faults"]) == 2
        assert document["checked"][ORGANISATION]["mode"] == "full"


def test_an_incremental_one_without_an_earlier_one_reads_everything(at_home: Path):
    result = run("--home", at_home, "--incremental")
    assert result.exit_code == 0
    assert "All 11 entries were read." in result.stdout
    assert "No earlier verification" in result.stdout


def test_two_modes_at_once_and_a_size_that_is_none_are_refused(at_home: Path):
    for words in (["--sample", "5", "--incremental"], ["--sample", "some"]):
        assert isinstance(run("--home", at_home, *words).exception, WrongUseError)
