"""The auditor's reader finds by itself what `verify` and `prove` find, on the same damage."""

import importlib.util
import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from random import Random
from types import ModuleType

import pytest

from muniment.vault.evidence import bundle_files, write_bundle
from muniment.vault.prove import check_bundle
from muniment.vault.store import Store
from tests.project.tree import ROOT
from tests.vault.conftest import ORGANISATION, Keys, Vault, keys, store, vault  # noqa: F401 - fixtures
from tests.vault.test_evidence import make
from tests.vault.test_prove import (
    forged_openings,
    hidden_action,
    other_key,
    other_original,
    other_statement,
    resealed,
    unsigned,
)
from tests.vault.test_verify import flip

TOOL = ROOT / "tools" / "muniment-verify.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("second_reader", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


READER = load()
FORGERIES = (
    (forged_openings, {7}),
    (hidden_action, {6, 7}),
    (other_original, {3}),
    (other_statement, {3}),
    (other_key, {2, 3}),
    (unsigned, {5, 6}),
)
NOTHING = Namespace(ledger_key=None, checkpoint=[], witness=[], root=[])


@pytest.fixture
def placed(vault: Vault, tmp_path: Path) -> Vault:
    """The vault in a folder with its organisation's name, as in a home."""
    return vault.copy(tmp_path / "vault-of" / ORGANISATION)


def second(vault: Vault) -> set[tuple[str, str]]:
    return {fault[:2] for fault in READER.Vault(vault.path, NOTHING).faults}


def first(vault: Vault) -> set[tuple[str, str]]:
    return {(str(fault.kind), fault.record) for fault in vault.verify().faults}


def test_both_find_a_sound_vault_sound(placed: Vault):
    found = READER.Vault(placed.path, NOTHING)
    assert not found.faults
    assert len(found.leaves) == placed.verify().leaves


def test_both_find_the_same_for_every_flipped_byte_of_every_file(placed: Vault):
    for path in placed.files():
        before = path.read_bytes()
        for at in range(len(before)):
            path.write_bytes(before[:at] + bytes((before[at] ^ 0x55,)) + before[at + 1 :])
            assert second(placed) == first(placed), (path, at)
        path.write_bytes(before)


@pytest.mark.parametrize("name", ["packs/000001.pack", "packs/000002.pack", "keys/000001.keys", "keys/000001.batches"])
def test_both_find_every_truncation_and_name_the_same_records(placed: Vault, name: str):
    path = placed.path / name
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert second(placed) == first(placed), length
    path.write_bytes(whole)


def test_both_find_every_missing_file_and_a_file_of_no_one(placed: Vault):
    for path in placed.files():
        data = path.read_bytes()
        path.unlink()
        assert bool(second(placed)) == bool(first(placed)), path
        path.write_bytes(data)
    (placed.path / "packs" / "notes.txt").write_bytes(b"x")
    assert second(placed) == first(placed) == {("extra-file", "")}


def test_both_prove_a_bundle_and_refuse_every_changed_one(store: Store, keys: Keys, tmp_path: Path):
    made = make(store, keys)
    write_bundle(tmp_path / "bag", made)
    found = READER.check_bundle(tmp_path / "bag", None)
    proved = check_bundle(bundle_files(made))
    assert found["holds"]
    assert (found["record"], found["leaves"], found["openings"]) == (proved.record, proved.leaves, proved.openings)
    assert [check["name"] for check in found["checks"]] == [check.name for check in proved.checks]
    random = Random(5)
    for path in sorted((tmp_path / "bag").rglob("*")):
        before = path.read_bytes() if path.is_file() else b""
        for _ in range(min(12, len(before))):
            at = random.randrange(len(before))
            path.write_bytes(before[:at] + bytes((before[at] ^ 0x11,)) + before[at + 1 :])
            assert not READER.check_bundle(tmp_path / "bag", None)["holds"], (path, at)
        if before:
            path.write_bytes(before)


def test_a_forged_bundle_with_fresh_manifests_fails_at_its_step(store: Store, keys: Keys, tmp_path: Path):
    files = bundle_files(make(store, keys))
    for at, (forge, steps) in enumerate(FORGERIES):
        bag = tmp_path / str(at)
        for name, data in resealed(forge(files)).items():
            (bag / name).parent.mkdir(parents=True, exist_ok=True)
            (bag / name).write_bytes(data)
        found = READER.check_bundle(bag, None)
        assert steps <= {n for n, check in enumerate(found["checks"], 1) if not check["passed"]}, forge


def test_it_speaks_as_verify_does(placed: Vault):
    flip(placed.path / "packs" / "000001.pack", 20)
    command = [sys.executable, str(TOOL), str(placed.path), "--json"]
    run = subprocess.run(command, capture_output=True, check=False)
    report = placed.verify()
    answer = json.loads(run.stdout)
    assert run.returncode == 1
    assert (answer["records"], answer["leaves"]) == (report.records, report.leaves)
    assert [(f["kind"], f["record"]) for f in answer["faults"]] == [(str(f.kind), f.record) for f in report.faults]
    assert all(fault["advice"] for fault in answer["faults"])
    assert subprocess.run([sys.executable, str(TOOL), "/nothing"], capture_output=True, check=False).returncode == 2


def test_it_shares_nothing_with_the_first():
    text = TOOL.read_text()
    assert "import muniment" not in text
    assert "from muniment" not in text
