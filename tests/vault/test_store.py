"""The store keeps what it acknowledges, in order, for one writer."""

import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.core.errors import FaultFoundError, NotAvailableError, RefusedError, WrongUseError
from muniment.core.ids import new_record_id, record_text
from muniment.core.merkle import EMPTY_ROOT
from muniment.core.tags import EventTag
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.content import pack_content
from muniment.vault.sealing import SealedBatch, open_entry
from muniment.vault.slots import State
from muniment.vault.store import Store
from tests.vault.conftest import ORGANISATION, OTHER, STATEMENT, Keys, Vault, erase
from tests.vault.simulated import NotingDisk


def test_a_new_vault_is_empty_and_signed(store: Store):
    assert (store.size, store.root, store.checkpoint.size) == (0, EMPTY_ROOT, 0)
    assert store.verifier.open(store.checkpoint_text) == store.checkpoint


def test_what_is_committed_is_read_back_with_its_key(store: Store, keys: Keys):
    commit = store.commit([keys.records(b"one", b"two"), keys.records(b"three")])
    assert (commit.first, commit.count, commit.root) == (0, 3, store.root)
    for seq, text in enumerate((b"one", b"two", b"three")):
        entry = store.entry(seq)
        key = keys.data_key(store, seq)
        opened = open_entry(key, entry.head, entry.commitment, entry.ciphertext)
        assert opened == pack_content(STATEMENT, text)
        assert store.find(entry.id) == seq
    assert store.batch(store.slot(2).batch).first == 2


def test_it_is_all_there_after_opening_again(vault: Vault, keys: Keys):
    before = vault.ids()
    with vault.open() as store:
        assert store.size == 11
        commit = store.commit([keys.records(b"nine")])
        assert commit.first == 11
    with vault.open() as store:
        assert store.size == 12
        assert store.checkpoint.size == 12
    assert vault.ids()[:11] == before


def test_without_the_index_or_with_a_damaged_one_everything_is_there_and_it_is_written_again(vault: Vault):
    index = vault.path / "index"
    right = index.read_bytes()
    for wrong in (None, b"", right[:100], bytes(len(right)), right[:64] + bytes(64) + right[128:]):
        index.unlink(missing_ok=True)
        if wrong is not None:
            index.write_bytes(wrong)
        with vault.open() as store:
            assert store.size == 11
        assert index.read_bytes() == right
        assert vault.verify().faults == ()


def test_tiles_can_be_rebuilt_from_the_packs(vault: Vault):
    files = {path: path.read_bytes() for path in (vault.path / "log" / "tile").rglob("*") if path.is_file()}
    for path in files:
        path.write_bytes(b"rubbish")
    assert "damaged-tile" in vault.kinds()
    for path in files:
        path.unlink()
    with vault.open() as store:
        store.rebuild()
    assert vault.verify().faults == ()


def test_one_writer_at_a_time_and_any_number_of_readers(vault: Vault):
    with vault.open() as store:
        with pytest.raises(NotAvailableError, match="in use"):
            vault.open()
        with Store.open(vault.path, ORGANISATION, None, read_only=True) as reader:
            assert reader.size == store.size
    vault.open().close()


def test_a_reader_changes_nothing(vault: Vault, keys: Keys):
    with Store.open(vault.path, ORGANISATION, None, read_only=True) as reader:
        for act in (
            lambda: reader.commit([keys.records(b"x")]),
            reader.publish,
            lambda: reader.destroy_key(2),
        ):
            with pytest.raises(WrongUseError):
                act()


def test_a_destroyed_key_is_gone_and_its_neighbours_are_not(store: Store, keys: Keys):
    store.commit([keys.records(b"one", b"two", b"three")])
    erase(store, keys, 1)
    assert store.slot(1).state is State.EMPTY
    for seq in (0, 2):
        entry = store.entry(seq)
        open_entry(keys.data_key(store, seq), entry.head, entry.commitment, entry.ciphertext)


def test_no_key_is_destroyed_without_an_order_in_the_ledger(store: Store, keys: Keys):
    store.commit([keys.records(b"one")])
    with pytest.raises(RefusedError):
        store.destroy_key(0)
    store.commit([keys.action(EventTag.RECORD_ERASED, record=record_text(new_record_id()))])
    store.commit([keys.action(EventTag.RECORD_OPENED, record=record_text(store.entry(0).id))])
    assert not store.erasure_ordered(0)
    with pytest.raises(RefusedError):
        store.destroy_key(0)


def test_an_order_without_destruction_is_carried_out_at_the_next_start(tmp_path: Path, keys: Keys):
    vault = Vault(tmp_path / "vault", keys)
    with Store.create(vault.path, ORGANISATION, keys.signer) as store:
        store.commit([keys.records(b"one", b"two")])
        record = record_text(store.entry(1).id)
        store.commit([keys.action(EventTag.RECORD_ERASED, record=record)])
        store.publish()
    with vault.open() as store:
        assert store.slot(1).state is State.EMPTY
        assert store.slot(0).state is State.LIVE


def test_a_batch_for_another_organisation_or_seen_before_is_refused(store: Store, keys: Keys):
    batch = keys.records(b"one")
    store.commit([batch])
    stranger = SealedBatch(OTHER, batch.epoch, batch.ephemeral, batch.entries)
    for bad in ([batch], [stranger]):
        with pytest.raises(RefusedError):
            store.commit(bad)
    twice = keys.records(b"two")
    with pytest.raises(RefusedError):
        store.commit([twice, twice])
    with pytest.raises(WrongUseError):
        store.commit([])
    assert store.size == 1
    assert store.commit([keys.records(b"three")]).first == 1


def test_the_wrong_ledger_key_opens_nothing(vault: Vault, keys: Keys):

    with pytest.raises(FaultFoundError):
        Store.open(vault.path, ORGANISATION, LedgerSigner(ORGANISATION, Ed25519PrivateKey.generate()))
    with pytest.raises(WrongUseError):
        Store.open(vault.path, OTHER, keys.signer)


def test_a_vault_is_made_once(vault: Vault, keys: Keys, tmp_path: Path):
    with pytest.raises(WrongUseError):
        Store.create(vault.path, ORGANISATION, keys.signer)
    with pytest.raises(NotAvailableError):
        Store.open(tmp_path / "nowhere", ORGANISATION, keys.signer)


def test_commits_and_publications_from_several_threads_keep_one_order(store: Store, keys: Keys):
    firsts: list[int] = []

    def work(name: bytes) -> None:
        for number in range(10):
            firsts.append(store.commit([keys.records(name + bytes((number,)))]).first)
            store.publish()

    threads = [threading.Thread(target=work, args=(bytes((65 + n,)),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(firsts) == list(range(40))
    assert store.checkpoint.size == 40
    assert Vault(store._layout.path, keys).verify(deep=True).faults == ()


def test_making_the_log_anew_writes_only_what_is_not_as_it_should_be(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
):
    (vault.path / "index").unlink()
    damaged = vault.path / "log/tile/0/000.p/11"
    damaged.write_bytes(b"rubbish")
    disk = NotingDisk(vault.path)
    vault.open(disk=disk).close()
    assert [change.path for change in disk.changes if change.what == "replace"] == [
        "log/tile/0/000.p/11",
        "log/checkpoint",
    ]
    assert vault.verify().faults == ()
