"""Segments belong to one record, in one order, all of them; one order erases them together."""

import os
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError, WrongUseError
from muniment.core.ids import new_record_id, record_text
from muniment.core.tags import EventTag
from muniment.vault import segments
from muniment.vault.content import unpack_content
from muniment.vault.frames import Kind, read_head
from muniment.vault.sealing import SealedBatch, open_entry
from muniment.vault.segments import Extent, StreamSealer, open_segment, segment_id
from muniment.vault.slots import State
from muniment.vault.store import Store
from tests.vault.conftest import ORGANISATION, Keys, Vault, erase
from tests.vault.small_segments import SMALL, small

__all__ = ["small"]
pytestmark = pytest.mark.usefixtures("small")


def sealed(keys: Keys, data: bytes) -> tuple[StreamSealer, list[SealedBatch]]:
    sealer = StreamSealer(ORGANISATION)
    parts = [data[at : at + SMALL] for at in range(0, len(data), SMALL)] or [b""]
    batches = [sealer.segment(keys.public, part, final=at == len(parts) - 1) for at, part in enumerate(parts)]
    return sealer, [*batches, sealer.record(keys.public, b"{}")]


def kept(store: Store, keys: Keys, data: bytes) -> int:
    """Commit a recording; the sequence of its record."""
    sealer, batches = sealed(keys, data)
    for batch in batches:
        store.commit([batch])
    return store.find(sealer.id)


