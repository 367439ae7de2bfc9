"""Signed requests as people see them, and in the form in which the decision point sees them."""

from django.db.models import QuerySet

from muniment.core.errors import RefusedError
from muniment.governance import entities, rules, words
from muniment.governance.authorisation import AbsentError, Action, Entity, Reference, require_seen
from muniment.governance.fields import RequestFields
from muniment.governance.matrix import Row
from muniment.governance.models import Decision, Request
from muniment.governance.purposes import purpose
from muniment.governance.routing import Route
from muniment.governance.views import DecisionView, PersonName, RequestState, RequestView
from muniment.people import services as people
from muniment.people.views import PersonView


def one(actor: PersonView, request: str) -> RequestView:
    """A request that the actor may see."""
    return view(row_of(actor, request))


def own(actor: PersonView) -> tuple[RequestView, ...]:
    """The requests that the actor signed, newest first."""
    rows = rows_with_all().filter(organisation_id=actor.organisation, requester_id=actor.id)
    return tuple(view(row) for row in rows)


def row_of(actor: PersonView, request: str) -> Request:
    """The row of a request that the actor may see; RefusedError otherwise, whether or not it exists."""
    row = row_named(request)
    require_seen(entities.person(actor), Action.SEE_REQUEST, entity(row), "request")
    return row


def row_named(request: str) -> Request:
    """The row of a request; whoever calls this asks the decision point next."""
    row: Request | None = rows_with_all().filter(pk=request).first()
    if row is None:
        raise AbsentError("There is no such request, or you are not part of it.")
    return row


def state(row: Request) -> RequestState:
    """Where a request stands, by what has become of it."""
    if any(decision.verdict == Decision.Verdict.REFUSE for decision in row.decisions.all()):
        return RequestState.REFUSED
    if getattr(row, "grant", None) is not None:
        return RequestState.GRANTED
    chosen = row.lines or getattr(row, "choice", None) is not None
    return RequestState.DECIDING if chosen else RequestState.LOCATING


def entity(row: Request) -> Entity:
    """The request for the decision point, with everyone who may decide it as things stand now."""
    parties = rules.parties(people.persons(row.organisation_id), row.requester_id, tuple(row.about))
    matrix_row = rules.row_of(row)
    return Entity(
        "Request",
        row.pk,
        {
            "organisation": entities.owned_by(row.organisation_id),
            "requester": Reference("Person", row.requester_id),
            "requesterRoles": matrix_row.requesters,
            "locator": Reference("Person", row.locator_id),
            "about": entities.persons(parties.subjects),
            "aboutManagers": entities.persons(parties.subjects_managers),
            "deciders": entities.persons(route_or_nobody(row, matrix_row).deciders),
            "consulted": matrix_row.consult,
            "subjectRight": matrix_row.subject_right,
            "state": str(state(row)),
        },
    )


def route_or_nobody(row: Request, matrix_row: Row) -> Route:
    """Who may decide; an empty route where nobody may any more (people change)."""
    try:
        return rules.route_of(row, matrix_row)
    except RefusedError:
        return Route(())


def live_approvals(row: Request) -> tuple[Decision, ...]:
    """The yeses to the newest warrant that anybody signed: an older one no longer counts."""
    given = [d for d in row.decisions.all() if d.verdict != Decision.Verdict.REFUSE]
    if not given:
        return ()
    newest = given[-1].warrant_hash
    return tuple(decision for decision in given if decision.warrant_hash == newest)


def waits_for(row: Request) -> frozenset[str]:
    """Who may fill a seat that is still empty."""
    if state(row) is not RequestState.DECIDING:
        return frozenset()
    route = route_or_nobody(row, rules.row_of(row))
    decided = [decision.person_id for decision in live_approvals(row)]
    return frozenset[str]().union(*route.open_seats(decided))


def view(row: Request) -> RequestView:
    """The frozen view of a request."""
    grant = getattr(row, "grant", None)
    matrix_row = rules.row_of(row)
    names = {person.id: person.name for person in people.persons(row.organisation_id)}
    return RequestView(
        id=row.pk,
        case=row.case_id,
        category=row.category,
        title=words.kind(matrix_row.title, row.actions),
        state=state(row),
        requester=_name(names, row.requester_id),
        purpose=purpose(row.purpose),
        specifics=row.specifics,
        fields=RequestFields(
            reason=row.reason,
            when=row.when,
            extension=row.extension,
            external_number=row.external_number,
            parties=row.parties,
            nature=row.nature,
        ),
        about=tuple(_name(names, person) for person in row.about),
        actions=tuple(row.actions),
        lines=tuple(row.lines),
        hours=row.hours,
        locator=_name(names, row.locator_id),
        locate_warrant=row.locate_hash or "",
        submitted=row.submitted,
        records=tuple(row.chosen_records),
        private=tuple(row.chosen_private),
        clause=matrix_row.clause,
        because=matrix_row.because,
        seats=len(matrix_row.seats),
        waits_for=tuple(_name(names, person) for person in sorted(waits_for(row))),
        decisions=tuple(_decision(names, decision) for decision in row.decisions.all()),
        grant=grant.pk if grant else "",
        ledger_sequence=row.ledger_sequence,
    )


def rows_with_all() -> QuerySet[Request]:
    """Requests with everything that a view of them needs."""
    return Request.objects.select_related("case", "choice", "grant").prefetch_related("decisions")


def _name(names: dict[str, str], person: str) -> PersonName:
    return PersonName(person, names.get(person, person))


def _decision(names: dict[str, str], row: Decision) -> DecisionView:
    return DecisionView(
        id=row.pk,
        person=_name(names, row.person_id),
        verdict=str(row.verdict),
        reason=row.reason,
        clause=row.clause,
        warrant=row.warrant_hash,
        decided=row.decided,
        ledger_sequence=row.ledger_sequence,
    )
