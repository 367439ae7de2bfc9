"""Compaction wins the space of what was erased, and changes nothing else."""

import errno
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.core.ids import record_text
from muniment.core.merkle import leaf_hash
from muniment.core.tags import EventTag
from muniment.vault import compaction, grouping
from muniment.vault.frames import COMMIT_BYTES, HEADER_BYTES, Header, Readable, pack_stub
from muniment.vault.layout import Layout
from muniment.vault.pack_bytes import opened
from muniment.vault.packs import held, read_groups
from muniment.vault.proof import Proof, root_from_inclusion
from muniment.vault.slots import State
from muniment.vault.store import Store
from tests.vault.compacting import GONE, KEPT, closed, compacted, everything
from tests.vault.conftest import ORGANISATION, Keys, Vault, erase
from tests.vault.test_verify import flip

__all__ = ["closed", "compacted"]  # fixtures


def pack(vault: Vault, number: int = 1) -> Path:
    return vault.path / "packs" / f"{number:06d}.pack"


def test_what_was_erased_goes_and_everything_else_stays(closed: Vault):
    keys = closed.keys
    with closed.open() as store:
        before, length = everything(store, keys), pack(closed).stat().st_size
        gone = {seq: store.entry(seq).ciphertext for seq in GONE}
        (found,) = store.erasable()
        assert (found.pack, found.size) == (1, length)
        assert found.won == sum(len(each) - 32 for each in gone.values())
        done = store.compact(1)
        assert (done.stubs, done.before - done.after) == (len(GONE), found.won)
        assert pack(closed).stat().st_size == length - found.won
        assert everything(store, keys) == before
        assert store.erasable() == ()
        assert store.pack_lengths()[0] == length
        assert store.commit([keys.records(b"afterwards")]).first == 20
    data = pack(closed).read_bytes()
    assert not any(each in data for each in gone.values())
    with closed.open() as store:
        assert everything(store, keys)[:4] == before[:4]
        assert store.pack_lengths()[0] == length
    assert closed.verify(deep=True).faults == ()


def test_live_entries_and_commit_frames_are_the_same_bytes(closed: Vault):
    def frames() -> tuple[list[bytes], list[bytes]]:
        data = pack(closed).read_bytes()
        groups = list(read_groups(data, 1))
        places = [place for group in groups for place in group.places]
        lives = [data[places[seq].offset :][: HEADER_BYTES + 32 + len(sealed[seq])] for seq in KEPT]
        return lives, [data[group.end - COMMIT_BYTES : group.end] for group in groups]

    with closed.open() as store:
        sealed = {seq: store.entry(seq).ciphertext for seq in KEPT}
        before = frames()
        store.compact(1)
        assert frames() == before


def test_proofs_made_before_still_lead_to_their_checkpoints(closed: Vault):
    with closed.open() as store:
        proofs = [store.proof(seq) for seq in range(store.size)]
        store.compact(1)
        store.publish()
        for seq, text in enumerate(proofs):
            proof = Proof.parse(text)
            head = store.verifier.open(proof.checkpoint)
            leaf = leaf_hash(store.entry(seq).leaf_data)
            assert root_from_inclusion(leaf, seq, head.size, proof.path) == head.root
            assert store.holds(head)


def test_what_is_erased_later_goes_with_the_next_compaction(compacted: Vault):
    keys = compacted.keys
    with compacted.open() as store:
        before = pack(compacted).stat().st_size
        assert store.compact(1).stubs == 0
        erase(store, keys, 3)
        erase(store, keys, 10)
        assert store.compact(1).stubs == 4  # a record, another, and its two segments
        assert pack(compacted).stat().st_size < before
        assert store.compact(1).stubs == 0
    with compacted.open() as store:
        assert store.slot(8).state is State.EMPTY
    assert compacted.verify(deep=True).faults == ()


def test_only_what_was_ordered_and_destroyed_is_taken(closed: Vault):
    """An order whose key is still there, and a key that was lost without an order, keep their ciphertext."""
    with closed.open() as store:
        record = record_text(store.entry(3).id)
        store.commit([closed.keys.action(EventTag.RECORD_ERASED, record=record)])
        with (closed.path / "keys" / "000001.keys").open("r+b") as slots:
            slots.seek(8 * 64)
            slots.write(bytes(64))
        assert store.compact(1).stubs == len(GONE)
        assert store.entry(3).ciphertext
        assert store.entry(8).ciphertext


def test_an_order_that_names_an_action_takes_nothing(closed: Vault):
    with closed.open() as store:
        action = store.entry(0)
        erase(store, closed.keys, 0)
        assert store.compact(1).stubs == len(GONE)
        assert store.entry(0) == action


def test_the_open_pack_is_left_alone(closed: Vault):
    with closed.open() as store:
        for number in (0, 2, 3):
            with pytest.raises(WrongUseError, match="not closed"):
                store.compact(number)


@pytest.mark.parametrize("seq", [*KEPT, *GONE])
def test_a_damaged_pack_is_not_written_again(closed: Vault, seq: int):
    with closed.open() as store:
        place = store._ledger.index.place(seq)
        flip(pack(closed), place.offset + 70)
        before = pack(closed).read_bytes()
        with pytest.raises(FaultFoundError, match=r"verify|ledger"):
            store.compact(1)
    assert pack(closed).read_bytes() == before
    assert not (closed.path / "packs" / "aside").exists()


