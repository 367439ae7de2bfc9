"""A small ledger of three shards, with the keys that sign them, and earlier states of it."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.core.tags import EventTag
from muniment.vault import grouping
from muniment.vault.archive import Archive
from muniment.vault.chain import Previous
from muniment.vault.checkpoint import LedgerSigner, ledger_name
from muniment.vault.disk import Disk
from muniment.vault.sealing import SealedBatch
from muniment.vault.store import REAL_DISK, Store
from tests.vault.conftest import ORGANISATION, Keys

KEYS = {
    number: LedgerSigner(
        ledger_name(ORGANISATION, number), Ed25519PrivateKey.from_private_bytes(bytes((number,)) * 32)
    )
    for number in (1, 2, 3, 4)
}


def frozen(keys: Keys, following: LedgerSigner) -> SealedBatch:
    """The last entry of a shard."""
    return keys.action(EventTag.SHARD_FROZEN, next=following.verifier.text)


def opened(keys: Keys, previous: Previous, **clear: object) -> SealedBatch:
    """The first entry of a shard."""
    past = {"origin": previous.origin, "size": previous.size, "root": previous.root}
    fields: dict[str, object] = {
        "tag": EventTag.SHARD_OPENED,
        "previous": past,
        "reason": "rotation",
        **clear,
    }
    return keys.action(**fields)  # type: ignore[arg-type]


def rotate(archive: Archive, keys: Keys, number: int) -> None:
    """Freeze the last shard and open the next, as the keeper does."""
    following = KEYS[number]
    archive.commit([frozen(keys, following)])
    finish(archive, keys, number)


def finish(archive: Archive, keys: Keys, number: int) -> None:
    """What follows once the last entry is durable."""
    archive.publish()
    archive.begin(number, KEYS[number], opened(keys, archive.previous(), sequence=archive.size))


@dataclass
class Sharded:
    """Its folder, and by the number of a shard the folder of a copy from before that one was complete."""

    path: Path
    earlier: dict[int, Path] = field(default_factory=dict)

    def open(self, *, disk: Disk = REAL_DISK) -> Archive:
        return Archive.open(self.path, ORGANISATION, KEYS.get, disk=disk)

    def copy(self, path: Path) -> "Sharded":
        shutil.copytree(self.path, path)
        return Sharded(path, self.earlier)

    def remember(self, number: int, path: Path) -> None:
        self.earlier[number] = path / ORGANISATION
        shutil.copytree(self.path, self.earlier[number])


def create(path: Path, keys: Keys, *, disk: Disk = REAL_DISK) -> None:
    """The first shard, with two records."""
    with Store.create(path, ORGANISATION, KEYS[1], disk=disk) as store:
        store.commit([keys.action(EventTag.GENESIS)])
        store.commit([keys.records(b"one", b"two" * 30)])
        store.publish()


@pytest.fixture
def sharded(tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Sharded:
    monkeypatch.setattr(grouping, "PACK_CLOSES_AT", 900)
    made = Sharded(tmp_path / "vault" / ORGANISATION)
    create(made.path, keys)
    made.remember(1, tmp_path / "before-1")
    with made.open() as archive:
        rotate(archive, keys, 2)
        archive.commit([keys.records(b"three", b"four" * 40)])
        archive.publish()
        made.remember(2, tmp_path / "before-2")
        rotate(archive, keys, 3)
        archive.publish()
        made.remember(3, tmp_path / "before-3")
        archive.commit([keys.records(b"five")])
        archive.publish()
    return made
