"""Persons, requests, cases, grants and holds in the form in which the decision point sees them."""

from collections.abc import Iterable

from muniment.governance.authorisation import Entity, Reference
from muniment.people.services import waiting_policies
from muniment.people.views import PersonView


def person(actor: PersonView) -> Entity:
    """Who acts, with the roles of this moment and whether every policy is accepted."""
    return Entity(
        "Person",
        actor.id,
        {
            "organisation": Reference("Organisation", actor.organisation),
            "roles": frozenset(str(role) for role in actor.roles),
            "accepted": not waiting_policies(actor.id),
        },
    )


def organisation(identifier: str) -> Entity:
    """An organisation itself."""
    return Entity("Organisation", identifier, {})


def persons(identifiers: Iterable[str]) -> frozenset[Reference]:
    """References to persons."""
    return frozenset(Reference("Person", identifier) for identifier in identifiers)


def owned_by(identifier: str) -> Reference:
    """A reference to an organisation."""
    return Reference("Organisation", identifier)
