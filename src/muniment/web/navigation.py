"""What stands in the bar at the top, by the roles of whoever looks at it."""

from dataclasses import dataclass
from typing import Final

from muniment.people.roles import ADMINISTERING_ROLES, CONTENT_ROLES, NAMING_ROLES, Role
from muniment.people.views import PersonView


@dataclass(frozen=True)
class Entry:
    """One link of the bar: its words, the name of its page, and who sees it (nobody named: all)."""

    words: str
    page: str
    roles: frozenset[Role] = frozenset()


_WATCH: Final = NAMING_ROLES | {Role.AUDITOR}

ENTRIES: Final = [
    Entry("Start", "start"),
    Entry("Requests", "my_requests", CONTENT_ROLES),
    Entry("Cases", "cases", frozenset({Role.DATA_CONTROLLER})),
    Entry("Delegations", "delegations", frozenset({Role.DATA_CONTROLLER})),
    Entry("Grants", "my_grants", CONTENT_ROLES),
    Entry("My records", "my_records"),
    Entry("What is recorded", "what_is_recorded"),
    Entry("Proof log", "proof_log", _WATCH | ADMINISTERING_ROLES),
    Entry("Holds", "holds", frozenset({Role.OFFICE_MANAGER, Role.INVESTIGATOR})),
    Entry("Machine", "machine", ADMINISTERING_ROLES),
    Entry("People", "people", NAMING_ROLES | {Role.ADMINISTRATOR}),
    Entry(
        "Mail domains",
        "domains",
        frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.IT_ENGINEER, Role.DATA_CONTROLLER}),
    ),
    Entry("Policies", "policies"),
    Entry("Profile", "profile"),
]


WATCHING: Final = (
    Entry("Proof log", "proof_log", _WATCH | ADMINISTERING_ROLES),
    Entry("Checks", "checks", _WATCH | ADMINISTERING_ROLES),
    Entry("Calls", "call_completeness", _WATCH | ADMINISTERING_ROLES),
    Entry("Notices", "announcements", _WATCH | ADMINISTERING_ROLES),
    Entry("Refused attempts", "refused_attempts", _WATCH),
    Entry("Holds", "holds", _WATCH),
    Entry("Certificates", "certificates", NAMING_ROLES),
)
"""The pages of watching, side by side: a second bar, on each of them."""


def watching_for(person: PersonView) -> tuple[Entry, ...]:
    """The pages of watching that this person can see."""
    return tuple(entry for entry in WATCHING if entry.roles & person.roles)


def entries_for(person: PersonView) -> tuple[Entry, ...]:
    """The links that this person can use."""
    return tuple(entry for entry in ENTRIES if not entry.roles or entry.roles & person.roles)
