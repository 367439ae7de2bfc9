"""A signed contract stands for acceptance: whose, attested by whom, for how long, for which version."""

from datetime import date, timedelta
from typing import Any

import pytest

from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.people import comparing, services
from muniment.people.models import Contract, Person
from muniment.people.roles import Role
from muniment.people.services.contracts import MUST_CITE
from muniment.people.views import ContractView
from tests.residents import acts_after, end_of_ledger
from tests.town import Town


def outsider(town: Town, kind: str = Person.Kind.CONTRACTOR) -> str:
    return services.add_person(town.ours.id, "Connie", kind=kind).id


def attest(town: Town, person: str, by: Role = Role.LINE_MANAGER, **changes: object) -> ContractView:
    given: dict[str, object] = {
        "reference": "C-17",
        "signed": date(2026, 1, 5),
        "ends": None,
        "cites": tuple(MUST_CITE),
    }
    actor = services.view(town.ours[by].id)
    return services.attest_contract(town.desk, actor, person, **{**given, **changes})  # type: ignore[arg-type]


def waits(person: str) -> int:
    return len(services.waiting_policies(person))


def test_it_stands_for_the_terms_of_its_day_and_is_in_the_ledger(town: Town, policy: int) -> None:
    person, before = outsider(town), end_of_ledger(town)
    assert waits(person) == 1
    made = attest(town, person)
    assert (made.person, made.commissioner, made.over) == ("Connie", "Line manager Person", False)
    assert waits(person) == 0
    ((clear, body),) = acts_after(town, before)
    assert "people:contract:attested" in clear
    assert b'"cites":["confidentiality","data_protection","freedom_of_information"]' in body
    assert [one.reference for one in services.contracts(town.ours.id)] == ["C-17"]
    assert services.contracts(town.theirs.id) == ()


def test_a_newer_version_takes_a_new_attestation(town: Town, policy: int) -> None:
    person = outsider(town)
    attest(town, person)
    newer = services.draft_policy(
        town.ours.id, subject="use", number="2.0", title="Terms", text="New.", effective=date(2026, 2, 1)
    )
    services.publish(town.desk, newer)
    assert waits(person) == 1
    attest(town, person)
    assert waits(person) == 0


def test_it_ends_with_the_contract(town: Town, policy: int) -> None:
    person = outsider(town)
    attest(town, person, ends=clock.now().date())
    assert waits(person) == 0
    Contract.objects.update(ends=clock.now().date() - timedelta(days=1))
    assert waits(person) == 1
    assert services.contracts(town.ours.id)[0].over


@pytest.mark.parametrize("left_out", MUST_CITE)
def test_every_citation_is_needed(town: Town, left_out: str) -> None:
    with pytest.raises(WrongUseError, match="must cite"):
        attest(town, outsider(town), cites=[name for name in MUST_CITE if name != left_out])


@pytest.mark.parametrize(
    "changes", [{"reference": " "}, {"signed": date(2999, 1, 1)}, {"ends": date(2020, 1, 1)}]
)
def test_an_unsigned_unnamed_or_past_contract_is_none(town: Town, changes: dict[str, Any]) -> None:
    with pytest.raises(WrongUseError):
        attest(town, outsider(town), **changes)


@pytest.mark.parametrize("by", [Role.EMPLOYEE, Role.ADMINISTRATOR, Role.HR, Role.AUDITOR])
def test_who_commissions_nobody_attests_nothing(town: Town, by: Role) -> None:
    with pytest.raises(RefusedError, match="commissions nobody"):
        attest(town, outsider(town), by)


def test_employees_strangers_and_oneself_are_refused(town: Town, policy: int) -> None:
    for person in (town.ours[Role.EMPLOYEE].id, town.theirs[Role.EMPLOYEE].id, "per_none"):
        with pytest.raises(RefusedError, match="cannot stand for acceptance"):
            attest(town, person)
    Person.objects.filter(pk=town.ours[Role.LINE_MANAGER].id).update(kind=Person.Kind.CONTRACTOR)
    with pytest.raises(RefusedError, match="cannot stand for acceptance"):
        attest(town, town.ours[Role.LINE_MANAGER].id)


def test_a_contract_written_behind_the_ledgers_back_is_named(town: Town) -> None:
    attest(town, outsider(town))
    Contract.objects.update(ends=date(2999, 1, 1))
    faults = {fault.kind for fault in comparing.compare(town.desk, town.ours.id) if fault.table == "contract"}
    assert "row differs" in faults
