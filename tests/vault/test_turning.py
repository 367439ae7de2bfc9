"""The epoch turns while the vault is used: what lives still opens, what was erased stays so, proofs hold."""

import shutil
from pathlib import Path

import pytest

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.core.ids import record_text
from muniment.core.tags import EventTag
from muniment.vault import turning as turnings
from muniment.vault.content import pack_content
from muniment.vault.sealing import open_entry
from muniment.vault.slots import SLOT_BYTES, State
from muniment.vault.store import Store
from muniment.vault.verify import verify
from tests.vault.conftest import ORGANISATION, STATEMENT, Keys, Vault, erase
from tests.vault.simulated import FailingDisk


def opened(store: Store, keys: Keys, seq: int) -> bytes:
    entry = store.entry(seq)
    return open_entry(keys.data_key(store, seq), entry.head, entry.commitment, entry.ciphertext)


def names(vault: Vault) -> set[str]:
    return {path.name for path in (vault.path / "keys").iterdir()}


def test_everything_opens_under_the_new_epoch_only(vault: Vault, keys: Keys):
    with vault.open() as store:
        before = {seq: opened(store, keys, seq) for seq in range(store.size) if seq != 2}
        proofs = {seq: store.proof(seq) for seq in range(store.size)}
        keys.turn(store)
        assert store.epochs() == {2}
        assert {seq: opened(store, keys, seq) for seq in before} == before
        assert {store.slot(seq).epoch for seq in before} == {2}
        assert store.slot(2).state is State.EMPTY
        assert {seq: store.proof(seq) for seq in proofs} == proofs
    assert names(vault) == {"000002.keys", "000002.batches"}
    assert vault.verify(deep=True).faults == ()


def test_what_happens_meanwhile_is_in_the_new_files(
    vault: Vault, keys: Keys, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(turnings, "BATCH", 3)
    with vault.open() as store:
        turning = keys.begin_turn(store)
        turning.advance(7)
        erase(store, keys, 4)  # copied already
        erase(store, keys, 9)  # not yet
        first = store.commit([keys.records(b"meanwhile")]).first
        turning.advance(store.size - 1)
        store.finish_turn(turning)
        assert opened(store, keys, first) == pack_content(STATEMENT, b"meanwhile")
        for seq in (2, 4, 9):
            assert store.slot(seq).state is State.EMPTY
        later = store.commit([keys.records(b"later")]).first
        erase(store, keys, 1)
    with vault.open() as store:
        assert opened(store, keys, later) == pack_content(STATEMENT, b"later")
        assert store.slot(1).state is State.EMPTY
    assert vault.verify(deep=True).faults == ()


def test_epochs_turn_again_and_again(vault: Vault, keys: Keys):
    with vault.open() as store:
        for _ in range(3):
            keys.turn(store)
            store.commit([keys.records(b"more")])
    assert names(vault) == {"000004.keys", "000004.batches"}
    assert vault.verify(deep=True).faults == ()


def test_a_reader_follows_a_turn(vault: Vault, keys: Keys):
    with vault.open() as store, Store.open(vault.path, ORGANISATION, None, read_only=True) as reader:
        assert reader.slot(1).epoch == 1
        keys.turn(store)
        assert reader.slot(1).epoch == 2
        assert opened(reader, keys, 1) == opened(store, keys, 1)


def test_a_damaged_slot_stops_the_turn_before_anything_is_lost(vault: Vault, keys: Keys):
    slots = vault.path / "keys" / "000001.keys"
    data = bytearray(slots.read_bytes())
    data[5 * SLOT_BYTES + 20] ^= 1
    slots.write_bytes(data)
    with vault.open() as store:
        with pytest.raises(FaultFoundError, match="entry 5"):
            keys.turn(store)
        assert names(vault) == {"000001.keys", "000001.batches"}
        assert opened(store, keys, 4) == pack_content(STATEMENT, b"four")
        store.commit([keys.records(b"more")])


def test_a_key_that_was_lost_stops_nothing(vault: Vault, keys: Keys):
    with (vault.path / "keys" / "000001.keys").open("r+b") as slots:
        slots.seek(5 * SLOT_BYTES)
        slots.write(bytes(SLOT_BYTES))
    with vault.open() as store:
        keys.turn(store)
    assert vault.kinds(deep=True) == {"lost-key"}


def test_each_call_that_fails_leaves_one_whole_generation(vault: Vault, keys: Keys, tmp_path: Path):
    for at in range(50):
        copy = vault.copy(tmp_path / f"copy-{at}")
        disk = FailingDisk(10**9)
        with copy.open(disk=disk) as store:
            disk.fails_at = disk.calls + at
            failed = False
            try:
                keys.turn(store)
                store.commit([keys.records(b"after")])
            except NotAvailableError:
                failed = True
            if not disk.what:
                assert not failed
                assert at > 8
                break
        with copy.open() as store:
            for seq in (0, 1, 3, 10):
                opened(store, keys, seq)
            keys.turn(store)
        assert copy.verify(deep=True).faults == (), (at, disk.what)
        shutil.rmtree(copy.path)
    else:
        pytest.fail("the turn takes more calls than were tried")


def test_what_a_crash_leaves_is_harmless_and_removed(vault: Vault, keys: Keys):
    for name in ("aside", "000002.batches", "000003.batches"):
        (vault.path / "keys" / name).write_bytes(b"half" * 16)
    assert vault.kinds(deep=True) == {"torn-tail"}
    with vault.open() as store:
        assert names(vault) == {"000001.keys", "000001.batches"}
        keys.turn(store)
    older = (vault.path / "keys" / "000002.keys").read_bytes()
    (vault.path / "keys" / "000001.keys").write_bytes(older)
    assert vault.kinds(deep=True) == {"torn-tail"}
    vault.open().close()
    assert names(vault) == {"000002.keys", "000002.batches"}
    assert vault.verify(deep=True).faults == ()


def test_verify_during_a_turn_finds_no_fault(vault: Vault, keys: Keys, monkeypatch: pytest.MonkeyPatch):
    """The key of the old epoch is destroyed while verify still holds slots that it wrapped."""
    with vault.open() as store:
        turned: list[int] = []

        def private(epoch: int):
            if not turned:
                turned.append(1)
                keys.turn(store)
            if epoch == 1:
                raise NotAvailableError("It was destroyed.")
            return keys.private(epoch)

        assert verify(vault.path, ORGANISATION, keys=private).faults == ()
        assert turned


def test_an_order_that_stands_in_the_ledger_is_never_undone_by_a_turn(vault: Vault, keys: Keys):
    with vault.open() as store:
        turning = keys.begin_turn(store)
        turning.advance(store.size)
        store.commit([keys.action(EventTag.RECORD_ERASED, record=record_text(store.entry(4).id))])
        store.finish_turn(turning)  # between the order and the destruction
        assert store.slot(4).state is State.EMPTY
        store.destroy_key(4)
