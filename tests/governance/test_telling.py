"""A Data Controller who approves for herself does so under somebody's eyes."""

import pytest

from muniment.core.errors import RefusedError
from muniment.governance.models import Notice, Told
from muniment.people.models import RoleAssignment
from tests.governance.house import House


def test_somebody_who_is_not_concerned_is_told_for_the_search_and_for_the_grant(house: House) -> None:
    request = house.submitted("cora", "dsar", purpose="L1", about=["mona"])
    request = house.approve("cora", house.located(request, house.records(1)))
    told = Told.objects.filter(request_id=request.id).order_by("pk")
    assert [row.person_id for row in told] == [house.id("dora"), house.id("dora")]
    assert len({row.warrant_hash for row in told}) == 2
    assert Notice.objects.filter(person_id=house.id("dora"), path=f"/requests/{request.id}").count() == 2


def test_with_nobody_to_tell_nothing_is_approved(house: House) -> None:
    RoleAssignment.objects.filter(role__in=["director", "managing_director", "office_manager"]).delete()
    with pytest.raises(RefusedError, match="no second person"):
        house.submitted("cora", "dsar", purpose="L1")
