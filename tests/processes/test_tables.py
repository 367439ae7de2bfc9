"""Tables against ledger as `verify` runs it: what is still so a moment later is a fault."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from muniment.core.home import Home
from muniment.processes import tables
from muniment.processes.tables import TableFault
from muniment.vault import setup
from muniment.vault.client import DeskDoor
from muniment.vault.keyring import Keyring
from tests.installations import PASSPHRASE, found
from tests.vault.firm import CHEAP


def test_without_a_catalogue_it_is_said(home: Home) -> None:
    founding, keyring = setup.create_installation(home, name="Firm", passphrase=PASSPHRASE, cost=CHEAP)
    compared = tables.compare(home, keyring, [founding.organisation])
    assert compared.faults == {}
    assert "no catalogue" in compared.note


def test_what_is_only_for_a_moment_is_no_fault(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    lasting, passing = (TableFault("row-differs", "", name) for name in ("lasting", "passing"))
    answers: Iterator[tuple[TableFault, ...]] = iter([(lasting, passing), (lasting,)])
    monkeypatch.setattr(tables, "_compare", lambda *_: next(answers))
    monkeypatch.setattr(tables, "SETTLING_SECONDS", 0)
    with DeskDoor(home.socket("desk")) as desk:
        assert tables._settled(home, desk, "org_x") == (lasting,)


def test_a_founded_installation_agrees_and_an_edited_one_does_not(tmp_path: Path) -> None:
    made = found(tmp_path, mail=False)
    assert made.verify(*made.deep())["faults"] == []
    key = Keyring.unlock(made.home, PASSPHRASE).catalogue_key()
    with closing(dbapi2.connect(str(made.home.catalogue))) as connection:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("UPDATE governance_adoption SET text = text || ' '")
        connection.commit()
    done = made.run("verify", "--json")
    assert done.returncode == 1
    assert [fault["kind"] for fault in json.loads(done.stdout)["faults"]] == ["row-differs"]
    assert made.verify("--keyless", *made.deep())["faults"] == []


def test_a_damaged_vault_is_named_and_the_tables_are_said_not_to_be_compared(tmp_path: Path) -> None:
    made = found(tmp_path, mail=False)
    [pack] = made.home.vault(made.organisation).glob("packs/*.pack")
    data = bytearray(pack.read_bytes())
    data[200] ^= 1
    pack.write_bytes(bytes(data))
    done = made.run("verify")
    assert done.returncode == 1
    assert "damaged" in done.stdout
    assert "Tables were not compared" in done.stdout
