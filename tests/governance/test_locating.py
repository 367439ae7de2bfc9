"""Finding by metadata under a signed locate warrant, and choosing what is frozen."""

import pytest

from muniment.core import ids
from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import locating
from muniment.governance.models import Denial, Search
from muniment.governance.views import RequestState
from muniment.vault.authority import statements as texts
from tests.governance.house import House
from tests.readers.calls.samples import a_call, the_facts
from tests.readers.calls.test_reading import statement
from tests.release.test_calls import kept


def test_a_call_is_chosen_with_all_its_recordings(house: House) -> None:
    facts = [the_facts(id=f"call_{number}xx", global_id="shared") for number in range(2)]
    first, second = (kept(house, a_call(facts=each), statement("siprec", facts=each)) for each in facts)
    request = house.located(house.submitted(), [first])
    assert set(request.records) == {first, second}


def test_the_data_controller_looks_chooses_and_the_deciders_are_told(house: House) -> None:
    records = house.records(3)
    request = house.located(house.submitted(), records[:2])

    assert request.state is RequestState.DECIDING
    assert request.records == tuple(sorted(records[:2]))
    assert {person.name for person in request.waits_for} == {"Dora", "Dan", "Mona"}
    search = Search.objects.get(request_id=request.id)
    assert search.ledger_sequence > request.ledger_sequence


def test_only_what_a_search_answered_can_be_chosen(house: House) -> None:
    found, other = house.records(1), house.records(1)
    request = house.submitted()
    cora = house.person("cora")
    shown = locating.prepare(cora, request.id)
    locating.locate(house.search(found), house.desk, cora, request.id, "offer", house.sign("cora", shown))
    for listed in (other, [*found, *other], [ids.record_text(ids.new_record_id())]):
        with pytest.raises(RefusedError, match="was not found for this request"):
            locating.choose(house.desk, cora, request.id, listed)
    with pytest.raises(WrongUseError, match="No record"):
        locating.choose(house.desk, cora, request.id, [])


def test_what_was_chosen_is_frozen(house: House) -> None:
    records = house.records(2)
    request = house.located(house.submitted(), records[:1])
    with pytest.raises(RefusedError):
        locating.choose(house.desk, house.person("cora"), request.id, records)


def test_nobody_else_looks_and_the_attempt_is_written(house: House) -> None:
    request = house.submitted()
    for name in ("hana", "dora", "ira", "ada", "aud", "eve"):
        actor = house.person(name)
        with pytest.raises(RefusedError):
            locating.locate(
                house.search([]), house.desk, actor, request.id, "offer", house.sign("cora", b"{}")
            )
    assert Denial.objects.filter(resource=request.id).count() == 6


def test_the_keeper_refuses_a_search_that_another_signed(house: House) -> None:
    request = house.submitted()
    cora = house.person("cora")
    shown = locating.prepare(cora, request.id)
    with pytest.raises(RefusedError):
        locating.locate(house.search([]), house.desk, cora, request.id, "x", house.sign("hana", shown))
    opening = texts.build_opening(
        organisation=house.organisation,
        warrant=request.locate_warrant,
        holder=cora.id,
        records=house.records(1),
        action=texts.Action.VIEW,
    )
    with pytest.raises(RefusedError):
        locating.locate(house.search([]), house.desk, cora, request.id, "x", house.sign("cora", opening))
