"""All shards as one store; freezing survives a power cut at every step."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.core.ids import record_text
from muniment.core.merkle import leaf_hash
from muniment.core.tags import EventTag
from muniment.vault import grouping, shards
from muniment.vault.archive import Archive
from muniment.vault.proof import Proof, root_from_inclusion
from muniment.vault.sealing import open_entry, unwrap_with
from muniment.vault.slots import State
from muniment.vault.store import Store
from muniment.vault.verify import verify
from tests.vault.conftest import ORGANISATION, Keys, erase
from tests.vault.sharded import KEYS, Sharded, create, finish, frozen, opened, rotate, sharded
from tests.vault.simulated import Change, NotingDisk, after_power_cut

__all__ = ["sharded"]


def plain(archive: Archive, keys: Keys, seq: int) -> bytes:
    """What an entry holds, by its place among all."""
    slot, batch = archive.wrapped(seq)
    assert batch
    entry = archive.entry(seq)
    agreed = keys.agree(slot.epoch, batch.ephemeral)
    key = unwrap_with(agreed, seq - batch.first, entry.id, slot.wrapped)
    return open_entry(key, entry.head, entry.commitment, entry.ciphertext)


def test_entries_are_counted_over_all_shards(sharded: Sharded, keys: Keys) -> None:
    with sharded.open() as archive:
        assert [shard.base for shard in archive.shards] == [0, 4, 8]
        assert (archive.size, archive.published) == (10, 10)
        assert [archive.entry(seq).seq for seq in range(10)] == list(range(10))
        records = archive.places()
        assert sorted(records.values()) == [1, 2, 5, 6, 9]
        originals = [plain(archive, keys, seq).rpartition(b"}")[2] for seq in sorted(records.values())]
        assert originals == [b"one", b"two" * 30, b"three", b"four" * 40, b"five"]
        assert [action.seq for action in archive.actions()] == [0, 3, 4, 7, 8]
        for text, seq in records.items():
            entry = archive.entry(seq)
            assert (archive.find(entry.id), record_text(entry.id)) == (seq, text)
            proof = Proof.parse(archive.proof(seq))
            head = archive.shard_of(seq).store.verifier.open(proof.checkpoint)
            assert (
                root_from_inclusion(leaf_hash(entry.leaf_data), proof.seq, head.size, proof.path) == head.root
            )
        for seq in (-1, 10):
            with pytest.raises(WrongUseError):
                archive.entry(seq)


def test_one_shard_is_what_it_was(sharded: Sharded, keys: Keys, tmp_path: Path) -> None:
    """Nothing is written, named or counted otherwise where there is one."""
    vault = sharded.earlier[1]
    before = {path: path.read_bytes() for path in vault.rglob("*") if path.is_file()}
    with Archive.open(vault, ORGANISATION, KEYS.get) as archive:
        assert archive.size == 3
    assert {path: path.read_bytes() for path in vault.rglob("*") if path.is_file()} == before
    with Archive.open(vault, ORGANISATION, KEYS.get) as archive:
        archive.commit([keys.records(b"x")])
        archive.publish()
    with Store.open(vault, ORGANISATION, KEYS[1]) as store:
        assert store.size == 4


def test_only_the_last_shard_grows_and_erasures_reach_every_one(sharded: Sharded, keys: Keys) -> None:
    with sharded.open() as archive:
        erase(archive, keys, 1)  # type: ignore[arg-type]  # it does what a store does
        commit = archive.commit([keys.records(b"six")])
        assert (commit.first, archive.size) == (11, 12)
        assert [shard.store.size for shard in archive.shards] == [4, 4, 4]
        assert (archive.slot(1).state, archive.slot(2).state) == (State.EMPTY, State.LIVE)
        assert archive.erasure_ordered(1)
    with sharded.open() as archive:
        assert (archive.slot(1).state, archive.size) == (State.EMPTY, 12)


def test_an_order_whose_key_is_still_there_is_carried_out_at_the_next_opening(
    sharded: Sharded, keys: Keys
) -> None:
    with sharded.open() as archive:
        record = record_text(archive.entry(1).id)
        archive.commit([keys.action(EventTag.RECORD_ERASED, record=record)])
        assert archive.slot(1).state is State.LIVE
    with Archive.open(sharded.path, ORGANISATION, read_only=True) as archive:
        assert archive.slot(1).state is State.LIVE  # who only reads changes nothing
    with sharded.open() as archive:
        assert archive.slot(1).state is State.EMPTY


def test_tiles_of_all_shards_are_made_anew(sharded: Sharded) -> None:
    for path in sharded.path.rglob("tile/**/*"):
        if path.is_file():
            path.unlink()
    assert {str(fault.kind) for fault in verify(sharded.path, ORGANISATION).faults} == {"damaged-tile"}
    with Archive.open(sharded.path, ORGANISATION) as archive:
        archive.rebuild()
    assert verify(sharded.path, ORGANISATION).faults == ()


def test_a_frozen_shard_takes_nothing_and_a_wrong_successor_is_refused(sharded: Sharded, keys: Keys) -> None:
    with sharded.open() as archive:
        with pytest.raises(WrongUseError):
            archive.begin(4, KEYS[4], opened(keys, archive.previous(), sequence=archive.size))
        archive.commit([frozen(keys, KEYS[4])])
        with pytest.raises(NotAvailableError, match="frozen"):
            archive.commit([keys.records(b"x")])
        wrong = opened(keys, archive.previous(), sequence=archive.size + 1)
        with pytest.raises(FaultFoundError):
            archive.begin(4, KEYS[4], wrong)


@pytest.mark.parametrize("number", [1, 2])
def test_shards_that_do_not_follow_one_another_are_not_opened(
    sharded: Sharded, number: int, tmp_path: Path
) -> None:
    earlier = shards.path(sharded.earlier[number], number)
    folder = shards.path(sharded.path, number)
    for name in ("packs", "keys", "log"):
        for path in sorted((earlier / name).rglob("*")):
            if path.is_file():
                (folder / path.relative_to(earlier)).parent.mkdir(parents=True, exist_ok=True)
                (folder / path.relative_to(earlier)).write_bytes(path.read_bytes())
    with pytest.raises(FaultFoundError):
        sharded.open()


def last_pack(path: Path, shard: int) -> Path:
    return max((shards.path(path, shard) / "packs").glob("*.pack"))


def erase_and_compact(archive: Archive, keys: Keys, places: tuple[int, ...]) -> list[int]:
    """Erase entries and compact all that can be; the packs of which something was taken."""
    for seq in places:
        erase(archive, keys, seq)  # type: ignore[arg-type]
    packs = [each.pack for each in archive.erasable()]
    assert all(archive.compact(number).stubs for number in packs)
    return packs


def test_the_last_pack_of_a_frozen_shard_is_compacted_as_well(sharded: Sharded, keys: Keys) -> None:
    before = {shard: last_pack(sharded.path, shard).stat().st_size for shard in (1, 2)}
    with sharded.open() as archive:
        leaves = [archive.entry(seq).leaf_data for seq in range(10)]
        lengths = [shard.store.pack_lengths() for shard in archive.shards]
        proofs = [archive.proof(seq) for seq in range(10)]
        assert erase_and_compact(archive, keys, (2, 6)) == [1, 1_000_001]
        assert [archive.entry(seq).leaf_data for seq in range(10)] == leaves
        assert [archive.proof(seq) for seq in range(8)] == proofs[:8]
        assert [shard.store.pack_lengths() for shard in archive.shards[:2]] == lengths[:2]
        assert archive.erasable() == ()
        assert plain(archive, keys, 1).endswith(b"one")
        archive.publish()
    for shard in (1, 2):
        assert last_pack(sharded.path, shard).stat().st_size < before[shard]
    assert verify(sharded.path, ORGANISATION).faults == ()
    with sharded.open() as archive:
        assert [archive.entry(seq).leaf_data for seq in range(10)] == leaves
        assert [shard.store.pack_lengths() for shard in archive.shards[:2]] == lengths[:2]
        assert erase_and_compact(archive, keys, (1,)) == [1]
        assert (archive.commit([keys.records(b"after")]).first, archive.slot(1).state) == (13, State.EMPTY)
        archive.publish()
    assert verify(sharded.path, ORGANISATION).faults == ()


def test_a_shard_that_was_frozen_while_open_takes_no_commit_and_its_last_pack_is_compacted(
    sharded: Sharded, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "PACK_CLOSES_AT", 1 << 20)
    with sharded.open() as archive:
        store = archive.last.store
        assert last_pack(sharded.path, 3).name == "000001.pack"
        with pytest.raises(WrongUseError, match="not closed"):
            store.compact(1)
        rotate(archive, keys, 4)
        with pytest.raises(WrongUseError, match="frozen"):
            store.commit([keys.records(b"lost, were it taken")])
        assert last_pack(sharded.path, 3).name == "000001.pack"
        assert erase_and_compact(archive, keys, (9,)) == [2_000_001]
        assert archive.entry(10).seq == 10
        archive.publish()
    assert verify(sharded.path, ORGANISATION).faults == ()


def played(path: Path, keys: Keys) -> NotingDisk:
    """Freeze a shard on a disk that notes every change."""
    path.mkdir(parents=True)
    disk = NotingDisk(path)
    create(path, keys, disk=disk)
    with Archive.open(path, ORGANISATION, KEYS.get, disk=disk) as archive:
        rotate(archive, keys, 2)
        archive.commit([keys.records(b"three")])
        archive.publish()
    return disk


def put(vault: Path, state: dict[str, bytes]) -> None:
    """A vault of these files."""
    begun = any(name.startswith("shards/") for name in state)  # folders are made, and synced, before any file
    for shard in (vault, *[shards.path(vault, 2)] * begun):
        for folder in ("packs", "keys", "log", "anchors"):
            (shard / folder).mkdir(parents=True)
    for name, content in state.items():
        (vault / name).parent.mkdir(parents=True, exist_ok=True)
        (vault / name).write_bytes(content)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_after_a_power_cut_at_any_moment_of_freezing_it_is_finished(
    tmp_path_factory: pytest.TempPathFactory, keys: Keys, data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("cut")
    disk = played(root / "whole" / ORGANISATION, keys)
    first = next(
        at
        for at, change in enumerate(disk.changes)
        if change.path == "log/checkpoint" and change.data.split(b"\n")[1] == b"3"
    )
    cut = data.draw(st.integers(first + 1, len(disk.changes)))
    state = after_power_cut(disk.changes[:cut], Random(data.draw(st.integers(0, 2**32))))
    vault = root / "cut" / ORGANISATION
    put(vault, state)
    with Archive.open(vault, ORGANISATION, KEYS.get) as archive:
        assert archive.size >= 3
        if archive.frozen is not None:
            finish(archive, keys, 2)
        elif len(archive.shards) == 1:
            rotate(archive, keys, 2)
        archive.commit([keys.records(b"after")])
        archive.publish()
        texts = [plain(archive, keys, seq).rpartition(b"}")[2] for seq in sorted(archive.places().values())]
    assert texts in ([b"one", b"two" * 30, b"after"], [b"one", b"two" * 30, b"three", b"after"])
    if cut == len(disk.changes):
        assert len(texts) == 4
    assert verify(vault, ORGANISATION).faults == ()


@pytest.fixture(scope="module")
def last_pack_compacted(
    tmp_path_factory: pytest.TempPathFactory, keys: Keys
) -> tuple[list[Change], int, list[bytes]]:
    """Every change to a disk while that is done, which of them came before it, and the leaves that must stay."""
    path = tmp_path_factory.mktemp("compacted") / ORGANISATION
    disk = played(path, keys)
    with Archive.open(path, ORGANISATION, KEYS.get, disk=disk) as archive:
        erase(archive, keys, 2)  # type: ignore[arg-type]
        archive.publish()
        made = len(disk.changes)
        assert archive.compact(1).stubs
        return disk.changes, made, [archive.entry(seq).leaf_data for seq in range(archive.size)]


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_after_a_power_cut_at_any_moment_of_compacting_the_last_pack_nothing_is_lost(
    tmp_path_factory: pytest.TempPathFactory,
    keys: Keys,
    last_pack_compacted: tuple[list[Change], int, list[bytes]],
    data: st.DataObject,
) -> None:
    changes, made, leaves = last_pack_compacted
    cut = data.draw(st.integers(made, len(changes)))
    state = after_power_cut(changes[:cut], Random(data.draw(st.integers(0, 2**32))))
    vault = tmp_path_factory.mktemp("cut") / ORGANISATION
    put(vault, state)
    with Archive.open(vault, ORGANISATION, KEYS.get) as archive:
        assert [archive.entry(seq).leaf_data for seq in range(archive.size)] == leaves
        assert archive.compact(1).stubs in {0, 1}
        assert plain(archive, keys, 1).endswith(b"one")
        archive.publish()
    assert verify(vault, ORGANISATION).faults == ()
