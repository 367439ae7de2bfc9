"""Both readers on a compacted vault: the same damage found, for every byte and every truncation."""

import pytest

from muniment.vault.store import Store
from tests.project.test_second_reader import NOTHING, READER
from tests.vault.compacting import GONE, closed, compacted, first
from tests.vault.conftest import Vault
from tests.vault.test_verify import flip

__all__ = ["closed", "compacted"]  # fixtures


def second(vault: Vault) -> set[tuple[str, str]]:
    return {fault[:2] for one in READER.check(vault.path, NOTHING) for fault in one.faults}


def test_both_find_a_compacted_vault_sound(compacted: Vault):
    assert second(compacted) == first(compacted) == set()


def test_both_find_the_same_for_every_byte_of_a_compacted_vault(compacted: Vault):
    for path in compacted.files():
        whole = path.parent.name == "packs"
        for at in range(
            0, path.stat().st_size, 1 if whole else 5
        ):  # the others' every byte is another test's
            for mask in (0x55, 0x01) if whole else (0x55,):
                before = flip(path, at, mask)
                found = first(compacted)
                assert found, (path, at, mask)
                assert second(compacted) == found, (path, at, mask)
                path.write_bytes(before)


def test_both_find_every_truncation_of_a_compacted_pack(compacted: Vault):
    path = compacted.path / "packs" / "000001.pack"
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        found = first(compacted)
        assert found, length
        assert second(compacted) == found, length


def test_a_flipped_byte_of_a_stub_names_its_record_alone(compacted: Vault):
    ids, path = compacted.ids(), compacted.path / "packs" / "000001.pack"
    with Store.open(compacted.path, compacted.keys.organisation, None, read_only=True) as store:
        starts = {seq: store._ledger.index.place(seq).offset for seq in GONE}
    for seq, start in starts.items():
        for at in range(start, start + 100):
            for mask in (0x55, 0x01):
                before = flip(path, at, mask)
                assert first(compacted) == {("damaged-record", ids[seq])}, (seq, at, mask)
                path.write_bytes(before)


@pytest.mark.parametrize("indexed", [True, False])
def test_both_name_a_stub_that_nobody_ordered(
    closed: Vault, monkeypatch: pytest.MonkeyPatch, *, indexed: bool
):
    """Somebody takes the ciphertext of a living record away and leaves a stub, as compaction would."""
    ids = closed.ids()
    with closed.open() as store:
        monkeypatch.setattr(type(store), "_erased", lambda *_: [3, 8])
        store.compact(1)
        if indexed:
            store.publish()
    expected = {("stub-without-order", ids[3]), ("stub-without-order", ids[8])}
    assert second(closed) == first(closed) == expected
    assert {(str(f.kind), f.record) for f in closed.verify(deep=True).faults} == expected


def test_a_file_that_a_compaction_left_aside_is_harmless(compacted: Vault):
    (compacted.path / "packs" / "aside").write_bytes(b"half")
    assert second(compacted) == first(compacted) == {("torn-tail", "")}
    compacted.open().close()
    assert second(compacted) == first(compacted) == set()
