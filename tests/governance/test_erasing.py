"""An erasure proposed from the case in which the record was found."""

import pytest

from muniment.catalogue.models import RecordParty
from muniment.core.errors import RefusedError
from muniment.governance import erasing, requests
from muniment.governance.models import Denial
from muniment.governance.views import RequestState
from tests.governance.house import House
from tests.governance.test_holds import placed


def proposed(house: House, record: str, case: str) -> str:
    cora = house.person("cora")
    draft, shown = erasing.propose(
        house.desk, cora, record, case=case, ground="unlawful", reason="It was sent here by mistake."
    )
    return erasing.submit(house.desk, cora, draft, record, house.sign("cora", shown)).id


def test_it_waits_for_two_and_then_may_be_carried_out(house: House) -> None:
    [record] = house.records(1)
    case = house.granted([record]).case
    request = proposed(house, record, case)
    waiting = requests.one(house.person("cora"), request)
    assert waiting.records == (record,)
    assert waiting.case == case
    first = house.approve("cora", waiting, beside=[house.id("dora")])
    assert first.state is RequestState.DECIDING
    assert house.approve("dora", waiting).grant


def test_only_a_record_of_that_case(house: House) -> None:
    [record, other] = house.records(2)
    case = house.granted([record]).case
    assert [one.id for one in erasing.cases_of(house.person("cora"), record)] == [case]
    with pytest.raises(RefusedError, match="not found in this case"):
        erasing.propose(
            house.desk,
            house.person("cora"),
            other,
            case=case,
            ground="unlawful",
            reason="By mistake, I think.",
        )


def test_what_is_held_is_refused_by_the_name_of_the_hold_and_listed(house: House) -> None:
    [record] = house.records(1)
    case = house.granted([record]).case
    hold = placed(house, [record])
    with pytest.raises(RefusedError, match=hold):
        proposed(house, record, case)
    assert Denial.objects.filter(record=record, action="erase").exists()


def test_nobody_but_the_data_controller_proposes(house: House) -> None:
    [record] = house.records(1)
    case = house.granted([record]).case
    with pytest.raises(RefusedError):
        erasing.propose(
            house.desk,
            house.person("hana"),
            record,
            case=case,
            ground="unlawful",
            reason="I would rather not.",
        )


def test_whoever_wrote_it_or_got_it_does_not_decide_that_it_goes(house: House) -> None:
    [record] = house.records(1)
    case = house.granted([record]).case
    for role, name in (("from", "dora"), ("cc", "dan")):
        RecordParty.objects.create(
            record_id=record, organisation=house.organisation, role=role, name="", sent=1, sequence=1,
            address=house.person(name).addresses[0],
        )  # fmt: skip
    request = requests.one(house.person("cora"), proposed(house, record, case))
    assert {person.name for person in request.about} == {"Dora"}
    waits = {person.name for person in request.waits_for}
    assert "Dora" not in waits
    assert "Dan" in waits
