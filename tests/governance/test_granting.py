"""Grants end: by time, by revocation, and by nobody's database row."""

from datetime import timedelta

import pytest

from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import granting
from muniment.governance.models import Grant
from muniment.governance.views import GrantState, GrantView
from muniment.vault.authority import statements as texts
from tests.governance.house import House


def revoked(house: House, by: str, grant: str) -> GrantView:
    actor = house.person(by)
    shown = granting.prepare_revocation(actor, grant, "The need has gone.")
    return granting.revoke(house.desk, actor, grant, house.sign(by, shown))


def test_a_grant_binds_the_one_purpose_that_was_asked_for(house: House) -> None:
    request = house.approve("dora", house.located(house.submitted(purpose="K10"), house.records(1)))
    warrant = texts.read(texts.Warrant, bytes(Grant.objects.get(pk=request.grant).warrant))
    assert (request.purpose.id, warrant.purpose) == ("K10", "K10")
    with pytest.raises(WrongUseError, match="names no purpose"):
        house.submitted(purpose="")


@pytest.mark.parametrize("by", ["dora", "cora"])
def test_an_approver_or_the_data_controller_takes_a_grant_back(house: House, by: str) -> None:
    request = house.granted(house.records(1))
    view = revoked(house, by, request.grant)
    assert view.state is GrantState.REVOKED
    with pytest.raises(RefusedError, match="taken back already"):
        revoked(house, by, request.grant)


@pytest.mark.parametrize("by", ["hana", "dan", "aud"])
def test_nobody_else_does(house: House, by: str) -> None:
    request = house.granted(house.records(1))
    with pytest.raises(RefusedError):
        revoked(house, by, request.grant)


def test_a_revocation_needs_a_reason(house: House) -> None:
    request = house.granted(house.records(1))
    with pytest.raises(WrongUseError, match="why"):
        granting.prepare_revocation(house.person("dora"), request.grant, " ")


def test_state_follows_the_time_box(house: House) -> None:
    request = house.granted(house.records(1))
    row = Grant.objects.get(pk=request.grant)
    assert granting.state(row) is GrantState.LIVE
    row.not_after = clock.now() - timedelta(seconds=1)
    assert granting.state(row) is GrantState.EXPIRED
    row.not_after = clock.now() + timedelta(days=2)
    row.not_before = clock.now() + timedelta(days=1)
    assert granting.state(row) is GrantState.NOT_YET


def test_a_grant_is_seen_by_its_holder_its_approvers_and_the_data_controller(house: House) -> None:
    request = house.granted(house.records(1))
    for name in ("hana", "dora", "cora"):
        assert granting.one(house.person(name), request.grant).holder.name == "Hana"
    for name in ("ines", "ira", "ada", "aud", "eve"):
        with pytest.raises(RefusedError):
            granting.one(house.person(name), request.grant)
    with pytest.raises(RefusedError):
        granting.one(house.estate.house().person("cora"), request.grant)
    assert [grant.id for grant in granting.own(house.person("hana"))] == [request.grant]
    assert granting.own(house.person("dora")) == ()
