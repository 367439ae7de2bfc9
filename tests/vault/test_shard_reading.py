"""What can be asked of a shard is what was kept in it, or an error."""

from pathlib import Path

import pytest

from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.core.ids import new_record_id
from muniment.core.merkle import leaf_hash
from muniment.core.tags import EventTag
from muniment.vault.frames import Kind
from muniment.vault.proof import Proof, root_from_inclusion, roots_from_consistency
from muniment.vault.store import Store
from tests.vault.conftest import ORGANISATION, Keys, Vault


def test_actions_come_in_order_without_the_records(vault: Vault):
    with vault.open() as store:
        actions = list(store.actions())
        assert [action.seq for action in actions] == [0, 7, 10]
        assert all(action.kind is Kind.ACTION for action in actions)
        assert EventTag.RECORD_ERASED.encode() in actions[1].clear
        assert [entry.seq for entry in store.entries(3, 5)] == [3, 4, 5]
        assert store.kind(1) is Kind.RECORD


def test_proofs_lead_to_the_signed_root(vault: Vault):
    with vault.open() as store:
        for seq in range(store.size):
            proof = Proof.parse(store.proof(seq))
            head = store.verifier.open(proof.checkpoint)
            leaf = leaf_hash(store.leaf_data(store.size)[seq])
            assert root_from_inclusion(leaf, proof.seq, head.size, proof.path) == head.root
        anchor = store.verifier.open((vault.path / "anchors" / "monday.checkpoint").read_text())
        roots = roots_from_consistency(anchor.size, store.size, anchor.root, store.consistency(anchor.size))
        assert roots == (anchor.root, store.checkpoint.root)


def test_there_is_no_proof_before_publication(store: Store, keys: Keys):
    store.commit([keys.records(b"one")])
    with pytest.raises(NotAvailableError):
        store.proof(0)
    store.publish()
    assert Proof.parse(store.proof(0)).seq == 0


def test_leaf_data_comes_from_tiles_or_where_they_are_damaged_from_packs(tmp_path: Path, keys: Keys):
    with Store.create(tmp_path / "vault", ORGANISATION, keys.signer) as store:
        store.commit([keys.records(*(bytes((n % 256,)) for n in range(300)))])
        store.publish()
        right = store.leaf_data(300)
        assert len(right) == 300
        (tmp_path / "vault/log/tile/entries/000").write_bytes(b"rubbish")
        assert store.leaf_data(300) == right


def test_a_damaged_entry_or_slot_is_not_given_out(vault: Vault):
    with vault.open() as store:
        place = store._ledger.index.place(3)
        path = vault.path / "packs" / f"{place.pack:06d}.pack"
        data = bytearray(path.read_bytes())
        data[place.offset + 50] ^= 1
        path.write_bytes(bytes(data))
        with pytest.raises(FaultFoundError, match="rec_"):
            store.entry(3)
        slots = vault.path / "keys" / "000001.keys"
        content = bytearray(slots.read_bytes())
        content[3 * 64 + 9] ^= 1
        slots.write_bytes(bytes(content))
        with pytest.raises(FaultFoundError):
            store.slot(3)
        batches = vault.path / "keys" / "000001.batches"
        batches.write_bytes(bytes(len(batches.read_bytes())))
        with pytest.raises(FaultFoundError):
            store.batch(0)


def test_what_is_unknown_is_wrong_use(vault: Vault):
    with vault.open() as store:
        for ask in (lambda: store.entry(11), lambda: store.slot(-1), lambda: store.find(new_record_id())):
            with pytest.raises(WrongUseError):
                ask()