def test_it_stops_when_it_is_told_to(closed: Vault):
    before = pack(closed).read_bytes()
    with closed.open() as store:
        going = iter([True, True, False])
        with pytest.raises(NotAvailableError, match="stopped"):
            store.compact(1, lambda: next(going))
        assert not (closed.path / "packs" / "aside").exists()
    assert pack(closed).read_bytes() == before


def test_it_waits_for_whoever_reads_all_packs(closed: Vault):
    with closed.open() as store:
        with held(Layout(closed.path), alone=False), pytest.raises(NotAvailableError, match="end to end"):
            store.compact(1)
        assert store.compact(1).stubs == len(GONE)


def test_an_opened_pack_stays_what_it_was(closed: Vault):
    before = pack(closed).read_bytes()
    with closed.open() as store, opened(pack(closed)) as data:
        store.compact(1)
        assert data[:] == before


@pytest.mark.parametrize("part", [0, 40, 71])  # of its frame: header, commitment, ciphertext
def test_a_sector_that_cannot_be_read_is_told_with_its_record(
    closed: Vault, part: int, monkeypatch: pytest.MonkeyPatch
):
    read, packs = os.pread, str(closed.path / "packs")
    bad = 0

    def pread(descriptor: int, length: int, offset: int) -> bytes:
        """As Linux does: the bytes before a sector that cannot be read, then an error for it."""
        if not str(Path(f"/proc/self/fd/{descriptor}").readlink()).startswith(packs):
            return read(descriptor, length, offset)
        if offset == bad:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return read(descriptor, bad - offset if offset < bad < offset + length else length, offset)

    with closed.open() as store:
        places = [store._ledger.index.place(seq) for seq in range(12)]
        monkeypatch.setattr(os, "pread", pread)
        for seq, place in enumerate(places):
            bad = place.offset + part
            with pytest.raises(FaultFoundError, match=rf"{record_text(place.id)}. .*byte {bad}") as told:
                store.compact(1)
            assert told.value.what.startswith(f"Entry {seq} ")
            assert not (closed.path / "packs" / "aside").exists()
        monkeypatch.undo()


def test_a_pack_that_becomes_shorter_while_it_is_read_is_told_with_its_record(
    closed: Vault, monkeypatch: pytest.MonkeyPatch
):
    """The process must live: where a file is mapped, its end moving is a signal, and not an error."""
    with closed.open() as store:
        place = store._ledger.index.place(8)

        def cut(data: Readable, offset: int, header: Header) -> bytes:
            os.truncate(pack(closed), place.offset + 50)
            return pack_stub(data, offset, header)

        monkeypatch.setattr(compaction, "pack_stub", cut)
        with pytest.raises(FaultFoundError, match=r"Entry 8 .*become shorter"):
            store.compact(1)


def test_another_process_that_reads_follows(closed: Vault):
    with closed.open() as store, Store.open(closed.path, ORGANISATION, None, read_only=True) as reader:
        early = [reader.entry(seq) for seq in (0, 3)]
        store.compact(1)
        assert [reader.entry(seq) for seq in (0, 3)] == early  # from the file that it has open
        with Store.open(closed.path, ORGANISATION, None, read_only=True) as late:
            erase(store, closed.keys, 3)
            store.compact(1)
            found = [late.entry(seq).leaf_data for seq in range(12)]
            assert found == [store.entry(seq).leaf_data for seq in range(12)]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_vault_after_any_erasures(
    tmp_path_factory: pytest.TempPathFactory, keys: Keys, data: st.DataObject
):
    """Records of any length, in groups of any number, erased and compacted in any order."""
    path = tmp_path_factory.mktemp("any") / "vault"
    sizes = data.draw(st.lists(st.lists(st.integers(0, 400), min_size=1, max_size=4), min_size=1, max_size=5))
    with pytest.MonkeyPatch.context() as patch, Store.create(path, ORGANISATION, keys.signer) as store:
        patch.setattr(grouping, "PACK_CLOSES_AT", data.draw(st.integers(1, 2000)))
        for group in sizes:
            store.commit([keys.records(*(os.urandom(size) for size in group))])
        store.commit([keys.action(EventTag.CASE_OPENED)])
        count, lives = store.size - 1, set(range(store.size - 1))
        for _ in range(data.draw(st.integers(1, 3))):
            for seq in data.draw(st.sets(st.sampled_from(sorted(lives)), max_size=5)) if lives else ():
                erase(store, keys, seq)
                lives.discard(seq)
            leaves, lengths = store.leaf_data(count), store.pack_lengths()
            closed_packs = range(1, len(lengths))
            for number in data.draw(st.permutations(closed_packs)):
                store.compact(number)
            assert store.leaf_data(count) == leaves
            assert store.pack_lengths() == lengths
            assert sum(each.won for each in store.erasable()) == 0
        root = store.root
    with Store.open(path, ORGANISATION, keys.signer) as store:
        assert store.root == root
        for seq in lives:
            assert len(keys.data_key(store, seq)) == 32
    assert Vault(path, keys).verify(deep=True).faults == ()
    shutil.rmtree(path.parent)


def test_packs_that_hold_little_that_was_erased_are_told(closed: Vault):
    found = compaction.Erasable(1, 400, 100)
    assert found.percent == 25
