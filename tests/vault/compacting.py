"""A vault with every kind of stub, before and after it is compacted."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from muniment.core.tags import EventTag
from muniment.vault import grouping, segments
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.disk import Disk
from muniment.vault.segments import StreamSealer
from muniment.vault.store import REAL_DISK, Store
from tests.vault.conftest import ORGANISATION, STATEMENT, Keys, Vault, erase

GONE = (1, 2, 4, 5, 6, 7, 11)
"""Entries of pack 1 that are erased: neighbours, a whole group, a group's first and last, a record in segments."""
KEPT = (3, 8, 9, 10)
SIZE = 20
"""How many entries there are."""


def build(path: Path, keys: Keys, *, disk: Disk = REAL_DISK) -> Vault:
    """Two packs, and three of the ledger's heads published: nothing of it is compacted yet."""
    with Store.create(path, ORGANISATION, keys.signer, disk=disk) as store:
        store.commit([keys.action(EventTag.GENESIS)])
        store.commit([keys.records(b"one" * 20, b"two" * 30, b"three" * 4)])
        store.commit([keys.records(b"four" * 40, b"five")])
        store.publish()
        sealers = []
        for text in (b"a", b"b"):
            sealers.append(StreamSealer(ORGANISATION))
            parts = ((text * 20, False), (text * 7, True)) if text == b"b" else ((text * 9, True),)
            for part, final in parts:
                store.commit([sealers[-1].segment(keys.public, part, final=final)])
            if text == b"a":
                store.commit([sealers[-1].record(keys.public, STATEMENT)])
        store.commit([sealers[1].record(keys.public, STATEMENT), keys.records(b"six" * 9)])
        assert store.size == 12
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(grouping, "PACK_CLOSES_AT", 10)  # the next group begins pack 2
            store.commit([keys.records(b"seven" * 10, b"eight")])
        for seq in (1, 2, 4, 5, store.find(sealers[0].id), 11):
            erase(store, keys, seq)
        store.publish()
    return Vault(path, keys)


def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments of twenty bytes, and no pack that closes by itself."""
    monkeypatch.setattr(segments, "SEGMENT_BYTES", 20)
    monkeypatch.setattr(grouping, "PACK_CLOSES_AT", 1 << 20)


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    """A vault with a closed pack that holds erased entries, in a folder with its organisation's name."""
    small_segments(monkeypatch)
    signer = LedgerSigner(ORGANISATION, Ed25519PrivateKey.generate())
    return build(tmp_path / "closed" / ORGANISATION, Keys(X25519PrivateKey.generate(), signer))


@pytest.fixture
def compacted(closed: Vault) -> Vault:
    """The same after compaction."""
    with closed.open() as store:
        store.compact(1)
    return closed


def everything(store: Store, keys: Keys) -> list[object]:
    """What must not change: leaves, heads, proofs, what opens; of each entry whether its key is there."""
    leaves = [store.entry(seq).leaf_data for seq in range(SIZE)]
    lives = [store.slot(seq).state for seq in range(SIZE)]
    opened = [keys.data_key(store, seq) for seq in KEPT]
    sealed = [store.entry(seq).ciphertext for seq in KEPT]
    proofs = [store.proof(seq) for seq in range(store.checkpoint.size)]
    return [leaves, lives, opened, sealed, proofs, store.checkpoint_text, store.leaf_data(12)]


def first(vault: Vault) -> set[tuple[str, str]]:
    """What `verify` finds, as kinds and records."""
    return {(str(fault.kind), fault.record) for fault in vault.verify().faults}
