"""Test calls: declared before they come, and erased by rule a fortnight later (docs/decisions/0039).

1. The recorder declares the identifier under which a test call will be sealed. The ledger has that entry, in
   clear, before the record: of a record that is there already nobody can say afterwards that it is a test.
2. When the time is over the record is ordered erased by the rule `test-call`, without a warrant, unless a hold
   stands. Anybody can check that the rule applied: the declaration stands before the record, and the order is
   at least `orders.TEST_CALL_KEPT` younger than it.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from muniment.core.errors import WrongUseError
from muniment.core.ids import ID_BYTES, RecordId, record_text
from muniment.core.tags import TEST_CALL, EventTag
from muniment.vault import messages as ask
from muniment.vault.keeper.entries import Clear, Entry
from muniment.vault.keeper.sessions import Sessions
from muniment.vault.keeper.strongroom import Strongroom
from muniment.vault.messages import Receipt
from muniment.vault.orders import TEST_CALL_KEPT

MOST_AT_ONCE = 1000  # orders in one commit


def declare(room: Strongroom, request: ask.DeclareTest) -> Receipt:
    """Write that a test call will come under this identifier. RefusedError where a record has it already."""
    if len(request.record) != ID_BYTES:
        raise WrongUseError("A test call is declared by the identifier of its record.")
    name = record_text(RecordId(request.record))
    return room.act(lambda now: (Entry(Clear(tag=EventTag.CALL_TESTED, time=now, record=name), b"{}"),))


def erase_tests(room: Strongroom, sessions: Sessions, _request: ask.EraseTests) -> ask.ErasedTests:
    """Order and carry out the erasure of every test call whose time is over; those that are held are left."""
    erased = 0
    while records := _erase(room):
        for each in records:
            sessions.end(room.organisation, record=record_text(each))
        erased += len(records)
    return ask.ErasedTests(erased)


def _erase(room: Strongroom) -> list[RecordId]:
    records: list[RecordId] = []

    def compose(now: int) -> Sequence[Entry]:
        records.extend(islice(_due(room, now), MOST_AT_ONCE))
        names = map(record_text, records)
        return [
            Entry(Clear(tag=EventTag.RECORD_ERASED, time=now, record=each, rule=TEST_CALL), b"{}")
            for each in names
        ]

    def destroy(_receipt: Receipt) -> None:
        if records:
            room.store.destroy_key(*map(room.store.find, records))

    room.act(compose, destroy)
    return records


def _due(room: Strongroom, now: int) -> Iterator[RecordId]:
    books = room.books
    for record, declared in books.tests.items():
        over = declared + TEST_CALL_KEPT <= now
        came = room.store.sequence(record) is not None
        if over and came and record not in books.erased and not books.held(record):
            yield record
