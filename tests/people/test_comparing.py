"""People's rows against the ledger. The ledger lives longer than the rows of one test, so what counts is
what an edit adds to the faults."""

from collections.abc import Callable

import pytest
from django.db import connection

from muniment.people import comparing, services
from muniment.people.comparing import RowFault
from muniment.people.models import PolicyAcceptance, RegisterChange, RoleAssignment
from muniment.people.roles import Role
from tests.residents import acts_after, end_of_ledger
from tests.town import Town


def faults(town: Town) -> set[RowFault]:
    found = comparing.compare(town.desk, town.ours.id)
    assert all(fault.advice for fault in found)
    return set(found)


@pytest.fixture
def added(town: Town) -> Callable[[], set[tuple[str, str]]]:
    """Kind and table of each fault that was not there when the test began to edit."""
    before: list[set[RowFault]] = []

    def since() -> set[tuple[str, str]]:
        if not before:
            before.append(faults(town))
        return {(fault.kind, fault.table) for fault in faults(town) - before[0]}

    return since


def sql(statement: str, *values: str, triggers_of: str = "") -> None:
    with connection.cursor() as cursor:
        if triggers_of:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [triggers_of]
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(statement, values)


def test_roles_that_were_given_and_taken_agree(town: Town, added: Callable[[], set[tuple[str, str]]]) -> None:
    added()
    person = services.add_person(town.ours.id, "Newcomer").id
    services.give_role(town.desk, person, Role.REVIEWER)
    services.give_role(town.desk, person, Role.HR)
    services.remove_role(town.desk, person, Role.HR)
    assert added() == set()
    RoleAssignment.objects.create(person_id=person, role=Role.HR)
    assert added() == {("row without entry", "role")}


def test_a_role_given_by_somebody_else_and_one_that_is_gone(
    town: Town, added: Callable[[], set[tuple[str, str]]]
) -> None:
    added()
    hr, reviewer = services.add_person(town.ours.id, "Newcomer").id, town.ours[Role.REVIEWER].id
    services.give_role(town.desk, hr, Role.HR)
    sql(
        "UPDATE people_roleassignment SET given_by_id = %s WHERE person_id = %s",
        reviewer,
        hr,
        triggers_of="people_roleassignment",
    )
    assert added() == {("row differs", "role")}
    RoleAssignment.objects.filter(person_id=hr).delete()
    assert added() == {("entry without row", "role")}


def test_a_policy_and_its_acceptances(
    town: Town, policy: int, added: Callable[[], set[tuple[str, str]]]
) -> None:
    added()
    person = town.ours[Role.EMPLOYEE].id
    [shown] = services.waiting_policies(person)
    services.accept(town.desk, person, policy, sha256=shown.sha256, address="127.0.0.1")
    assert added() == set()
    sql("UPDATE people_policyversion SET text = 'x'", triggers_of="people_policyversion")
    assert added() == {("row differs", "policy version")}
    sql("UPDATE people_policyacceptance SET address = '10.0.0.1'", triggers_of="people_policyacceptance")
    assert added() == {("row differs", "policy version"), ("row differs", "policy acceptance")}
    PolicyAcceptance.objects.update(ledger_sequence=None)
    assert ("row without entry", "policy acceptance") in added()
    sql("DELETE FROM people_policyacceptance")
    assert {kind for kind, _ in added()} == {"row differs", "entry without row"}


def test_a_change_of_the_register(town: Town, added: Callable[[], set[tuple[str, str]]]) -> None:
    added()
    director, controller = town.ours[Role.DIRECTOR], town.ours[Role.DATA_CONTROLLER]
    serial = town.desk.register_view(town.ours.id).serial + 1
    change = services.propose_change(
        town.ours.id, by=director.id, about=director.id, summary="Nothing", serial=serial
    )
    assert added() == set()  # nothing has happened yet
    before = end_of_ledger(town)
    for person in (director, controller):
        services.sign_change(town.desk, town.ours.id, change.id, person.sign(change.statement))
    assert len(acts_after(town, before)) == 1
    assert added() == set()
    RegisterChange.objects.filter(pk=change.id).update(statement=b"{}")
    assert added() == {("row differs", "register change")}
