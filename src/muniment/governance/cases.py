"""Cases: opened by the first request in them, seen by those concerned, closed by the Data Controller."""

from typing import cast

from django.db import transaction
from django.db.models import QuerySet

from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import entities
from muniment.governance.authorisation import Action, Entity, authoriser, require, require_seen
from muniment.governance.desk import Desk, write
from muniment.governance.models import Case, CaseClosure, Grant, Request
from muniment.governance.views import CaseView, PersonName
from muniment.people.views import PersonView


def one(actor: PersonView, case: str) -> CaseView:
    """A case that the actor may see."""
    return _view(case_row(actor, case))


def seen_by(actor: PersonView) -> tuple[CaseView, ...]:
    """Every case that the actor may see, newest first."""
    me = entities.person(actor)
    rows = _rows().filter(organisation_id=actor.organisation)
    return tuple(
        _view(row) for row in rows if authoriser().decide(me, Action.SEE_CASE, _entity(row), {}).allowed
    )


def close(desk: Desk, actor: PersonView, case: str, outcome: str) -> CaseView:
    """Close a case; RefusedError while a grant in it is live, since a closed case opens nothing."""
    row = case_row(actor, case)
    require(entities.person(actor), Action.CLOSE_CASE, _entity(row))
    if not outcome.strip():
        raise WrongUseError("Say what came of the case.")
    now = clock.now()
    if Grant.objects.filter(request__case=row, not_after__gt=now, revocation__isnull=True).exists():
        raise RefusedError(
            "A grant in this case is still live.",
            remedy="Take it back, or wait until it ends, and close the case then.",
        )
    with transaction.atomic():
        write(
            desk,
            actor.organisation,
            CaseClosure(case=row, closed_by_id=actor.id, closed=now, outcome=outcome.strip()),
        )
    return one(actor, case)


def case_row(actor: PersonView, case: str) -> Case:
    """The row of a case that the actor may see; RefusedError otherwise, whether or not it exists."""
    row = _rows().filter(pk=case).first()
    require_seen(entities.person(actor), Action.SEE_CASE, _entity(row) if row else None, "case")
    return cast("Case", row)


def require_open(case: Case) -> None:
    """RefusedError if the case is closed."""
    if CaseClosure.objects.filter(case=case).exists():
        raise RefusedError("The case is closed.", remedy="Make a new request, which opens a new case.")


def _entity(row: Case) -> Entity:
    requests = Request.objects.filter(case=row).values_list("requester_id", "locator_id")
    decided = Request.objects.filter(case=row).values_list("decisions__person_id", flat=True)
    members = {row.opened_by_id, *(person for pair in requests for person in pair), *filter(None, decided)}
    return Entity(
        "Case",
        row.pk,
        {
            "organisation": entities.owned_by(row.organisation_id),
            "members": entities.persons(members),
            "open": getattr(row, "closure", None) is None,
        },
    )


def _rows() -> QuerySet[Case]:
    return Case.objects.select_related("opened_by", "closure").prefetch_related("requests")


def _view(row: Case) -> CaseView:
    closure = getattr(row, "closure", None)
    return CaseView(
        id=row.pk,
        title=row.title,
        category=row.category,
        opened=row.opened,
        opened_by=PersonName(row.opened_by_id, row.opened_by.name),
        closed=closure.closed if closure else None,
        outcome=closure.outcome if closure else "",
        requests=tuple(request.pk for request in row.requests.all()),
        ledger_sequence=row.ledger_sequence,
    )
