"""Keys are compared with the ledger; a live vault is given time to carry out an order."""

import threading

import pytest

from muniment.core.errors import NotAvailableError
from muniment.core.ids import record_text
from muniment.core.tags import EventTag
from muniment.vault.verify import verify
from tests.vault.conftest import ORGANISATION, Keys, Vault


def test_an_epoch_key_that_is_not_there_is_named_for_each_record(vault: Vault):
    def none(epoch: int):
        raise NotAvailableError(f"There is no key of epoch {epoch}.")

    report = verify(vault.path, ORGANISATION, keys=none)
    assert {str(fault.kind) for fault in report.faults} == {"key-mismatch"}
    assert len(report.faults) == 10  # one of the eleven is erased


def test_an_order_that_is_about_to_be_carried_out_is_no_fault(vault: Vault, keys: Keys):
    with vault.open() as store:
        store.commit([keys.action(EventTag.RECORD_ERASED, record=record_text(store.entry(4).id))])
        late = threading.Timer(0.3, store.destroy_key, [4])
        late.start()
        assert vault.verify().faults == ()
        late.join()


def test_an_order_that_is_never_carried_out_is_one(vault: Vault, keys: Keys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("muniment.vault.key_check.SETTLING_SECONDS", 0.01)
    with vault.open() as store:
        store.commit([keys.action(EventTag.RECORD_ERASED, record=record_text(store.entry(4).id))])
        assert vault.kinds() == {"undestroyed-key"}
