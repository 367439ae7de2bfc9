"""What other rooms see of a person."""

import dataclasses

import pytest

from muniment.people.roles import Role
from muniment.people.views import PersonView


def person(*roles: Role) -> PersonView:
    return PersonView("per_1", "org_1", "Ann", "employee", "", frozenset(roles), (), "")


def test_a_view_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        person().name = "Bob"  # type: ignore[misc]


def test_who_handles_content_and_who_administers() -> None:
    assert person(Role.HR).handles_content
    assert not person(Role.EMPLOYEE, Role.AUDITOR).handles_content
    assert person(Role.IT_ENGINEER).administers
    assert not person(Role.DIRECTOR).administers
