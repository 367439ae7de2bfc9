"""The writer puts things down in the order that lets nothing acknowledged be lost."""

import os
from pathlib import Path

import pytest

from muniment.core.errors import NotAvailableError
from muniment.vault.layout import Layout
from muniment.vault.store import Store
from muniment.vault.writer import lock
from tests.vault.conftest import ORGANISATION, Keys, Vault, erase
from tests.vault.simulated import FailingDisk, NotingDisk


def test_keys_are_durable_before_entries_and_entries_before_the_answer(tmp_path: Path, keys: Keys):
    disk = NotingDisk(tmp_path / "vault")
    with Store.create(tmp_path / "vault", ORGANISATION, keys.signer, disk=disk) as store:
        before = len(disk.changes)
        store.commit([keys.records(b"one", b"two")])
        calls = [(change.what, change.path) for change in disk.changes[before:]]
    assert calls == [
        ("write", "keys/000001.batches"),
        ("write", "keys/000001.keys"),
        ("sync", "keys/000001.batches"),
        ("sync", "keys/000001.keys"),
        ("write", "packs/000001.pack"),
        ("sync", "packs/000001.pack"),
    ]


def test_a_key_that_cannot_be_destroyed_is_said_so(tmp_path: Path, keys: Keys):
    disk = FailingDisk(10**9)
    with Store.create(tmp_path / "vault", ORGANISATION, keys.signer, disk=disk) as store:
        store.commit([keys.records(b"one")])
        disk.fails_at = disk.calls + 6  # the order's commit takes six calls
        with pytest.raises(NotAvailableError, match="destroyed"):
            erase(store, keys, 0)
    with Store.open(tmp_path / "vault", ORGANISATION, keys.signer) as store:
        assert not store.slot(0).wrapped


def test_the_lock_is_of_one_process_and_ends_with_it(vault: Vault, tmp_path: Path):
    held = lock(Layout(vault.path))
    with pytest.raises(NotAvailableError, match="in use"):
        lock(Layout(vault.path))
    os.close(held)
    os.close(lock(Layout(vault.path)))
    with pytest.raises(NotAvailableError, match="no vault"):
        lock(Layout(tmp_path / "nowhere"))
