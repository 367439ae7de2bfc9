"""A small real vault on disk, with keys made for the test."""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from muniment.core import canonical
from muniment.core.ids import RecordId, record_text
from muniment.core.tags import EventTag
from muniment.vault import grouping
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.content import pack_content
from muniment.vault.disk import Disk
from muniment.vault.faults import Report
from muniment.vault.frames import Kind
from muniment.vault.sealing import Document, EpochKey, SealedBatch, agreed_key, seal_batch, unwrap_key
from muniment.vault.store import REAL_DISK, Store
from muniment.vault.turning import Turning
from muniment.vault.verify import verify
from tests.vault.firm import Firm

ORGANISATION = "org_aaaaaaaaaaaaaaaaaaaaaaaaaa"
OTHER = "org_baaaaaaaaaaaaaaaaaaaaaaaaa"
STATEMENT = b'{"type":"muniment/capture/v1"}'


@dataclass(frozen=True)
class Keys:
    """The keys of one organisation, as the keyring would hold them."""

    epoch: X25519PrivateKey
    signer: LedgerSigner
    organisation: str = ORGANISATION
    second: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)

    @property
    def public(self) -> EpochKey:
        return EpochKey(self.organisation, 1, self.epoch.public_key().public_bytes_raw())

    @property
    def next_public(self) -> EpochKey:
        return EpochKey(self.organisation, 2, self.second.public_key().public_bytes_raw())

    def private(self, epoch: int) -> X25519PrivateKey:
        return self.epoch if epoch == 1 else self.second

    def agree(self, epoch: int, ephemeral: bytes) -> bytes:
        return agreed_key(self.private(epoch), self.organisation, epoch, ephemeral)

    def begin_turn(self, store: Store) -> Turning:
        return store.begin_turn(self.next_public, self.agree)

    def turn(self, store: Store) -> None:
        turning = self.begin_turn(store)
        try:
            turning.advance(store.size)
            store.finish_turn(turning)
        finally:
            turning.abandon()

    def seal(self, *documents: Document) -> SealedBatch:
        return seal_batch(self.public, documents)

    def records(self, *originals: bytes) -> SealedBatch:
        return self.seal(*(Document(Kind.RECORD, pack_content(STATEMENT, one)) for one in originals))

    def seal_noise(self, size: int) -> SealedBatch:
        return self.seal(Document(Kind.RECORD, os.urandom(size)))

    def action(self, tag: EventTag, **clear: canonical.Json) -> SealedBatch:
        return self.seal(Document(Kind.ACTION, b"{}", canonical.dumps({"tag": tag, "time": 1, **clear})))

    def data_key(self, store: Store, seq: int) -> bytes:
        slot, batch = store.wrapped(seq)
        assert batch
        entry = store.entry(seq)
        position, private = seq - batch.first, self.private(slot.epoch)
        return unwrap_key(
            private, self.organisation, slot.epoch, batch.ephemeral, position, entry.id, slot.wrapped
        )


@dataclass(frozen=True)
class Vault:
    """A vault's folder with its keys."""

    path: Path
    keys: Keys

    def open(self, *, disk: Disk = REAL_DISK) -> Store:
        return Store.open(self.path, ORGANISATION, self.keys.signer, disk=disk)

    def verify(self, *, deep: bool = False, outside: Sequence[str] = ()) -> Report:
        private = self.keys.private if deep else None
        return verify(self.path, ORGANISATION, keys=private, outside=tuple(outside))

    def kinds(self, *, deep: bool = False) -> set[str]:
        return {str(fault.kind) for fault in self.verify(deep=deep).faults}

    def copy(self, path: Path) -> "Vault":
        shutil.copytree(self.path, path)
        return Vault(path, self.keys)

    def files(self) -> list[Path]:
        return sorted(path for path in self.path.rglob("*") if path.is_file())

    def ids(self) -> list[str]:
        with Store.open(self.path, ORGANISATION, None, read_only=True) as store:
            return [record_text(store.entry(seq).id) for seq in range(store.size)]


def erase(store: Store, keys: Keys, seq: int) -> None:
    """Order the erasure of a record, and destroy its key."""
    record = RecordId(store.entry(seq).id)
    store.commit([keys.action(EventTag.RECORD_ERASED, record=record_text(record))])
    store.destroy_key(seq)


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys(X25519PrivateKey.generate(), LedgerSigner(ORGANISATION, Ed25519PrivateKey.generate()))


@pytest.fixture
def store(tmp_path: Path, keys: Keys):
    with Store.create(tmp_path / "vault", ORGANISATION, keys.signer) as made:
        yield made


@pytest.fixture
def vault(tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Vault:
    """Twelve entries in two packs: records, actions, one erased record, three checkpoints, one anchor."""
    monkeypatch.setattr(grouping, "PACK_CLOSES_AT", 1500)
    path = tmp_path / "vault"
    with Store.create(path, ORGANISATION, keys.signer) as store:
        store.commit([keys.action(EventTag.GENESIS)])
        store.commit([keys.records(b"one" * 20, b"two" * 30, b"three" * 4)])
        store.publish()
        (path / "anchors" / "monday.checkpoint").write_text(store.checkpoint_text)
        store.commit([keys.records(b"four"), keys.records(b"five", b"six" * 50)])
        store.publish()
        erase(store, keys, 2)
        store.commit(
            [keys.records(b"seven" * 10, b"eight"), keys.action(EventTag.RECORDS_EXAMINED, range=[0, 5])]
        )
        store.publish()
        assert store.size == 11
    return Vault(path, keys)


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    """A firm with a running keeper."""
    made = Firm(tmp_path)
    try:
        yield made
    finally:
        made.keeper.close()
