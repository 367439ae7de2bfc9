"""The quick reading of packs finds orders and counts, and gives over to the careful one at a fault."""

from muniment.vault.faults import FaultList
from muniment.vault.layout import Layout
from muniment.vault.survey import survey
from tests.vault.conftest import ORGANISATION, Vault


def test_a_sound_vault(vault: Vault):
    with vault.open() as store:
        faults = FaultList()
        found = survey(Layout(vault.path), ORGANISATION, store.checkpoint, faults, live=False)
        assert not faults
        assert found.authentic
        assert (found.records, found.ledger.tree.size) == (8, 11)
        assert found.orders == {store.entry(2).id}
        assert not found.unreadable


def test_a_damaged_one_keeps_orders_and_count(vault: Vault):
    with vault.open() as store:
        head, place = store.checkpoint, store._ledger.index.place(7)  # the erasure order itself
    path = vault.path / "packs" / f"{place.pack:06d}.pack"
    data = bytearray(path.read_bytes())
    data[place.offset + 50] ^= 1
    path.write_bytes(bytes(data))
    faults = FaultList()
    found = survey(Layout(vault.path), ORGANISATION, head, faults, live=False)
    assert [str(fault.kind) for fault in faults.all()] == ["damaged-action"]
    assert found.authentic
    assert found.unreadable == {7}
    assert len(found.orders) == 1
    assert found.records == 8
