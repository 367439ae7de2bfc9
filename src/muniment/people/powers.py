"""From the roles that a person holds to the powers that their signing key may have."""

from collections.abc import Iterable
from typing import Final

from muniment.people.roles import Role
from muniment.vault.authority.register import Power

_DECIDES: Final = frozenset({Power.DECIDE, Power.REQUEST})

POWERS: Final[dict[Role, frozenset[Power]]] = {
    Role.ADMINISTRATOR: frozenset(),
    Role.AUDITOR: frozenset(),
    Role.DATA_CONTROLLER: frozenset({Power.CONTROLLER, Power.DECIDE, Power.HOLD, Power.REQUEST}),
    Role.DIRECTOR: _DECIDES | {Power.HOLD},
    Role.EMPLOYEE: frozenset(),
    Role.HR: frozenset({Power.REQUEST}),
    Role.INVESTIGATOR: frozenset({Power.REQUEST}),
    Role.IT_ENGINEER: frozenset(),
    Role.LINE_MANAGER: _DECIDES,
    Role.MANAGING_DIRECTOR: _DECIDES | {Power.HOLD},
    Role.OFFICE_MANAGER: _DECIDES,
    Role.REVIEWER: frozenset({Power.REQUEST}),
}
"""No role carries `register`: the first authorities have it, and any two of them may give it."""


def powers_of(roles: Iterable[Role]) -> frozenset[Power]:
    """All powers that follow from the roles together."""
    return frozenset[Power]().union(*(POWERS[role] for role in roles))


WORDS: Final = {
    Power.CONTROLLER: "act as Data Controller",
    Power.DECIDE: "decide requests",
    Power.HOLD: "place and release holds",
    Power.REGISTER: "change this register",
    Power.REQUEST: "ask for records",
}


def in_words(powers: Iterable[Power]) -> str:
    """What a signing key may do, as a page writes it."""
    return (
        ", ".join(WORDS[power] for power in sorted(powers)) or "only confirm openings granted to its holder"
    )
