"""The page of somebody who decides."""

from datetime import timedelta

import pytest

from muniment.core import clock
from muniment.core.errors import RefusedError
from muniment.governance import deciding, denials, sheets
from muniment.governance.authorisation import AbsentError, Action
from tests.governance.house import House


def test_it_says_until_when_how_often_and_with_whom(house: House) -> None:
    request = house.located(house.submitted(), house.records(3))
    found = sheets.sheet(house.desk, house.person("dora"), request.id)
    assert found.request == request
    assert timedelta(0) <= clock.now() + timedelta(days=14) - found.until < timedelta(minutes=1)
    assert (found.cap, found.second, found.waiting, found.consult_first) == (30, (), (), False)


def test_the_second_person_sees_the_yes_that_waits(house: House) -> None:
    names = house.records(1, private=True)
    request = house.located(house.submitted("ines", "private_override"), names)
    first = sheets.sheet(house.desk, house.person("cora"), request.id)
    assert house.id("dora") in [one.id for one in first.second]
    house.approve("cora", request, beside=[house.id("dora")])
    assert [one.name for one in sheets.still_to_sign(house.person("cora"), request.id)] == ["Dora"]
    second = sheets.sheet(house.desk, house.person("dora"), request.id)
    assert (second.waiting, second.second) == (tuple(names), ())
    house.approve("dora", request)
    assert sheets.still_to_sign(house.person("cora"), request.id) == ()


def test_where_a_view_must_be_recorded_first_it_says_so(house: House) -> None:
    request = house.located(house.submitted("hana", "disciplinary"), house.records(1))
    dora = house.person("dora")
    assert sheets.sheet(house.desk, dora, request.id).consult_first
    assert sheets.may(house.person("cora"), request.id, Action.CONSULT)
    deciding.consult(house.desk, house.person("cora"), request.id, "No objection.")
    found = sheets.sheet(house.desk, dora, request.id)
    assert not found.consult_first
    assert [(one.person.name, one.view) for one in found.consultations] == [("Cora", "No objection.")]
    assert sheets.consultations(house.person("hana"), request.id) == found.consultations


def test_whoever_may_not_decide_gets_no_page_and_the_attempt_is_written(house: House) -> None:
    request = house.located(house.submitted(about=["dora"]), house.records(1))
    with pytest.raises(RefusedError, match="about you"):
        sheets.sheet(house.desk, house.person("dora"), request.id)
    assert [one.person.name for one in denials.listed(house.person("aud"))] == ["Dora"]


def test_only_who_decides_in_general_is_told_that_a_request_is_kept_from_them(house: House) -> None:
    request = house.submitted(about=["dora", "eve"])
    assert sheets.is_kept_from(house.person("dora"), request.id)
    assert not sheets.is_kept_from(house.person("eve"), request.id)
    assert not sheets.is_kept_from(house.person("mona"), request.id)
    assert not sheets.is_kept_from(house.person("dora"), "req_none")


def test_another_organisations_request_is_not_there(house: House) -> None:
    other = house.estate.house()
    request = other.located(other.submitted(), other.records(1))
    with pytest.raises(AbsentError):
        sheets.sheet(house.desk, house.person("dora"), request.id)
    assert not sheets.is_kept_from(house.person("dora"), request.id)
