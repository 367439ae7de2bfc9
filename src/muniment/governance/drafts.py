"""A request while it is being written: saved as it goes, seen by its author only."""

from collections.abc import Sequence

from muniment.core.errors import WrongUseError
from muniment.governance import adoption, cases, entities, monitored
from muniment.governance.authorisation import AbsentError, Action, Entity, Reference, require
from muniment.governance.fields import LONGEST_FIELD, RequestFields
from muniment.governance.matrix import RequestClass, Row
from muniment.governance.models import Draft
from muniment.governance.rules import NOT_ASKED_FOR
from muniment.governance.views import DraftView, PersonName
from muniment.governance.words import OF_THEIR_OWN
from muniment.people import services as people
from muniment.people.views import PersonView


def askable(actor: PersonView) -> tuple[Row, ...]:
    """The classes of request that the actor may make, by the matrix in force."""
    _, rows = adoption.in_force(actor.organisation)
    return tuple(
        row for row in rows.rows if row.request_class not in NOT_ASKED_FOR and actor.roles & row.requesters
    )


def begin(actor: PersonView, category: str, *, case: str = "") -> DraftView:
    """Start a request of a class, in a case that the actor sees or in one of its own."""
    require_may_ask(actor, category)
    if case:
        cases.case_row(actor, case)
    row = Draft.objects.create(
        organisation_id=actor.organisation,
        requester_id=actor.id,
        category=category,
        case_id=case or None,
        not_known=list(monitored.NOT_SAID) if category == RequestClass.MONITOR else [],
    )
    return view(row)


def change(
    actor: PersonView,
    draft: str,
    *,
    purpose: str | None = None,
    specifics: str | None = None,
    given: dict[str, str] | None = None,
    not_known: Sequence[str] | None = None,
    about: Sequence[str] | None = None,
    actions: Sequence[str] | None = None,
    hours: int | None = None,
) -> DraftView:
    """Save some of what is written so far; None leaves a part as it is. Completeness is asked later."""
    row = row_of(actor, draft)
    if purpose is not None:
        row.purpose = purpose
    if specifics is not None:
        row.specifics = specifics[:LONGEST_FIELD]
    if given is not None:
        row.given = {**row.given, **_known_fields(given)}
    if not_known is not None:
        row.not_known = sorted(_known_fields(dict.fromkeys(not_known, "")))
    if about is not None:
        row.about = sorted(_colleagues(actor, about))
    if actions is not None:
        row.actions = sorted(set(actions))
    if hours is not None:
        row.hours = monitored.hours(hours)
    row.save()
    return view(row)


def discard(actor: PersonView, draft: str) -> None:
    """Throw a draft away."""
    row_of(actor, draft).delete()


def one(actor: PersonView, draft: str) -> DraftView:
    """One draft of the actor."""
    return view(row_of(actor, draft))


def own(actor: PersonView) -> tuple[DraftView, ...]:
    """All drafts of the actor, last changed first; without what a page of its own proposes anew each time."""
    rows = Draft.objects.filter(requester_id=actor.id)
    return tuple(view(row) for row in rows if OF_THEIR_OWN.keys().isdisjoint(row.actions))


def row_of(actor: PersonView, draft: str) -> Draft:
    """The row of a draft that is the actor's own; RefusedError otherwise."""
    row = Draft.objects.filter(pk=draft, requester_id=actor.id, organisation_id=actor.organisation).first()
    if row is None:
        raise AbsentError("You have no such draft.", remedy="Start a new request.")
    return row


def require_may_ask(actor: PersonView, category: str) -> Row:
    """The row of the class, if the actor may ask for it; RefusedError otherwise."""
    if category not in set(RequestClass) - NOT_ASKED_FOR:
        raise WrongUseError(f"There is no request of the class {category!r}.")
    _, rows = adoption.in_force(actor.organisation)
    row = rows.row(category)
    me = Reference("Person", actor.id)
    resource = Entity(
        "Request",
        "draft",
        {
            "organisation": entities.owned_by(actor.organisation),
            "requester": me,
            "requesterRoles": row.requesters,
            "locator": me,
            "about": frozenset(),
            "aboutManagers": frozenset(),
            "deciders": frozenset(),
            "consulted": row.consult,
            "subjectRight": row.subject_right,
            "state": "draft",
        },
    )
    require(entities.person(actor), Action.ASK, resource)
    return row


def view(row: Draft) -> DraftView:
    """The frozen view of a draft."""
    return DraftView(
        id=row.pk,
        category=row.category,
        case=row.case_id or "",
        purpose=row.purpose,
        specifics=row.specifics,
        given=dict(row.given),
        not_known=tuple(row.not_known),
        about=tuple(PersonName(person, people.view(person).name) for person in row.about),
        actions=tuple(row.actions),
        hours=row.hours,
        changed=row.changed,
    )


def _known_fields(given: dict[str, str]) -> dict[str, str]:
    unknown = given.keys() - set(RequestFields.__struct_fields__)
    if unknown:
        raise WrongUseError(f"A request has no field {', '.join(sorted(unknown))}.")
    return {name: text[: LONGEST_FIELD + 1] for name, text in given.items()}


def _colleagues(actor: PersonView, persons: Sequence[str]) -> set[str]:
    known = {person.id for person in people.persons(actor.organisation)}
    strangers = set(persons) - known
    if strangers:
        raise WrongUseError("A person named in the request is not known in your organisation.")
    return set(persons)
