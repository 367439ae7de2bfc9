"""Verify finds every change to a vault, and names what is hurt: nothing more, nothing less."""

import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.core.errors import NotAvailableError
from muniment.core.ids import record_text
from muniment.core.tags import EventTag
from muniment.vault import grouping
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.frames import COMMIT_BYTES, HEADER_BYTES
from muniment.vault.index import INDEX_BYTES
from muniment.vault.slots import SLOT_BYTES
from muniment.vault.store import Store
from muniment.vault.verify import verify
from tests.vault.conftest import ORGANISATION, OTHER, Keys, Vault, erase

PACK_FAULTS = {"damaged-record", "damaged-action"}


def flip(path: Path, at: int, mask: int = 0x55) -> bytes:
    """Change one byte; the file as it was."""
    before = path.read_bytes()
    path.write_bytes(before[:at] + bytes((before[at] ^ mask,)) + before[at + 1 :])
    return before


def named(vault: Vault, *, deep: bool = False) -> set[tuple[str, str]]:
    return {(str(fault.kind), fault.record) for fault in vault.verify(deep=deep).faults}


def test_a_sound_vault_has_no_fault_keyless_and_deep(vault: Vault):
    for deep in (False, True):
        report = vault.verify(deep=deep)
        assert report.faults == ()
        assert (report.records, report.leaves) == (8, 11)


def test_every_flipped_byte_of_a_pack_is_found_and_only_its_own_entry_is_named(vault: Vault):
    ids = vault.ids()
    with Store.open(vault.path, ORGANISATION, None, read_only=True) as store:
        places = [store._ledger.index.place(seq) for seq in range(store.size)]
        ends = [
            place.offset + sum(map(len, (entry.head, entry.commitment, entry.ciphertext)))
            for place, entry in zip(places, store.entries(0, store.size - 1), strict=True)
        ]
    for number in (1, 2):
        path = vault.path / "packs" / f"{number:06d}.pack"
        for at in range(path.stat().st_size):
            owner = next(
                (s for s, p in enumerate(places) if p.pack == number and p.offset <= at < ends[s]), None
            )
            before = flip(path, at)
            found = named(vault)
            path.write_bytes(before)
            if owner is None:
                assert found == {("damaged-commit", "")}, (number, at, found)
            else:
                kind = "damaged-action" if owner in {0, 7, 10} else "damaged-record"
                assert found == {(kind, ids[owner])}, (number, at, owner, found)
    assert vault.verify().faults == ()


