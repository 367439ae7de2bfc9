"""Assign mail domains to organisations: an administrator proposes, the Data Controller assigns (REQ 003).

From then on a listener that several organisations share gives mail of the domain to this one. Mail that
was set apart for want of it is found from then on as any other.
"""

import re
from typing import Final

from django.db import IntegrityError, transaction

from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.tags import EventTag
from muniment.people import ledger as ledgers
from muniment.people.ledger import Ledger
from muniment.people.models import Domain
from muniment.people.roles import ADMINISTERING_ROLES, Role
from muniment.people.views import DomainView, PersonView

PROPOSERS: Final = ADMINISTERING_ROLES
ASSIGNER: Final = Role.DATA_CONTROLLER
_NAME: Final = re.compile(r"(?=.{4,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def domains(organisation: str) -> tuple[DomainView, ...]:
    """The domains that are assigned or proposed, in alphabetical order."""
    rows = Domain.objects.filter(organisation_id=organisation, ended__isnull=True)
    return tuple(_view(row) for row in rows.select_related("proposed_by", "assigned_by"))


def propose_domain(actor: PersonView, name: str, kind: str = Domain.Kind.OWN) -> DomainView:
    """Propose a domain for the actor's organisation. Nothing changes until it is assigned.

    WrongUseError where it is no domain name; RefusedError for who may not, or where it is listed already.
    """
    if not actor.roles & PROPOSERS:
        raise RefusedError("Only who runs the system proposes domains.", remedy="Ask an administrator.")
    folded = _folded(name)
    if kind not in Domain.Kind.values:
        raise WrongUseError("Say whose domain it is.")
    row = Domain(
        organisation_id=actor.organisation,
        name=folded,
        kind=kind,
        proposed_by_id=actor.id,
        proposed=clock.now(),
    )
    _save(row, f"{folded} is listed already.")
    return _view(row)


def assign_domain(ledger: Ledger, actor: PersonView, domain: int) -> DomainView:
    """Assign a proposed domain: mail that belongs to it is the organisation's from now on.

    RefusedError for anybody but the Data Controller, for who proposed it, and where it belongs to
    another organisation of the installation.
    """
    if ASSIGNER not in actor.roles:
        raise RefusedError("Only the Data Controller assigns a domain.")
    row = _row(actor, domain)
    if row.assigned is not None:
        raise RefusedError(f"{row.name} is assigned already.")
    if row.proposed_by_id == actor.id:
        raise RefusedError("Who proposed a domain does not assign it.", remedy="Ask somebody else.")
    row.assigned_by_id, row.assigned = actor.id, clock.now()
    with transaction.atomic():
        _save(row, f"{row.name} belongs to another organisation here.")
        row.ledger_sequence = _write(ledger, EventTag.DOMAIN_ASSIGNED, row, actor)
        row.save(update_fields=["ledger_sequence"])
    return _view(row)


def end_domain(ledger: Ledger, actor: PersonView, domain: int) -> None:
    """Take a domain back, or drop what was only proposed. Its mail is set apart from now on."""
    if not actor.roles & (PROPOSERS | {ASSIGNER}):
        raise RefusedError("Only the Data Controller and who runs the system end a domain.")
    row = _row(actor, domain)
    row.ended_by_id, row.ended = actor.id, clock.now()
    with transaction.atomic():
        row.save()
        if row.assigned is not None:
            _write(ledger, EventTag.DOMAIN_ENDED, row, actor)


def _row(actor: PersonView, domain: int) -> Domain:
    row = Domain.objects.filter(pk=domain, organisation_id=actor.organisation, ended__isnull=True).first()
    if row is None:
        raise RefusedError("There is no such domain in your organisation.")
    return row


def _folded(name: str) -> str:
    try:
        folded = name.strip().rstrip(".").lower().encode("idna").decode()
    except UnicodeError:
        folded = ""
    if not _NAME.fullmatch(folded):
        raise WrongUseError(f"{name.strip()!r} is not the name of a domain.", remedy="Write harbour.example.")
    return folded


def _save(row: Domain, taken: str) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise RefusedError(taken, remedy="It must be ended there first.") from error


def _write(ledger: Ledger, tag: EventTag, row: Domain, actor: PersonView) -> int:
    body = {"domain": row.name, "kind": row.kind, "proposed_by": row.proposed_by_id, "by": actor.id}
    return ledgers.write(ledger, row.organisation_id, tag, body)


def _view(row: Domain) -> DomainView:
    return DomainView(
        id=row.pk,
        name=row.name,
        kind=Domain.Kind(row.kind).label,
        proposed=row.proposed,
        proposed_by=row.proposed_by.name,
        proposer=row.proposed_by_id,
        assigned=row.assigned,
        assigned_by=row.assigned_by.name if row.assigned_by else "",
    )
