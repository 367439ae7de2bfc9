"""Tiles and index together tell what every leaf was, also when one of them lies."""

from muniment.vault.index import INDEX_BYTES
from muniment.vault.layout import Layout
from muniment.vault.reference import gather
from tests.vault.conftest import Vault


def test_all_witnesses_agree_in_a_sound_vault(vault: Vault):
    with vault.open() as store:
        reference = gather(Layout(vault.path), store.checkpoint)
        assert reference.proved
        assert [known.leaf for known in reference.leaves] == [
            store._ledger.tree.leaf(seq) for seq in range(11)
        ]
        assert reference.by_id() == {store.entry(seq).id: seq for seq in range(11)}
    assert reference.get(11) is None


def test_any_one_of_them_may_lie_and_two_may_be_gone(vault: Vault):
    with vault.open() as store:
        head = store.checkpoint
    index, tile, bundle = (
        vault.path / name for name in ("index", "log/tile/0/000.p/11", "log/tile/entries/000.p/11")
    )
    for liar, at in ((index, 4 * INDEX_BYTES + 30), (tile, 70), (bundle, 300)):
        data = liar.read_bytes()
        liar.write_bytes(data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :])
        assert gather(Layout(vault.path), head).proved, liar
        liar.write_bytes(data)
    for gone in ((index, tile), (tile, bundle), (index, bundle)):
        kept = {path: path.read_bytes() for path in gone}
        for path in gone:
            path.unlink()
        assert gather(Layout(vault.path), head).proved, gone
        for path, data in kept.items():
            path.write_bytes(data)


def test_with_no_witness_nothing_is_known(vault: Vault):
    with vault.open() as store:
        head = store.checkpoint
    for path in vault.files():
        if path.parent.name not in {"packs", "keys"}:
            path.unlink()
    reference = gather(Layout(vault.path), head)
    assert not reference.proved
    assert reference.by_id() == {}
