"""Refused attempts (REQ 052): written to the ledger, kept in a row, listed for those who watch."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from muniment.core import clock
from muniment.core.errors import RefusedError
from muniment.governance import entities
from muniment.governance.authorisation import Action, require
from muniment.governance.desk import Desk, write
from muniment.governance.models import Denial
from muniment.governance.views import DenialView, PersonName
from muniment.people.views import PersonView


@contextmanager
def written(desk: Desk, actor: PersonView, action: str, resource: str, record: str = "") -> Iterator[None]:
    """Write a refusal that passes through here, then let it go on.

    Stand outside of the act's own transaction: what failed is rolled back, that it was tried is not.
    """
    try:
        yield
    except RefusedError as refusal:
        with transaction.atomic():
            row = Denial(
                organisation_id=actor.organisation,
                person_id=actor.id,
                action=action,
                resource=resource,
                record=record,
                why=str(refusal),
                denied=clock.now(),
            )
            write(desk, actor.organisation, row, record=record)
        raise


def listed(actor: PersonView, *, before: int | None = None, limit: int = 50) -> tuple[DenialView, ...]:
    """Refused attempts in the actor's organisation, newest first; `before` is a ledger sequence."""
    require(entities.person(actor), Action.SEE_DENIALS, entities.organisation(actor.organisation))
    rows = Denial.objects.filter(organisation_id=actor.organisation).select_related("person")
    if before is not None:
        rows = rows.filter(ledger_sequence__lt=before)
    return tuple(_view(row) for row in rows.order_by("-ledger_sequence")[:limit])


def own(actor: PersonView, *, limit: int = 50) -> tuple[DenialView, ...]:
    """What was refused to the actor: everybody sees their own."""
    rows = Denial.objects.filter(person_id=actor.id).select_related("person")
    return tuple(_view(row) for row in rows.order_by("-ledger_sequence")[:limit])


def _view(row: Denial) -> DenialView:
    return DenialView(
        person=PersonName(row.person_id, row.person.name),
        action=row.action,
        resource=row.resource,
        record=row.record,
        why=row.why,
        denied=row.denied,
        ledger_sequence=row.ledger_sequence,
    )
