"""The two organisations: every role is there, and nobody holds two that exclude each other."""

from itertools import combinations

import pytest

from muniment.demo.personas import ORGANISATIONS, Organisation, persona
from muniment.people.roles import Role, excludes


def test_the_larger_has_every_role_and_two_directors() -> None:
    people = ORGANISATIONS[0].personas
    assert len(people) >= 12
    assert set().union(*(each.roles for each in people)) == set(Role)
    assert sum(Role.DIRECTOR in each.roles for each in people) == 2
    assert sum(Role.MANAGING_DIRECTOR in each.roles for each in people) == 1


@pytest.mark.parametrize("organisation", ORGANISATIONS, ids=lambda each: each.key)
def test_roles_fit_and_two_found_it(organisation: Organisation) -> None:
    for each in organisation.personas:
        assert not any(excludes(a, b) for a, b in combinations(each.roles, 2))
    assert sum(each.first_authority for each in organisation.personas) == 2
    keys = {each.key for each in organisation.personas}
    assert all(each.reports_to in keys | {""} for each in organisation.personas)


def test_nobody_is_their_own_manager_and_keys_are_unique() -> None:
    people = [each for organisation in ORGANISATIONS for each in organisation.personas]
    assert len({each.key for each in people}) == len(people)
    assert not any(each.key == each.reports_to for each in people)


def test_personas_are_found_by_key() -> None:
    assert persona("director").writer.name == "Diane Okafor"
    with pytest.raises(KeyError):
        persona("nobody")
