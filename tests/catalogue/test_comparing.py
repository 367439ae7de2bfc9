"""The catalogue against the ledger: every act word for word, every record at its place."""

from dataclasses import dataclass

import pytest

from muniment.catalogue import comparing, intake
from muniment.catalogue.models import LedgerEntry, Record
from muniment.core.tags import EventTag
from muniment.readers.calls import Call
from muniment.vault.messages import ActEntry, Examined
from tests.catalogue.samples import ORGANISATION, action, batch, mail, record
from tests.readers.calls.samples import the_facts

pytestmark = pytest.mark.django_db


@dataclass
class Ledger:
    """A ledger of some entries, as the keeper's desk door gives it."""

    entries: list[Examined]

    def acts(self, organisation: str, after: int, limit: int) -> tuple[ActEntry, ...]:
        assert organisation == ORGANISATION
        found = [entry for entry in self.entries if entry.clear and entry.seq > after]
        return tuple(ActEntry(entry.seq, entry.clear, entry.body) for entry in found[:limit])

    @property
    def places(self) -> dict[str, int]:
        return {entry.record: entry.seq for entry in self.entries if entry.record}

    def compare(self) -> set[tuple[str, int]]:
        faults = comparing.compare(self, ORGANISATION, self.places)
        assert all(fault.advice for fault in faults)
        return {(fault.kind, fault.sequence) for fault in faults}


@pytest.fixture
def ledger() -> Ledger:
    held = [record(0), record(1)]
    opened = action(2, EventTag.RECORD_OPENED, {"person": "per_a"}, record=held[0].record, action="view")
    made = Ledger([*held, opened, action(3, EventTag.SEARCH_MADE, {"person": "per_b"})])
    intake.take_in(ORGANISATION, batch(*made.entries), {each.record: mail(each.record) for each in held})
    return made


def test_what_was_taken_in_agrees(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ledger.compare() == set()
    monkeypatch.setattr(comparing, "AT_ONCE", 1)
    assert ledger.compare() == set()


def test_what_is_not_taken_in_yet_is_no_fault(ledger: Ledger) -> None:
    ledger.entries += [record(4), action(5, EventTag.SEARCH_MADE)]
    assert ledger.compare() == set()


def test_edited_hidden_and_invented_acts_are_named(ledger: Ledger) -> None:
    LedgerEntry.objects.filter(sequence=2).update(actor="per_x")
    LedgerEntry.objects.filter(sequence=3).update(sequence=1)
    assert ledger.compare() == {
        ("row differs", 2),
        ("entry without row", 3),
        ("row without entry", 1),
    }


def test_moved_hidden_and_invented_records_are_named(ledger: Ledger) -> None:
    first, second = ledger.places
    Record.objects.filter(pk=first).update(sequence=7)
    Record.objects.filter(pk=second).update(id="rec_invented")
    assert ledger.compare() == {
        ("row differs", 7),
        ("row without entry", 1),
        ("entry without row", 1),
    }


def test_other_organisations_are_not_looked_at(ledger: Ledger) -> None:
    Record.objects.update(organisation="org_other")
    LedgerEntry.objects.update(organisation="org_other")
    assert {kind for kind, _ in ledger.compare()} == {"entry without row"}


def test_what_stayed_of_an_erased_call_is_named(ledger: Ledger) -> None:
    entry = record(4)
    ledger.entries.append(entry)
    intake.take_in(ORGANISATION, batch(entry), {entry.record: Call(the_facts())})
    assert ledger.compare() == set()
    Record.objects.filter(pk=entry.record).update(erased_at=1)
    assert ledger.compare() == {("row without entry", -1)}
