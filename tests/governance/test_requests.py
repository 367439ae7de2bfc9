"""Who sees a request, where it stands, whom it waits for."""

import pytest

from muniment.core.errors import RefusedError
from muniment.governance import requests
from muniment.governance.authorisation import AbsentError
from muniment.governance.views import RequestState
from muniment.people.models import RoleAssignment
from tests.governance.house import House


def test_those_concerned_see_it_and_nobody_else(house: House) -> None:
    request = house.located(house.submitted(about=["eve"]), house.records(1))
    for name in ("hana", "dora", "dan", "mona", "cora"):
        assert requests.one(house.person(name), request.id).id == request.id
    for name in ("ines", "eve", "max", "ira", "ada", "aud", "olga"):
        with pytest.raises(AbsentError):
            requests.one(house.person(name), request.id)


def test_absent_and_hidden_are_told_apart_by_nobody(house: House) -> None:
    request = house.submitted()
    stranger = house.estate.house().person("cora")
    said = set()
    for name in (request.id, "req_aaaaaaaaaaaaaaaaaaaaaaaaaa"):
        with pytest.raises(AbsentError) as refusal:
            requests.one(stranger, name)
        said.add(str(refusal.value))
    assert len(said) == 1


def test_its_state_follows_what_became_of_it(house: House) -> None:
    request = house.submitted()
    assert request.state is RequestState.LOCATING
    assert request.waits_for == ()
    request = house.located(request, house.records(1))
    assert request.state is RequestState.DECIDING
    assert house.refuse("dora", request).state is RequestState.REFUSED


def test_it_waits_for_nobody_once_those_who_might_decide_have_gone(house: House) -> None:
    request = house.located(house.submitted(), house.records(1))
    RoleAssignment.objects.filter(role__in=["director", "managing_director"]).delete()
    assert requests.one(house.person("hana"), request.id).waits_for == ()
    with pytest.raises(RefusedError):
        house.approve("dora", request)


def test_own_lists_what_one_signed(house: House) -> None:
    request = house.submitted()
    assert [one.id for one in requests.own(house.person("hana"))] == [request.id]
    assert requests.own(house.person("cora")) == ()
