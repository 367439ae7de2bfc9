"""A refusal is written even though the act is rolled back, and listed for those who watch."""

import pytest

from muniment.core.errors import NotAvailableError, RefusedError
from muniment.core.tags import EventTag
from muniment.governance import denials
from muniment.governance.models import Denial
from tests.governance.house import House


def refused(house: House, name: str, record: str = "") -> None:
    with (
        pytest.raises(RefusedError, match="No"),
        denials.written(house.desk, house.person(name), "view", "grant_1", record),
    ):
        raise RefusedError("No.", why="Because.")


def test_it_is_in_the_ledger_with_the_record_in_clear_and_the_person_sealed(house: House) -> None:
    [record] = house.records(1)
    refused(house, "ira", record)
    row = Denial.objects.get()
    [act] = [act for act in house.desk.acts(house.organisation, -1, 100) if act.seq == row.ledger_sequence]
    assert EventTag.ACCESS_DENIED.encode() in act.clear
    assert record.encode() in act.clear
    assert house.id("ira").encode() not in act.clear
    assert house.id("ira").encode() in act.body


def test_trouble_that_is_no_refusal_is_not_one(house: House) -> None:
    with (
        pytest.raises(NotAvailableError),
        denials.written(house.desk, house.person("ira"), "view", "grant_1"),
    ):
        raise NotAvailableError("Down.")
    assert not Denial.objects.exists()


def test_watchers_see_all_newest_first_and_each_person_their_own(house: House) -> None:
    refused(house, "ira")
    refused(house, "ada")
    for name in ("aud", "cora", "dora", "mona"):
        assert [one.person.name for one in denials.listed(house.person(name))] == ["Ada", "Ira"]
    for name in ("ira", "hana", "eve"):
        with pytest.raises(RefusedError):
            denials.listed(house.person(name))
    assert [one.person.name for one in denials.own(house.person("ira"))] == ["Ira"]
    newest = denials.listed(house.person("aud"))[0].ledger_sequence
    assert [one.person.name for one in denials.listed(house.person("aud"), before=newest)] == ["Ira"]
    assert denials.listed(house.estate.house().person("aud")) == ()
