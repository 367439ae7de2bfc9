"""Which roles exclude one another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import RefusedError
from muniment.people.roles import (
    ADMINISTERING_ROLES,
    CONTENT_ROLES,
    LABELS,
    Role,
    conflict,
    excludes,
    require_compatible,
)

roles = st.sampled_from(Role)


@given(roles, roles)
def test_exclusion_is_the_same_in_either_order(first: Role, second: Role) -> None:
    assert excludes(first, second) == excludes(second, first)


@given(st.sampled_from(sorted(ADMINISTERING_ROLES)), st.sampled_from(sorted(CONTENT_ROLES)))
def test_whoever_runs_the_machine_has_no_say_in_content(administers: Role, content: Role) -> None:
    assert excludes(administers, content)


@given(roles)
def test_an_auditor_is_at_most_an_employee_besides(other: Role) -> None:
    assert excludes(Role.AUDITOR, other) == (other not in {Role.AUDITOR, Role.EMPLOYEE})


@given(roles)
def test_an_employee_may_be_anything_else_besides(other: Role) -> None:
    assert not excludes(Role.EMPLOYEE, other)


def test_a_refusal_names_both_roles() -> None:
    with pytest.raises(RefusedError, match="Director cannot be given to somebody who is IT engineer"):
        require_compatible({Role.IT_ENGINEER, Role.EMPLOYEE}, Role.DIRECTOR)


def test_nothing_stands_in_the_way_of_a_second_content_role() -> None:
    assert conflict({Role.DIRECTOR}, Role.LINE_MANAGER) is None


def test_every_role_has_its_words() -> None:
    assert set(LABELS) == set(Role)
    assert Role.HR.label == "HR"
