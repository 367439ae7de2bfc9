"""The row and the route of one request: the matrix of its day applied to the people of today."""

import msgspec

from muniment.core.errors import RefusedError
from muniment.governance import adoption, delegations, routing
from muniment.governance.matrix import Matrix, RequestClass, Row
from muniment.governance.models import Request
from muniment.governance.routing import Candidate, Parties, Route
from muniment.people import services as people
from muniment.people.roles import Role
from muniment.people.views import PersonView
from muniment.vault.authority.statements import SUBJECT_RIGHT

NOT_ASKED_FOR = frozenset({RequestClass.HOLD_RELEASE})
"""Classes whose yes is not a grant: they have their own page and their own two signatures."""


def row_for(rows: Matrix, category: str, actions: tuple[str, ...], count: int, private: int) -> Row:
    """The row that decides: the stricter row's seats where records are private or copies are many.

    Like the keeper's floor, no pack lowers this: private items and copies of more than one record
    take two different persons, whatever the class of the request.
    """
    row = rows.row(category)
    if private and len(row.seats) < 2:  # noqa: PLR2004
        row = _stricter(row, rows.row(RequestClass.PRIVATE_OVERRIDE))
    if "export" in actions and count > 1 and len(row.seats) < 2:  # noqa: PLR2004
        row = _stricter(row, rows.row(RequestClass.BULK_EXPORT))
    return row


def _stricter(row: Row, by: Row) -> Row:
    return msgspec.structs.replace(row, seats=by.seats, clause=by.clause, because=by.because)


def row_of(request: Request) -> Row:
    """The row for a request as it stands, under the matrix number that it was made under."""
    return row_for(
        adoption.numbered(request.organisation_id, request.matrix),
        request.category,
        tuple(request.actions),
        len(request.chosen_records),
        len(request.chosen_private),
    )


def route_of(request: Request, row: Row) -> Route:
    """Who may decide a request now; RefusedError if nobody may."""
    return route(row, request.organisation_id, request.requester_id, tuple(request.about))


def route(row: Row, organisation: str, requester: str, about: tuple[str, ...]) -> Route:
    """Who may decide, given who asks and whom it is about."""
    everyone = people.persons(organisation)
    lent = delegations.running(organisation, row.request_class)
    candidates = (
        Candidate(person.id, frozenset(map(str, person.roles)), lent.get(person.id, frozenset()))
        for person in everyone
    )
    return routing.route(row, parties(everyone, requester, about), candidates)


def parties(everyone: tuple[PersonView, ...], requester: str, about: tuple[str, ...]) -> Parties:
    """Whom a request concerns, with the line managers of its subjects."""
    managers = {person.line_manager for person in everyone if person.id in about} - {""}
    return Parties(requester, frozenset(about), frozenset(managers))


def speaks_for_consulted(actor: PersonView, row: Row) -> bool:
    """Whether the row would have somebody consulted whose seat the actor has, in person or by delegation."""
    if actor.roles & row.consult:
        return True
    by_delegation = delegations.running(actor.organisation, row.request_class)
    return routing.SELF_DECIDER in row.consult and actor.id in by_delegation


def locator_for(row: Row, organisation: str, requester: str, about: tuple[str, ...]) -> PersonView:
    """The Data Controller who looks for the records; RefusedError if none may.

    Never the requester (save in a case of a subject's right) and never somebody whom it is about.
    """
    for holder in people.holders(organisation, Role.DATA_CONTROLLER):
        if holder.id in about or (holder.id == requester and not row.subject_right):
            continue
        return holder
    raise RefusedError(
        "Nobody may look for the records of this request.",
        why="The Data Controller does so, and never for a request of their own or about themselves.",
        remedy="Name a second Data Controller, or let somebody else make the request.",
    )


def warrant_category(row: Row) -> str:
    """The class as warrants write it: the keeper's floor knows a subject's right by one name."""
    return SUBJECT_RIGHT if row.subject_right else str(row.request_class)
