"""Roles are given and removed in the ledger; the database refuses what the service would."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.core.errors import RefusedError
from muniment.people import services
from muniment.people.models import RoleAssignment
from muniment.people.roles import Role, excludes
from tests.residents import acts_after, end_of_ledger
from tests.town import Town


def test_a_role_and_its_entry_are_written_together(town: Town) -> None:
    before, person = end_of_ledger(town), services.add_person(town.ours.id, "Ann")
    services.give_role(town.desk, person.id, Role.HR, by=town.ours[Role.DIRECTOR].id)
    row = RoleAssignment.objects.get(person_id=person.id)
    ((clear, body),) = acts_after(town, before)
    assert row.ledger_sequence == before + 1
    assert "people:role:changed" in clear
    assert b'"role":"hr"' in body
    assert b'"change":"given"' in body


def test_giving_twice_and_removing_twice_writes_once(town: Town) -> None:
    before, person = end_of_ledger(town), services.add_person(town.ours.id, "Ann")
    for _ in range(2):
        services.give_role(town.desk, person.id, Role.HR)
    for _ in range(2):
        services.remove_role(town.desk, person.id, Role.HR)
    assert len(acts_after(town, before)) == 2
    assert services.view(person.id).roles == frozenset()


def test_an_excluded_role_is_refused_and_leaves_no_entry(town: Town) -> None:
    before = end_of_ledger(town)
    with pytest.raises(RefusedError, match="cannot be given"):
        services.give_role(town.desk, town.ours[Role.IT_ENGINEER].id, Role.INVESTIGATOR)
    assert acts_after(town, before) == []


def test_nobody_gives_a_role_to_themselves_or_across_organisations(town: Town) -> None:
    director = town.ours[Role.DIRECTOR].id
    with pytest.raises(RefusedError, match="to themselves"):
        services.give_role(town.desk, director, Role.HR, by=director)
    with pytest.raises(RefusedError, match="within one organisation"):
        services.give_role(town.desk, director, Role.HR, by=town.theirs[Role.DIRECTOR].id)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(held=st.sampled_from(Role), wanted=st.sampled_from(Role))
def test_the_database_itself_refuses_exactly_what_excludes(town: Town, held: Role, wanted: Role) -> None:
    with transaction.atomic():
        person = services.add_person(town.ours.id, "Ann")
        RoleAssignment.objects.create(person_id=person.id, role=held)
        try:
            with transaction.atomic():
                RoleAssignment.objects.create(person_id=person.id, role=wanted)
            refused = False
        except IntegrityError:
            refused = True
    assert refused == (held == wanted or excludes(held, wanted))


def test_a_role_row_cannot_be_turned_into_another(town: Town) -> None:
    with pytest.raises(IntegrityError, match="given and removed, never changed"), transaction.atomic():
        RoleAssignment.objects.filter(person_id=town.ours[Role.IT_ENGINEER].id).update(role=Role.DIRECTOR)


def test_holders_are_those_of_the_organisation(town: Town) -> None:
    assert [person.id for person in services.holders(town.ours.id, Role.HR)] == [town.ours[Role.HR].id]
