"""From request to grant, with every signature checked by a real keeper."""

import pytest

from muniment.core.errors import RefusedError
from muniment.governance import deciding, granting
from muniment.governance.views import GrantState, RequestState
from tests.governance.house import House


def test_a_director_approves_and_the_holder_gets_exactly_what_was_chosen(house: House) -> None:
    records = house.records(3)
    request = house.granted(records)

    assert request.state is RequestState.GRANTED
    grant = granting.one(house.person("hana"), request.grant)
    assert grant.state is GrantState.LIVE
    assert grant.records == tuple(sorted(records))
    assert grant.actions == ("view",)
    assert [person.name for person in grant.approvers] == ["Dora"]
    assert (grant.not_after - grant.not_before).days == 14


def test_nobody_decides_their_own_request(house: House) -> None:
    request = house.located(house.submitted("dora"), house.records(1))

    assert house.id("dora") not in {person.id for person in request.waits_for}
    with pytest.raises(RefusedError, match="own request"):
        house.approve("dora", request)
    assert house.approve("dan", request).state is RequestState.GRANTED
