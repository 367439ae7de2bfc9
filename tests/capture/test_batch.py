"""Captured messages become a sealed batch."""

import pytest

from muniment.capture.batch import Captured, check, keep, sealed
from muniment.capture.statement import CaptureStatement
from muniment.core.errors import NotAvailableError
from muniment.core.ids import new_record_id, record_text
from muniment.vault.messages import Receipt
from tests.capture.memory_keeper import ORGANISATION, MemoryKeeper

STATEMENT = CaptureStatement(source="s", received=0, form="eml", sha256="").encode()


def test_what_was_sealed_opens_to_the_same_bytes_under_the_same_id() -> None:
    keeper = MemoryKeeper()
    messages = [Captured(new_record_id(), STATEMENT, bytes([n]) * n * 1000) for n in range(5)]
    keeper.seal(sealed(keeper.epoch(ORGANISATION), messages))
    opened = keeper.records()
    assert {record: original for record, (_, original) in opened.items()} == {
        record_text(message.record): message.original for message in messages
    }


@pytest.mark.parametrize(("organisation", "count"), [("org_other", 1), (ORGANISATION, 2)])
def test_a_receipt_for_something_else_keeps_nothing(organisation: str, count: int) -> None:
    keeper = MemoryKeeper()
    batch = sealed(keeper.epoch(ORGANISATION), [Captured(new_record_id(), STATEMENT, b"x")])
    check(keeper.seal(batch), batch)
    with pytest.raises(NotAvailableError):
        check(Receipt(organisation, 0, count, b"", 0, b""), batch)


def test_what_was_sealed_before_the_epoch_turned_is_sealed_anew() -> None:
    keeper = MemoryKeeper()
    messages = [Captured(new_record_id(), STATEMENT, b"x")]
    batch = sealed(keeper.epoch(ORGANISATION), messages)
    keeper.taken = 2
    assert keep(keeper, ORGANISATION, messages, batch).count == 1
    assert [each.epoch for each in keeper.batches] == [2]
    keep(keeper, ORGANISATION, [Captured(new_record_id(), STATEMENT, b"y")])
