"""The writer puts things down in the order that lets nothing acknowledged be lost."""

import errno
import os
from pathlib import Path

import pytest

from muniment.core.errors import NotAvailableError
from muniment.vault import grouping
from muniment.vault.disk import Disk
from muniment.vault.layout import Layout
from muniment.vault.store import Store
from muniment.vault.writer import lock
from tests.vault.conftest import ORGANISATION, Keys, Vault, erase
from tests.vault.simulated import FailingDisk, NotingDisk


@pytest.mark.parametrize("early", [False, True], ids=["small", "large"])
def test_all_three_files_are_durable_before_the_answer(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch, *, early: bool
):
    monkeypatch.setattr(grouping, "LARGE", 1 if early else 1 << 30)
    disk = NotingDisk(tmp_path / "vault")
    with Store.create(tmp_path / "vault", ORGANISATION, keys.signer, disk=disk) as store:
        before = len(disk.changes)
        store.commit([keys.records(b"one", b"two")])
        calls = [(change.what, change.path) for change in disk.changes[before:]]
    assert calls == [
        ("write", "packs/000001.pack"),
        *([("begin", "packs/000001.pack")] if early else ()),
        ("write", "keys/000001.batches"),
        ("write", "keys/000001.keys"),
        ("write", "packs/000001.pack"),
        ("begin", "keys/000001.batches"),
        ("begin", "keys/000001.keys"),
        ("sync", "packs/000001.pack"),
        *([("sync", "packs/000001.pack")] if early else ()),
        ("sync", "keys/000001.batches"),
        ("sync", "keys/000001.keys"),
    ]


@pytest.mark.parametrize("name", ["batches", "keys"])
def test_a_sync_that_fails_beside_the_others_refuses_the_commit(
    tmp_path: Path, keys: Keys, name: str, monkeypatch: pytest.MonkeyPatch
):
    disk = Disk()
    with Store.create(tmp_path / "vault", ORGANISATION, keys.signer, disk=disk) as store:
        real = os.fdatasync
        hurt = (tmp_path / f"vault/keys/000001.{name}").stat().st_ino

        def sync(descriptor: int) -> None:
            if os.fstat(descriptor).st_ino == hurt:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            real(descriptor)

        monkeypatch.setattr(os, "fdatasync", sync)
        with pytest.raises(NotAvailableError, match="nothing of it was kept"):
            store.commit([keys.records(b"one")])
        monkeypatch.setattr(os, "fdatasync", real)
        assert store.size == 0
        with pytest.raises(NotAvailableError, match="after a failed write"):
            store.commit([keys.records(b"two")])


def test_a_key_that_cannot_be_destroyed_is_said_so(tmp_path: Path, keys: Keys):
    disk = FailingDisk(10**9)
    with Store.create(tmp_path / "vault", ORGANISATION, keys.signer, disk=disk) as store:
        store.commit([keys.records(b"one")])
        disk.fails_at = disk.calls + 7  # the order's commit takes seven calls
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
