"""Both key files are read of one generation, also while the epoch turns."""

from pathlib import Path

import pytest

from muniment.vault import key_image
from muniment.vault.key_image import read_keys
from muniment.vault.layout import Layout
from tests.vault.conftest import Keys, Vault


def test_the_files_that_count_are_read(vault: Vault):
    image = read_keys(Layout(vault.path))
    assert image.files.generation == 1
    assert image.slots == (vault.path / "keys/000001.keys").read_bytes()
    assert image.batches == (vault.path / "keys/000001.batches").read_bytes()


def test_a_turn_between_the_two_is_noticed(vault: Vault, keys: Keys, monkeypatch: pytest.MonkeyPatch):
    real = key_image._read
    with vault.open() as store:

        def turning(path: Path) -> bytes:
            data = real(path)
            if path.name == "000001.keys":
                keys.turn(store)
            return data

        monkeypatch.setattr(key_image, "_read", turning)
        image = read_keys(Layout(vault.path))
    assert image.files.generation == 2
    assert image.batches == (vault.path / "keys/000002.batches").read_bytes()


def test_what_is_missing_is_empty(vault: Vault):
    (vault.path / "keys/000001.batches").unlink()
    assert read_keys(Layout(vault.path)).batches == b""
