"""Recovery cuts what was never acknowledged, and refuses where something that was is not there."""

from pathlib import Path

import pytest

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.vault.recovery import recover
from muniment.vault.store import Store
from tests.vault.conftest import ORGANISATION, Keys, Vault

LAST_PACK = "packs/000002.pack"


def test_a_sound_vault_is_read_from_its_index(vault: Vault):
    with Store.open(vault.path, ORGANISATION, None, read_only=True) as store:
        found = recover(store._layout, ORGANISATION, store.verifier)
    assert found.indexed
    assert (found.ledger.tree.size, found.batches, found.checkpoint.size) == (11, 7, 11)


def test_a_tail_that_is_torn_at_any_byte_is_cut_and_everything_before_it_stays(vault: Vault, keys: Keys):
    path = vault.path / LAST_PACK
    end = path.stat().st_size
    with Store.open(vault.path, ORGANISATION, None) as store:  # no signer: nothing is published
        store.commit([keys.records(b"nine", b"ten")])
    whole = path.read_bytes()
    for length in range(end, len(whole)):
        path.write_bytes(whole[:length])
        with Store.open(vault.path, ORGANISATION, None) as store:
            assert store.size == 11
        assert path.stat().st_size == end
    path.write_bytes(whole[: end + 40] + b"\xff" + whole[end + 41 :])
    with Store.open(vault.path, ORGANISATION, None) as store:
        assert store.size == 11


def test_a_whole_group_that_was_not_published_is_kept(vault: Vault, keys: Keys):
    with Store.open(vault.path, ORGANISATION, None) as store:
        store.commit([keys.records(b"nine", b"ten")])
    with vault.open() as store:
        assert (store.size, store.checkpoint.size) == (13, 13)


def test_damage_before_a_whole_group_is_no_torn_tail(vault: Vault, keys: Keys):
    path = vault.path / LAST_PACK
    end = path.stat().st_size
    with Store.open(vault.path, ORGANISATION, None) as store:
        store.commit([keys.records(b"nine")])
        store.commit([keys.records(b"ten")])
    data = bytearray(path.read_bytes())
    data[end + 80] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(FaultFoundError, match="not the end"):
        vault.open()
    assert path.read_bytes() == bytes(data)


@pytest.mark.parametrize("name", [LAST_PACK, "packs/000001.pack"])
def test_a_checkpoint_ahead_of_what_is_durable_is_refused_and_nothing_is_cut(vault: Vault, name: str):
    path = vault.path / name
    data = path.read_bytes()
    for length in (0, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:length])
        (vault.path / "index").unlink(missing_ok=True)
        with pytest.raises(FaultFoundError):
            vault.open()
        assert path.read_bytes() == data[:length]


def test_a_missing_pack_is_refused(vault: Vault):
    (vault.path / "packs/000001.pack").unlink()
    with pytest.raises(FaultFoundError, match="pack"):
        vault.open()


def test_entries_that_are_not_the_signed_ones_are_refused(vault: Vault, keys: Keys, tmp_path: Path):
    other = tmp_path / "other"
    with Store.create(other, ORGANISATION, keys.signer) as store:
        store.commit([keys.records(*(bytes((n,)) for n in range(20)))])
    for name in ("packs", "keys"):
        for path in (vault.path / name).iterdir():
            path.unlink()
        for path in (other / name).iterdir():
            (vault.path / name / path.name).write_bytes(path.read_bytes())
    (vault.path / "index").unlink()
    with pytest.raises(FaultFoundError, match="not those"):
        vault.open()


@pytest.mark.parametrize("name", ["keys/000001.keys", "keys/000001.batches"])
def test_missing_keys_are_refused(vault: Vault, name: str):
    path = vault.path / name
    data = path.read_bytes()
    for content in (data[:-64], b""):
        path.write_bytes(content)
        with pytest.raises(FaultFoundError):
            vault.open()
    path.unlink()
    with pytest.raises(FaultFoundError):
        vault.open()


def test_keys_of_a_torn_commit_are_cut(vault: Vault):
    slots, batches = vault.path / "keys/000001.keys", vault.path / "keys/000001.batches"
    sizes = slots.stat().st_size, batches.stat().st_size
    for path in (slots, batches):
        path.write_bytes(path.read_bytes() + b"\x01" * 100)
    (vault.path / "log/aside").write_bytes(b"half")
    assert vault.kinds() == {"torn-tail"}
    vault.open().close()
    assert (slots.stat().st_size, batches.stat().st_size) == sizes
    assert vault.verify().faults == ()


def test_a_missing_or_false_checkpoint_is_refused(vault: Vault):
    path = vault.path / "log/checkpoint"
    note = path.read_bytes()
    for wrong in (b"", b"\xff", note.replace(b"11", b"12")):
        path.write_bytes(wrong)
        with pytest.raises(FaultFoundError):
            vault.open()
    path.unlink()
    with pytest.raises(NotAvailableError):
        vault.open()


def test_a_new_pack_that_holds_only_a_torn_group_is_cut(vault: Vault, keys: Keys):
    (vault.path / "packs/000003.pack").write_bytes((vault.path / LAST_PACK).read_bytes())
    with pytest.raises(FaultFoundError, match="does not follow"):  # whole, but not the next: no torn group
        vault.open()
    (vault.path / "packs/000003.pack").write_bytes(b"torn" * 500)
    assert vault.kinds() == {"torn-tail"}
    with vault.open() as store:
        store.commit([keys.records(b"nine")])
        store.publish()
    assert vault.verify(deep=True).faults == ()


def test_an_empty_pack_after_a_crash_is_used(vault: Vault, keys: Keys):
    (vault.path / "packs/000003.pack").touch()
    with vault.open() as store:
        store.commit([keys.records(b"nine")])
        store.publish()
    assert (vault.path / "packs/000003.pack").stat().st_size
    assert vault.verify().faults == ()
