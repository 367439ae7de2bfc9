"""What stands in the bar at the top, by the roles of whoever looks at it."""

from dataclasses import dataclass
from typing import Final

from muniment.people.roles import CONTENT_ROLES, Role
from muniment.people.views import PersonView


@dataclass(frozen=True)
class Entry:
    """One link of the bar: its words, the name of its page, and who sees it (nobody named: all)."""

    words: str
    page: str
    roles: frozenset[Role] = frozenset()


ENTRIES: Final = [
    Entry("Start", "start"),
    Entry("Requests", "my_requests", CONTENT_ROLES),
    Entry("Cases", "cases", frozenset({Role.DATA_CONTROLLER})),
    Entry("Delegations", "delegations", frozenset({Role.DATA_CONTROLLER})),
    Entry("Grants", "my_grants", CONTENT_ROLES),
    Entry("My records", "my_records"),
    Entry(
        "Mail domains",
        "domains",
        frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.IT_ENGINEER, Role.DATA_CONTROLLER}),
    ),
    Entry("Policies", "policies"),
    Entry("Profile", "profile"),
]


def entries_for(person: PersonView) -> tuple[Entry, ...]:
    """The links that this person can use."""
    return tuple(entry for entry in ENTRIES if not entry.roles or entry.roles & person.roles)
