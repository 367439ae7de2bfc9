"""The Data Controller lends her seat: to whom, for what, how long, and what it never reaches."""

from datetime import datetime, timedelta

import pytest

from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import compare, delegations, holds, matrix, requests, routing, waiting
from muniment.governance.authorisation import AbsentError
from muniment.governance.models import Delegation, Notice
from muniment.governance.routing import Candidate, Parties
from muniment.governance.views import DelegationState, DelegationView, RequestState, RequestView
from tests.governance.house import House

PACK = matrix.shipped("call_recording")
CORA = Candidate("cora", frozenset({"data_controller"}))
DAN = Candidate("dan", frozenset({"director"}), stands_for=frozenset({"cora"}))


def lend(
    house: House,
    to: str = "dan",
    *kinds: str,
    begins: datetime | None = None,
    days: int = 7,
    by: str = "cora",
) -> DelegationView:
    begins = begins or clock.now()
    return delegations.delegate(
        house.desk,
        house.person(by),
        house.id(to),
        kinds or ("dsar",),
        begins=begins,
        ends=begins + timedelta(days=days),
        reason="Annual leave.",
    )


def asked(house: House, by: str = "cora", about: str = "eve") -> RequestView:
    return house.located(house.submitted(by, "dsar", about=[about], purpose="L1"), house.records(1))


def deciders(house: House, request: RequestView) -> set[str]:
    return {person.id for person in requests.one(house.person("cora"), request.id).waits_for}


def test_the_delegate_decides_and_the_keeper_takes_the_yes(house: House) -> None:
    lend(house)
    request = asked(house)
    assert deciders(house, request) == {house.id("cora"), house.id("dan")}
    assert [one.id for one in waiting.waiting(house.person("dan")).decide] == [request.id]
    assert house.approve("dan", request).state is RequestState.GRANTED


def test_only_the_named_classes_and_only_in_its_time(house: House) -> None:
    lend(house, "dan", "police")
    later = lend(house, "olga", "dsar", begins=clock.now() + timedelta(days=1))
    assert deciders(house, asked(house)) == {house.id("cora")}
    assert later.state is DelegationState.NOT_YET
    Delegation.objects.filter(pk=later.id).update(begins=clock.now(), ends=clock.now())
    assert deciders(house, asked(house)) == {house.id("cora")}


def test_never_in_a_case_about_the_delegate(house: House) -> None:
    lend(house)
    request = asked(house, about="dan")
    assert deciders(house, request) == {house.id("cora")}
    with pytest.raises(RefusedError):
        house.approve("dan", request)


def test_never_in_a_case_by_the_delegate_nor_where_she_could_not_decide_herself() -> None:
    dsar, police = PACK.row("dsar"), PACK.row("police")
    assert routing.route(police, Parties("hana"), (CORA, DAN)).deciders == {"cora", "dan"}
    assert routing.route(police, Parties("dan"), (CORA, DAN)).deciders == {"cora"}
    about_her = Parties("hana", subjects=frozenset({"cora"}))
    with pytest.raises(RefusedError, match="Nobody"):
        routing.route(dsar, about_her, (CORA, DAN))
    former = Candidate("cora", frozenset({"director"}))
    with pytest.raises(RefusedError, match="Nobody"):
        routing.route(police, Parties("hana"), (former, DAN))


def test_the_delegates_line_to_the_subject_excludes_them() -> None:
    manages = Parties("hana", subjects=frozenset({"eve"}), subjects_managers=frozenset({"dan"}))
    assert routing.route(PACK.row("police"), manages, (CORA, DAN)).deciders == {"cora"}


def test_ended_early_it_counts_no_more(house: House) -> None:
    made = lend(house)
    request = asked(house)
    with pytest.raises(RefusedError, match="Only the two persons"):
        delegations.end(house.desk, house.person("dora"), made.id)
    with pytest.raises(AbsentError):
        delegations.end(house.desk, house.person("hana"), made.id)
    ended = delegations.end(house.desk, house.person("dan"), made.id)
    assert (ended.state, ended.ended_by) == (DelegationState.ENDED, "Dan")
    assert deciders(house, request) == {house.id("cora")}
    with pytest.raises(RefusedError, match="over already"):
        delegations.end(house.desk, house.person("cora"), made.id)


@pytest.mark.parametrize("by", ["dora", "ada", "hana"])
def test_nobody_else_delegates(house: House, by: str) -> None:
    with pytest.raises(RefusedError):
        lend(house, "dan", by=by)


@pytest.mark.parametrize("to", ["cora", "eve", "ira", "ada", "aud"])
def test_whoever_handles_no_content_cannot_be_named(house: House, to: str) -> None:
    with pytest.raises(RefusedError, match="cannot decide in your place"):
        lend(house, to)


def test_a_span_a_reason_and_a_class_with_her_seat_are_needed(house: House) -> None:
    for wrong in ({"days": 93}, {"days": 0}, {"begins": clock.now() - timedelta(days=1)}):
        with pytest.raises(WrongUseError):
            lend(house, **wrong)
    for kind in ("business", "hold_release", "nothing"):
        with pytest.raises(WrongUseError, match="has a seat"):
            lend(house, "dan", kind)


def test_each_act_stands_in_the_ledger_and_an_edited_row_is_found(house: House) -> None:
    made = lend(house)
    delegations.end(house.desk, house.person("cora"), made.id)
    assert not compare.compare(house.desk, house.organisation)
    Delegation.objects.filter(pk=made.id).update(classes=["erasure"])
    [fault] = compare.compare(house.desk, house.organisation)
    assert (fault.kind, fault.row) == ("row differs", made.id)


def test_who_is_part_of_it_is_told_and_watchers_see_all(house: House) -> None:
    made = lend(house)
    assert Notice.objects.filter(person_id=house.id("dan"), path="/delegations").exists()
    for name in ("cora", "dan", "dora", "aud"):
        assert [one.id for one in delegations.listed(house.person(name))] == [made.id]
    for name in ("hana", "ada", "olga"):
        assert delegations.listed(house.person(name)) == ()


def test_it_lends_no_other_right(house: House) -> None:
    lend(house, "max", "dsar")
    with pytest.raises(RefusedError):
        holds.place(house.desk, house.person("max"), house.records(1), "A claim.")
    assert not delegations.may_delegate(house.person("max"))
