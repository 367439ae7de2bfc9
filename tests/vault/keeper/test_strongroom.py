"""The strongroom: opens what it seals, and says clearly what it cannot open."""

import pytest

from muniment.core import ids
from muniment.core.errors import NotAvailableError
from muniment.core.tags import EventTag
from muniment.vault.handover import KeeperKeys, OrganisationKeys
from muniment.vault.keeper.keeper import Keeper
from tests.vault.firm import Firm


def test_entries_of_many_batches_open_in_any_order(firm: Firm) -> None:
    records = [firm.seal(*(f"{n}/{m}".encode() for m in range(3))) for n in range(4)]
    room = firm.keeper.room(firm.organisation)
    for n in (3, 0, 2, 1, 3):
        for m in (2, 0, 1):
            entry = room.store.entry(room.store.find(ids.record_bytes(records[n][m])))
            assert room.content(entry) == (b"{}", f"{n}/{m}".encode())


def test_without_the_epochs_key_nothing_opens(firm: Firm) -> None:
    firm.keeper.close()
    (keys,) = firm.keyring.keeper_keys().organisations
    other = OrganisationKeys(keys.organisation, {2: keys.epochs[1]}, keys.ledger)
    with pytest.raises(NotAvailableError, match="key of epoch 1"):
        Keeper(firm.home, KeeperKeys((other,)))


def test_a_second_keeper_cannot_open_the_store(firm: Firm) -> None:
    with pytest.raises(NotAvailableError):
        firm.start()


def test_what_happens_alone_sees_everything_published(firm: Firm) -> None:
    room = firm.keeper.room(firm.organisation)
    for _ in range(5):
        firm.append(tag=EventTag.CASE_OPENED)
        size = room.store.size
        assert room.alone(lambda: room.store.checkpoint.size) == size
