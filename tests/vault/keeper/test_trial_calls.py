"""A test call is declared before it comes, and erased by rule when its time is over; nothing else can be."""

import pytest

from muniment.core import ids
from muniment.core.errors import FaultFoundError, RefusedError, WrongUseError
from muniment.core.ids import record_bytes, record_text
from muniment.core.tags import TEST_CALL, EventTag
from muniment.vault import messages as ask
from muniment.vault import sealing
from muniment.vault.content import pack_content
from muniment.vault.frames import Kind
from muniment.vault.keeper.entries import Clear, Entry, read_clear
from muniment.vault.messages import ErasedTests
from muniment.vault.orders import TEST_CALL_KEPT
from muniment.vault.sealing import Document
from muniment.vault.slots import State
from tests.vault.firm import Firm
from tests.vault.keeper.test_broken_streams import orders, sound, store_of

__all__ = ["sound"]


def declare(firm: Firm) -> ids.RecordId:
    name = ids.new_record_id()
    firm.do(ask.DeclareTest(firm.organisation, name))
    return name


def come(firm: Firm, record: ids.RecordId) -> str:
    """The call is sealed under that identifier."""
    key = firm.keyring.current_epoch(firm.organisation)
    document = Document(Kind.RECORD, pack_content(b"{}", b"a tone"), id=record)
    firm.do(ask.Seal(firm.organisation, sealing.seal_batch(key, [document])))
    return record_text(record)


def a_test(firm: Firm) -> str:
    return come(firm, declare(firm))


def erase_tests(firm: Firm) -> int:
    done = firm.do(ask.EraseTests(firm.organisation))
    assert isinstance(done, ErasedTests)
    return done.calls


def state(firm: Firm, record: str) -> State:
    store = store_of(firm)
    return store.slot(store.find(record_bytes(record))).state


def test_after_a_fortnight_it_is_erased_and_the_ledger_says_why(firm: Firm) -> None:
    record, (other,) = a_test(firm), firm.seal(b"somebody's call")
    firm.clock.time += TEST_CALL_KEPT - 1
    assert erase_tests(firm) == 0
    assert state(firm, record) is not State.EMPTY
    firm.clock.time += 1
    assert erase_tests(firm) == 1
    assert (state(firm, record), state(firm, other) is State.EMPTY) == (State.EMPTY, False)
    (order,) = orders(firm)
    assert (order.record, order.rule, order.warrant) == (record, TEST_CALL, "")
    assert erase_tests(firm) == 0, "once"
    sound(firm)
    firm.restart()
    assert record_bytes(record) in firm.books.erased
    sound(firm)


def test_what_is_held_stays_until_the_hold_is_released(firm: Firm) -> None:
    record = a_test(firm)
    firm.append(tag=EventTag.HOLD_PLACED, body={"hold": "hold_1", "records": [record]})
    firm.clock.time += TEST_CALL_KEPT
    assert erase_tests(firm) == 0
    del firm.books.holds["hold_1"]
    assert erase_tests(firm) == 1


def test_a_call_that_is_there_cannot_be_declared_a_test(firm: Firm) -> None:
    (record,) = firm.seal(b"somebody's call")
    with pytest.raises(RefusedError, match="not come yet"):
        firm.do(ask.DeclareTest(firm.organisation, record_bytes(record)))
    test = record_bytes(a_test(firm))
    with pytest.raises(RefusedError):
        firm.do(ask.DeclareTest(firm.organisation, test))
    with pytest.raises(WrongUseError):
        firm.do(ask.DeclareTest(firm.organisation, b"short"))
    firm.clock.time += TEST_CALL_KEPT
    assert erase_tests(firm) == 1
    assert state(firm, record) is not State.EMPTY


def test_one_that_was_declared_and_never_came_is_no_order(firm: Firm) -> None:
    declare(firm)
    firm.clock.time += TEST_CALL_KEPT
    assert erase_tests(firm) == 0
    assert orders(firm) == []


def forged(firm: Firm, clear: Clear) -> None:
    """An entry that the keeper would not write, as somebody with its keys might have written it."""
    room = firm.keeper.room(firm.organisation)
    room.store.commit([room.seal_entries([Entry(clear, b"{}")])])
    room.store.publish()


def test_an_order_that_the_rule_does_not_bear_out_is_not_believed(firm: Firm) -> None:
    (record,) = firm.seal(b"somebody's call")
    room = firm.keeper.room(firm.organisation)
    now = firm.clock.time
    for clear in (
        Clear(tag=EventTag.RECORD_ERASED, time=now, record=record, rule=TEST_CALL),
        Clear(tag=EventTag.RECORD_ERASED, time=now, record=a_test(firm), rule=TEST_CALL),
        Clear(tag=EventTag.CALL_TESTED, time=now, record=record),
    ):
        with pytest.raises(RefusedError):
            room.books.apply(room.store.size, Entry(clear, b"{}"))
    forged(firm, Clear(tag=EventTag.CALL_TESTED, time=now, record=record))
    with pytest.raises(FaultFoundError, match="cannot be believed"):
        room.read_books()


def test_no_other_door_and_no_act_of_a_person_declares_one(firm: Firm) -> None:
    with pytest.raises(RefusedError):
        firm.append(tag=EventTag.CALL_TESTED, record=record_text(ids.new_record_id()))


def test_many_are_erased_in_commits_of_a_size(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muniment.vault.keeper.trial_calls.MOST_AT_ONCE", 2)
    made = [a_test(firm) for _ in range(5)]
    firm.clock.time += TEST_CALL_KEPT
    assert erase_tests(firm) == len(made)
    assert {each.record for each in orders(firm)} == {*made}
    assert {read_clear(store_of(firm).entry(seq).clear).time for seq in firm.books.erased.values()} == {
        firm.clock.time
    }
