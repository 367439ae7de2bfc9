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


def told(house: House, name: str) -> list[Notice]:
    return list(Notice.objects.filter(person_id=house.id(name), subject__startswith="A grant is in force"))


def test_approver_and_guardian_get_what_was_signed_and_the_way_to_take_it_back(house: House) -> None:
    records = house.records(2)
    request = house.granted(records)
    for name in ("dora", "cora"):
        [notice] = told(house, name)
        assert notice.path == f"/grants/{request.grant}/revoke"
        for said in (
            "Who: Hana",
            "May: read and listen to 2 records",
            "Approved by: Dora",
            "Until: ",
            "Purpose: ",
        ):
            assert said in notice.body, said
        assert not [record for record in records if record in notice.body]
        assert "It is needed" not in notice.body
    for name in ("hana", "dan", "aud"):
        assert told(house, name) == []


def test_nothing_is_told_before_the_last_yes_and_nobody_is_told_twice(house: House) -> None:
    request = house.located(house.submitted("cora", "erasure", purpose="L2"), house.records(1))
    house.approve("cora", request, beside=[house.id("dora")])
    assert told(house, "cora") == told(house, "dora") == []
    house.approve("dora", request)
    assert [len(told(house, name)) for name in ("cora", "dora", "hana")] == [1, 1, 0]
    assert "Approved by: " in told(house, "cora")[0].body
