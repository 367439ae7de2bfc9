"""The folder of a vault has the names that docs/format.md gives."""

from pathlib import Path

from muniment.vault.layout import Layout
from tests.vault.conftest import Vault


def test_names():
    layout = Layout(Path("/v"))
    assert layout.pack(7) == Path("/v/packs/000007.pack")
    assert layout.slots == Path("/v/keys/000001.keys")
    assert layout.batches == Path("/v/keys/000001.batches")
    assert layout.checkpoint == Path("/v/log/checkpoint")
    assert layout.tile("tile/0/000") == Path("/v/log/tile/0/000")
    assert layout.index == Path("/v/index")


def test_packs_are_counted_and_other_files_are_not(vault: Vault):
    (vault.path / "packs" / "000003.pack.old").touch()
    assert Layout(vault.path).pack_numbers() == [1, 2]
