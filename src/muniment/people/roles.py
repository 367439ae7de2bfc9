"""The roles a person can hold, which of them exclude one another, and the powers that follow.

A role says who is *eligible*. It opens nothing: content needs a grant (see `governance`).
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from muniment.core.errors import RefusedError


class Role(StrEnum):
    """What a person is in one organisation."""

    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    DATA_CONTROLLER = "data_controller"
    DIRECTOR = "director"
    EMPLOYEE = "employee"
    HR = "hr"
    INVESTIGATOR = "investigator"
    IT_ENGINEER = "it_engineer"
    LINE_MANAGER = "line_manager"
    MANAGING_DIRECTOR = "managing_director"
    OFFICE_MANAGER = "office_manager"
    REVIEWER = "reviewer"

    @property
    def label(self) -> str:
        """The role as a page writes it."""
        return LABELS[self]


LABELS: Final = {
    Role.ADMINISTRATOR: "Administrator",
    Role.AUDITOR: "Auditor",
    Role.DATA_CONTROLLER: "Data Controller",
    Role.DIRECTOR: "Director",
    Role.EMPLOYEE: "Employee",
    Role.HR: "HR",
    Role.INVESTIGATOR: "Investigator",
    Role.IT_ENGINEER: "IT engineer",
    Role.LINE_MANAGER: "Line manager",
    Role.MANAGING_DIRECTOR: "Managing director",
    Role.OFFICE_MANAGER: "Office manager",
    Role.REVIEWER: "Reviewer",
}

ADMINISTERING_ROLES: Final = frozenset({Role.ADMINISTRATOR, Role.IT_ENGINEER})
"""Whoever runs the machine. They never read what is on it."""

CONTENT_ROLES: Final = frozenset(Role) - ADMINISTERING_ROLES - {Role.AUDITOR, Role.EMPLOYEE}
"""Whoever may ask for content, decide about it or be given it. They must use a second factor."""

ENTITLED_ROLES: Final = frozenset({Role.DIRECTOR, Role.MANAGING_DIRECTOR, Role.OFFICE_MANAGER})
"""Whoever the default rows of an approval matrix name, beside the Data Controller."""


NAMING_ROLES: Final = frozenset({Role.DATA_CONTROLLER, Role.DIRECTOR, Role.MANAGING_DIRECTOR})
"""Whoever names those who may ask for content, decide about it, be given it, or audit."""


def may_give(giver: Iterable[Role], role: Role) -> bool:
    """Whether somebody with these roles may give `role` to another person, or take it from them.

    Who runs the machine gives and takes the roles of running it; who is entitled to decide names those
    who may ask, decide or audit. Neither side can make the other without the other seeing it.
    """
    held = set(giver)
    if role in ADMINISTERING_ROLES | {Role.EMPLOYEE}:
        return bool(held & (NAMING_ROLES | {Role.ADMINISTRATOR}))
    return bool(held & NAMING_ROLES)


def conflict(held: Iterable[Role], wanted: Role) -> Role | None:
    """The role among `held` that stands in the way of `wanted`, if there is one.

    Administering and content roles exclude each other; an auditor is at most an employee besides
    (governance design, static exclusions). The database holds the same rule by trigger.
    """
    return next((role for role in sorted(held) if excludes(role, wanted)), None)


def excludes(first: Role, second: Role) -> bool:
    """Whether no person may hold both roles; the same in either order."""
    if first == second:
        return False
    pair = {first, second}
    if Role.AUDITOR in pair:
        return Role.EMPLOYEE not in pair
    return bool(pair & ADMINISTERING_ROLES) and bool(pair & CONTENT_ROLES)


def require_compatible(held: Iterable[Role], wanted: Role) -> None:
    """RefusedError if `wanted` cannot stand beside a role in `held`."""
    if obstacle := conflict(held, wanted):
        raise RefusedError(
            f"{wanted.label} cannot be given to somebody who is {obstacle.label}.",
            why="Whoever runs or audits the system must not also have a say in what it holds.",
            remedy="Remove the other role first, or give the role to another person.",
        )
