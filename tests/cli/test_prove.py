"""`muniment prove` and what it prints."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from muniment.cli.main import build
from muniment.core.errors import NotAvailableError
from muniment.vault.store import Store
from tests.vault.bags import write_bundle
from tests.vault.conftest import Keys
from tests.vault.test_evidence import make


@pytest.fixture
def bag(store: Store, keys: Keys, tmp_path: Path) -> Path:
    write_bundle(tmp_path / "bag", make(store, keys))
    (tmp_path / "ledger-key").write_text(store.verifier.text)
    return tmp_path / "bag"


def run(*words: object) -> Result:
    arguments = ["prove", *map(str, words)]
    return CliRunner().invoke(build(arguments), arguments)


def test_a_right_bundle(bag: Path):
    result = run(bag)
    assert result.exit_code == 0
    assert "Opened for people: 2. Read by the system, to index it: 1." in result.stdout
    assert "Compare it" in result.stdout
    assert "Compare it" not in run(bag, "--ledger-key", bag.parent / "ledger-key").stdout


def test_as_json(bag: Path):
    document = json.loads(run(bag, "--json").stdout)
    assert document["holds"] is True
    assert len(document["checks"]) == 7


def test_a_forged_bundle_exits_with_1_and_says_which_step_failed(bag: Path):
    (bag / "data/original").write_bytes(b"Something else.")
    result = run(bag)
    assert result.exit_code == 1
    assert "NO" in result.stdout
    assert "data/original" in result.stdout


def test_a_bundle_or_key_that_is_not_there(bag: Path, tmp_path: Path):
    assert isinstance(run(tmp_path / "none").exception, NotAvailableError)
    assert isinstance(run(bag, "--ledger-key", tmp_path / "none").exception, NotAvailableError)