def opened(store: Store, keys: Keys, seq: int) -> bytes:
    entry = store.entry(seq)
    key = keys.data_key(store, seq)
    _, extent = unpack_content(open_entry(key, entry.head, entry.commitment, entry.ciphertext))
    parts = [store.entry(each) for each in store.segments(seq)]
    return b"".join(
        open_segment(key, Extent.parse(extent), number, part.head, part.commitment, part.ciphertext)
        for number, part in enumerate(parts)
    )


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(size=st.sampled_from([0, 1, 999, 1000, 1001, 2000, 3500]))
def test_every_length_comes_back(tmp_path_factory, keys: Keys, size: int):
    data = os.urandom(size)
    path = tmp_path_factory.mktemp("stream") / "vault"
    with Store.create(path, ORGANISATION, keys.signer) as store:
        seq = kept(store, keys, data)
        assert opened(store, keys, seq) == data
        assert len(store.segments(seq)) == store.segment_count == max(1, -(-size // SMALL))
        store.publish()
    vault = Vault(path, keys)
    report = vault.verify(deep=True)
    assert (report.records, report.leaves, report.faults) == (1, store.size, ())


def test_no_segment_opens_in_anothers_place(keys: Keys):
    sealer, batches = sealed(keys, os.urandom(3 * SMALL))
    extent, key = sealer.extent, sealer._data_key
    for at, batch in enumerate(batches[:-1]):
        (entry,) = batch.entries
        for place in range(3):
            parts = (entry.head, entry.commitment, entry.ciphertext)
            if place == at:
                assert len(open_segment(key, extent, place, *parts)) == SMALL
            else:
                with pytest.raises(FaultFoundError):
                    open_segment(key, extent, place, *parts)
    (entry,) = batches[1].entries
    cut = Extent(2 * SMALL, 2, extent.digest)  # as if the recording had ended there
    with pytest.raises(FaultFoundError):
        open_segment(key, cut, 1, entry.head, entry.commitment, entry.ciphertext)


def test_nonces_and_identifiers_are_never_the_same(keys: Keys):
    record, other = new_record_id(), new_record_id()
    ids = {segment_id(each, number) for each in (record, other) for number in range(500)}
    nonces = {segments.segment_nonce(n, final=f) for n in range(500) for f in (True, False)} | {bytes(12)}
    assert (len(ids), len(nonces)) == (1000, 1001)


def test_one_order_erases_all_of_it_and_nothing_else(vault: Vault, keys: Keys):
    with vault.open() as store:
        gone, stays = (kept(store, keys, os.urandom(2500)) for _ in range(2))
        parts = store.segments(gone)
        erase(store, keys, gone)
        assert {store.slot(each).state for each in (gone, *parts)} == {State.EMPTY}
        assert len(opened(store, keys, stays)) == 2500
    assert vault.verify(deep=True).faults == ()


def test_an_order_that_a_crash_cut_short_is_carried_out_for_all_of_it(vault: Vault, keys: Keys):
    with vault.open() as store:
        seq = kept(store, keys, os.urandom(2500))
        parts = store.segments(seq)
        store.commit([keys.action(EventTag.RECORD_ERASED, record=record_text(store.entry(seq).id))])
        store._writing().erase(seq, parts[0])
    assert vault.kinds() == {"undestroyed-key"}
    with vault.open() as store:
        assert {store.slot(each).state for each in parts} == {State.EMPTY}
    assert vault.verify(deep=True).faults == ()


def test_a_turn_keeps_what_lives(vault: Vault, keys: Keys):
    data = os.urandom(2500)
    with vault.open() as store:
        seq = kept(store, keys, data)
        keys.turn(store)
        assert opened(store, keys, seq) == data
    assert vault.verify(deep=True).faults == ()


def test_damage_and_swapped_keys_are_named(vault: Vault, keys: Keys):
    with vault.open() as store:
        seq = kept(store, keys, os.urandom(2500))
        store.publish()
        part = store.segments(seq)[1]
        record = record_text(store.entry(part).id)
        place = store._ledger.index.place(part)
    path = vault.path / "packs" / f"{place.pack:06d}.pack"
    data = bytearray(path.read_bytes())
    data[place.offset + 500] ^= 1
    path.write_bytes(data)
    faults = vault.verify().faults
    assert [(str(fault.kind), fault.record) for fault in faults] == [("damaged-record", record)]


def test_segments_without_their_record_are_no_fault_and_no_record(vault: Vault, keys: Keys):
    _, batches = sealed(keys, os.urandom(2500))
    with vault.open() as store:
        for batch in batches[:2]:
            store.commit([batch])
    report = vault.verify(deep=True)
    assert report.faults == ()
    assert report.records == 8


def test_a_part_of_the_wrong_length_or_after_the_last_is_refused(keys: Keys):
    sealer = StreamSealer(ORGANISATION)
    with pytest.raises(WrongUseError):
        sealer.segment(keys.public, b"short", final=False)
    with pytest.raises(WrongUseError):
        sealer.segment(keys.public, bytes(SMALL + 1), final=True)
    with pytest.raises(WrongUseError):
        sealer.record(keys.public, b"{}")
    sealer.segment(keys.public, bytes(SMALL), final=False)
    with pytest.raises(WrongUseError):
        sealer.segment(keys.public, b"", final=True)
    sealer.segment(keys.public, b"end", final=True)
    with pytest.raises(WrongUseError):
        sealer.segment(keys.public, b"more", final=True)
    sealer.record(keys.public, b"{}")
    with pytest.raises(WrongUseError):
        sealer.record(keys.public, b"{}")
    assert sealer.extent == Extent(SMALL + 3, 2, sha256(bytes(SMALL) + b"end").digest())


def test_for_another_epoch_only_the_key_is_wrapped_anew(keys: Keys):
    sealer, batches = sealed(keys, b"x")
    for batch in batches:
        again = sealer.again(keys.next_public, batch)
        (old,), (new,) = batch.entries, again.entries
        assert again.epoch == 2
        assert (new.head, new.commitment, new.ciphertext) == (old.head, old.commitment, old.ciphertext)
        assert new.wrapped_key != old.wrapped_key
    assert read_head(batches[0].entries[0].head).kind is Kind.SEGMENT
    assert read_head(batches[-1].entries[0].head).segmented


@pytest.mark.parametrize(
    "extent", [Extent(2001, 2, bytes(32)), Extent(0, 0, bytes(32)), Extent(1000, 2, bytes(32))]
)
def test_an_extent_that_does_not_fit_is_refused(extent: Extent):
    with pytest.raises(FaultFoundError):
        Extent.parse(extent.pack())
    with pytest.raises(FaultFoundError):
        Extent.parse(b"")