def test_every_flipped_byte_of_a_slot_names_its_record(vault: Vault):
    ids, path = vault.ids(), vault.path / "keys" / "000001.keys"
    for at in range(path.stat().st_size):
        before = flip(path, at)
        assert named(vault) == {("damaged-slot", ids[at // SLOT_BYTES])}, at
        path.write_bytes(before)


def test_every_flipped_byte_of_a_batch_names_the_records_whose_keys_it_wraps(vault: Vault):
    ids, path = vault.ids(), vault.path / "keys" / "000001.batches"
    batches = [[0], [1, 2, 3], [4], [5, 6], [7], [8, 9], [10]]
    for at in range(path.stat().st_size):
        before = flip(path, at)
        expected = {("damaged-batch", ids[seq]) for seq in batches[at // SLOT_BYTES]}
        assert named(vault) == expected | {("damaged-batch", "")}, at
        path.write_bytes(before)


def test_every_flipped_byte_of_every_other_file_is_found(vault: Vault):
    expected = {
        "checkpoint": {"bad-signature"},
        "ledger-key": {"damaged-ledger-key", "bad-signature"},
        "monday.checkpoint": {"bad-signature"},
        "index": {"damaged-index"},
    }
    for path in vault.files():
        if path.parent.name in {"packs", "keys"}:
            continue
        older = path.parent.suffix == ".p" and path.name not in {"11", "1"}
        for at in range(0, path.stat().st_size, 13 if older else 1):
            before = flip(path, at)
            found = vault.kinds()
            path.write_bytes(before)
            assert found, (path, at)
            assert found <= expected.get(path.name, {"damaged-tile"}), (path, at, found)


def test_a_flipped_byte_of_the_index_or_a_leaf_tile_names_the_entry(vault: Vault):
    ids = vault.ids()
    flip(vault.path / "index", 5 * INDEX_BYTES + 7)
    assert named(vault) == {("damaged-index", ids[5])}
    flip(vault.path / "index", 5 * INDEX_BYTES + 7)
    flip(vault.path / "log/tile/0/000.p/11", 3 * 32)
    assert named(vault) == {("damaged-tile", ids[3])}


@pytest.mark.parametrize(
    "name", ["packs/000001.pack", "packs/000002.pack", "keys/000001.keys", "keys/000001.batches"]
)
def test_truncation_at_every_byte_is_found(vault: Vault, name: str):
    path = vault.path / name
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert vault.verify().faults, length
    path.write_bytes(whole)


def test_a_truncated_pack_names_exactly_the_missing_records(vault: Vault):
    ids, path = vault.ids(), vault.path / "packs" / "000002.pack"
    with Store.open(vault.path, ORGANISATION, None, read_only=True) as store:
        place = store._ledger.index.place(9)
    path.write_bytes(path.read_bytes()[: place.offset])
    found = named(vault)
    assert {record for kind, record in found if kind == "missing-entry"} == set(ids[9:])
    assert not {kind for kind, _ in found} & PACK_FAULTS


def test_an_unpublished_torn_tail_is_told_apart_and_cut_at_the_next_start(vault: Vault, keys: Keys):
    path = vault.path / "packs" / "000002.pack"
    end = path.stat().st_size
    with vault.open() as store:
        store.commit([keys.records(b"nine")])
    whole = path.read_bytes()
    for length in range(end + 1, len(whole)):
        path.write_bytes(whole[:length])
        assert vault.kinds() == {"torn-tail"}, length
    vault.open().close()
    assert path.stat().st_size == end
    assert vault.verify().faults == ()


def test_a_deleted_entry_is_missing_and_nothing_else_is_blamed(vault: Vault):
    ids, path = vault.ids(), vault.path / "packs" / "000001.pack"
    with Store.open(vault.path, ORGANISATION, None, read_only=True) as store:
        start, end = (store._ledger.index.place(seq).offset for seq in (2, 3))
    data = path.read_bytes()
    path.write_bytes(data[:start] + data[end:])
    found = named(vault)
    assert ("missing-entry", ids[2]) in found
    assert not {record for _, record in found} - {ids[2], ""}


def test_reordered_entries_are_named(vault: Vault):
    ids, path = vault.ids(), vault.path / "packs" / "000001.pack"
    with Store.open(vault.path, ORGANISATION, None, read_only=True) as store:
        one, two, three = (store._ledger.index.place(seq).offset for seq in (1, 2, 3))
    data = path.read_bytes()
    path.write_bytes(data[:one] + data[two:three] + data[one:two] + data[three:])
    found = named(vault)
    assert ("moved-entry", ids[2]) in found
    assert not {kind for kind, _ in found} & {*PACK_FAULTS, "missing-entry"}


def test_a_copied_entry_is_named(vault: Vault):
    ids, path = vault.ids(), vault.path / "packs" / "000001.pack"
    with Store.open(vault.path, ORGANISATION, None, read_only=True) as store:
        one, two = (store._ledger.index.place(seq).offset for seq in (1, 2))
    data = path.read_bytes()
    path.write_bytes(data[:two] + data[one:two] + data[two:])
    assert ("duplicate-entry", ids[1]) in named(vault)


def test_a_missing_pack_names_all_that_it_held(vault: Vault):
    ids = vault.ids()
    (vault.path / "packs" / "000001.pack").unlink()
    with_place = named(vault)
    assert ("missing-file", "") in with_place
    missing = {record for kind, record in with_place if kind == "missing-entry"}
    assert missing
    assert missing == set(ids[: len(missing)])


def test_an_extra_pack_and_an_extra_file_are_found(vault: Vault):
    (vault.path / "packs" / "000003.pack").write_bytes(b"x")
    assert vault.kinds()
    (vault.path / "packs" / "000003.pack").unlink()
    (vault.path / "packs" / "notes.txt").write_bytes(b"x")
    assert vault.kinds() == {"extra-file"}


def test_every_missing_file_is_found(vault: Vault):
    for path in vault.files():
        if path.parent.name == "anchors" or (path.parent.suffix == ".p" and path.name != "11"):
            continue  # anchors and older partial tiles may go
        if path.parent.name == "000.p" and path.parent.parent.name == "1":
            continue
        data = path.read_bytes()
        path.unlink()
        assert vault.verify().faults, path
        path.write_bytes(data)


def test_a_slot_copied_over_an_erased_one_is_found(vault: Vault):
    ids, path = vault.ids(), vault.path / "keys" / "000001.keys"
    data = path.read_bytes()
    slot = data[3 * SLOT_BYTES : 4 * SLOT_BYTES]
    path.write_bytes(data[: 2 * SLOT_BYTES] + slot + data[3 * SLOT_BYTES :])
    assert named(vault) == {("damaged-slot", ids[2])}


def test_a_slot_brought_back_after_its_erasure_is_found_and_destroyed_at_the_next_start(
    tmp_path: Path, keys: Keys
):
    vault = Vault(tmp_path / "vault", keys)
    with Store.create(vault.path, ORGANISATION, keys.signer) as store:
        store.commit([keys.records(b"one", b"two")])
        before = (vault.path / "keys" / "000001.keys").read_bytes()
        erase(store, keys, 1)
        store.publish()
    ids = vault.ids()
    path = vault.path / "keys" / "000001.keys"
    after = path.read_bytes()
    path.write_bytes(before + after[len(before) :])
    assert named(vault) == {("undestroyed-key", ids[1])}
    vault.open().close()
    assert vault.verify().faults == ()
    assert path.read_bytes() == after


def test_a_lost_key_is_told_apart_from_an_erased_one(vault: Vault):
    ids, path = vault.ids(), vault.path / "keys" / "000001.keys"
    data = path.read_bytes()
    path.write_bytes(data[: 5 * SLOT_BYTES] + bytes(SLOT_BYTES) + data[6 * SLOT_BYTES :])
    assert named(vault) == {("lost-key", ids[5])}


def test_a_key_of_another_entry_with_a_right_check_is_found_in_depth(vault: Vault):
    ids, path = vault.ids(), vault.path / "keys" / "000001.keys"
    with vault.open() as store:
        other = store.slot(6)
        forged = store._codec.pack(5, other.epoch, other.batch, other.wrapped)
    data = path.read_bytes()
    path.write_bytes(data[: 5 * SLOT_BYTES] + forged + data[6 * SLOT_BYTES :])
    assert named(vault) == set()
    assert named(vault, deep=True) == {("key-mismatch", ids[5])}


def test_all_damage_is_listed_not_only_the_first(vault: Vault):
    ids = vault.ids()
    with Store.open(vault.path, ORGANISATION, None, read_only=True) as store:
        places = [store._ledger.index.place(seq) for seq in range(11)]
    for seq in (1, 4, 9):
        path = vault.path / "packs" / f"{places[seq].pack:06d}.pack"
        flip(path, places[seq].offset + HEADER_BYTES + 40)
    flip(vault.path / "packs" / "000001.pack", places[3].offset + 5)
    flip(vault.path / "keys" / "000001.keys", 8 * SLOT_BYTES + 20)
    flip(vault.path / "index", 0)
    flip(vault.path / "log/tile/0/000.p/11", 6 * 32)
    assert named(vault) == {
        *(("damaged-record", ids[seq]) for seq in (1, 3, 4, 9)),
        ("damaged-slot", ids[8]),
        ("damaged-index", ids[0]),
        ("damaged-tile", ids[6]),
    }


def test_with_tiles_and_index_gone_damage_is_still_found(vault: Vault):
    (vault.path / "index").unlink()
    for path in (vault.path / "log" / "tile").rglob("*"):
        if path.is_file():
            path.unlink()
    flip(vault.path / "packs" / "000001.pack", 20)
    assert vault.kinds()


def test_a_rollback_of_everything_shows_only_against_a_head_from_outside(
    vault: Vault, tmp_path: Path, keys: Keys
):
    earlier = vault.copy(tmp_path / "earlier")
    with vault.open() as store:
        store.commit([keys.records(b"nine")])
        store.publish()
        head = store.checkpoint_text
    assert earlier.verify().faults == ()
    assert {str(fault.kind) for fault in earlier.verify(outside=[head]).faults} == {"rolled-back"}
    assert vault.verify(outside=[head]).faults == ()


def test_a_rewritten_ledger_shows_against_a_head_from_outside(vault: Vault, tmp_path: Path, keys: Keys):
    other = Vault(tmp_path / "other", keys)
    with Store.create(other.path, ORGANISATION, keys.signer) as store:
        store.commit([keys.records(*(bytes((n,)) for n in range(20)))])
        store.publish()
    with vault.open() as store:
        head = store.checkpoint_text
    assert {str(fault.kind) for fault in other.verify(outside=[head]).faults} == {"rewritten"}


def test_packs_rolled_back_behind_the_checkpoint_name_what_is_missing(tmp_path: Path, keys: Keys):
    vault = Vault(tmp_path / "vault", keys)
    with Store.create(vault.path, ORGANISATION, keys.signer) as store:
        store.commit([keys.records(b"one")])
        store.publish()
        before = (vault.path / "packs" / "000001.pack").read_bytes()
        store.commit([keys.records(b"two")])
        store.publish()
    ids = vault.ids()
    (vault.path / "packs" / "000001.pack").write_bytes(before)
    assert named(vault) == {("missing-entry", ids[1])}


def test_a_vault_of_another_organisation_or_key_is_refused(vault: Vault, keys: Keys):
    assert verify(vault.path, OTHER).faults
    stranger = LedgerSigner(ORGANISATION, Ed25519PrivateKey.generate()).verifier
    kinds = {str(fault.kind) for fault in verify(vault.path, ORGANISATION, ledger_key=stranger).faults}
    assert "bad-signature" in kinds


def test_a_missing_anchor_is_a_note_and_no_fault(vault: Vault):
    assert vault.verify().notes == ()
    (vault.path / "anchors" / "monday.checkpoint").unlink()
    report = vault.verify()
    assert report.faults == ()
    assert "outside" in report.notes[0]


def test_a_vault_that_is_being_written_is_no_fault(vault: Vault, keys: Keys):
    with vault.open() as store:
        store.commit([keys.records(b"nine")])
        assert vault.verify(deep=True).faults == ()
        with (vault.path / "packs" / "000002.pack").open("ab") as file:
            file.write(b"half a fra")
        assert vault.verify().faults == ()


def test_a_vault_that_grows_publishes_and_erases_all_the_while_is_no_fault(tmp_path: Path, keys: Keys):
    vault = Vault(tmp_path / "vault", keys)
    stop = threading.Event()

    def write(store: Store) -> None:
        number = 0
        while not stop.is_set():
            first = store.commit([keys.records(*(b"%d" % n for n in range(40)))]).first
            store.publish()
            erase(store, keys, first + number % 40)
            number += 1

    with Store.create(vault.path, ORGANISATION, keys.signer) as store:
        writer = threading.Thread(target=write, args=(store,))
        writer.start()
        try:
            while store.size < 1500:
                assert writer.is_alive()
                assert vault.verify(deep=True).faults == ()
        finally:
            stop.set()
            writer.join()
    assert vault.verify(deep=True).faults == ()


def test_a_larger_ledger_with_two_levels_of_tiles(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(grouping, "PACK_CLOSES_AT", 40_000)
    vault = Vault(tmp_path / "vault", keys)
    with Store.create(vault.path, ORGANISATION, keys.signer) as store:
        for start in range(0, 700, 70):
            store.commit([keys.records(*(str(n).encode() * 3 for n in range(start, start + 70)))])
            store.publish()
        store.commit([keys.action(EventTag.GENESIS)])
        store.publish()
    assert vault.verify(deep=True).faults == ()
    assert not (vault.path / "log/tile/0/000.p").exists()
    for name in ("tile/0/001", "tile/1/000.p/2", "tile/entries/000", "tile/entries/002.p/189"):
        path = vault.path / "log" / name
        before = flip(path, path.stat().st_size // 2)
        assert vault.kinds() == {"damaged-tile"}, name
        path.write_bytes(before)


def test_where_there_is_no_vault(tmp_path: Path):
    with pytest.raises(NotAvailableError):
        verify(tmp_path, ORGANISATION)


def test_names_of_records_are_written_as_people_write_them(vault: Vault):
    with vault.open() as store:
        assert vault.ids()[3] == record_text(store.entry(3).id)
    assert COMMIT_BYTES == 128
