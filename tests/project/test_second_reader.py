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

TOOL = ROOT / "tools" / "muniment-verify.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("second_reader", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


READER = load()
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
