"""Slots and batches are read from files that stay open, and always from those that count."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.vault.key_reader import KeyReader
from muniment.vault.layout import Layout
from muniment.vault.slots import SLOT_BYTES, SlotCodec, State
from tests.vault.conftest import ORGANISATION, Keys, Vault, erase


@pytest.fixture
def reader(vault: Vault) -> Iterator[KeyReader]:
    layout = Layout(vault.path)
    made = KeyReader(layout, SlotCodec(ORGANISATION), layout.key_files())
    yield made
    made.close()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_slot_comes_with_its_batch_and_an_erased_one_with_none(vault: Vault, keys: Keys, reader: KeyReader):
    with vault.open() as store:
        slot, batch = reader.wrapped(1)
        assert (slot, batch) == store.wrapped(1)
        assert batch
        assert not reader.empty(1)
        erase(store, keys, 1)
        assert reader.wrapped(1)[1] is None
        assert reader.slot(1).state is State.EMPTY
        assert reader.empty(1)


def test_both_files_are_opened_once(reader: KeyReader):
    before = open_files()
    for _ in range(5):
        reader.wrapped(1)
        reader.batch(0)
        assert open_files() == before + 2
    reader.close()
    assert open_files() == before
    assert reader.wrapped(1)[1], "they are opened again"


def test_it_goes_over_to_the_next_generation_and_leaves_no_file_open(
    vault: Vault, keys: Keys, reader: KeyReader
):
    before = open_files()
    assert reader.wrapped(1)[0].epoch == 1
    with vault.open() as store:
        for _ in range(3):
            keys.turn(store)
            slot, batch = reader.wrapped(1)
            assert slot.epoch == 2
            assert batch
            assert batch.epoch == 2
    assert open_files() == before + 2


@pytest.mark.parametrize("name", ["keys", "batches"])
def test_a_file_that_is_missing_is_said_so_until_it_is_back(
    vault: Vault, reader: KeyReader, tmp_path: Path, name: str
):
    path = vault.path / "keys" / f"000001.{name}"
    shutil.move(path, tmp_path / "away")
    before = open_files()
    with pytest.raises(NotAvailableError, match="keys cannot be read"):
        reader.wrapped(1)
    assert open_files() == before
    shutil.move(tmp_path / "away", path)
    assert reader.wrapped(1)[1]


def test_what_is_damaged_is_named(vault: Vault, reader: KeyReader):
    number = reader.slot(1).batch
    for name, place, what in (("batches", number, f"Batch {number} "), ("keys", 1, "entry 1 ")):
        path = vault.path / "keys" / f"000001.{name}"
        data = bytearray(path.read_bytes())
        data[place * SLOT_BYTES + 20] ^= 1
        path.write_bytes(data)
        with pytest.raises(FaultFoundError, match=what):
            reader.wrapped(1)
    assert not reader.empty(1)
