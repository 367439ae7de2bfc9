"""Grants: a warrant that the keeper has admitted, what may be done under it, and its end."""

from datetime import UTC, datetime
from typing import cast

from django.db import transaction
from django.db.models import QuerySet

from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import entities, notices, prepared, requests, statements
from muniment.governance.authorisation import Action, Entity, Reference, require, require_seen
from muniment.governance.desk import Desk, keep
from muniment.governance.matrix import Row
from muniment.governance.models import Grant, GrantRecord, GrantRevocation, Proposal, Request
from muniment.governance.purposes import purpose
from muniment.governance.statements import ToSign
from muniment.governance.telling import tell_of_grant, tell_second_person
from muniment.governance.views import GrantState, GrantView, PersonName
from muniment.people import services as people
from muniment.people.views import PersonView
from muniment.vault.authority import signing
from muniment.vault.authority import statements as texts
from muniment.vault.authority.register import Power
from muniment.vault.authority.signing import SignedStatement

REVOKE = "revoke"


def admit_if_complete(desk: Desk, row: Request, proposal: Proposal, matrix_row: Row) -> Grant | None:
    """Bring the proposed warrant into force once everybody it names has signed it; None before that.

    The keeper checks every signature itself, and the floor that no policy lowers.
    """
    warrant = texts.read(texts.Warrant, bytes(proposal.warrant))
    approvals = [d for d in requests.live_approvals(row) if d.warrant_hash == proposal.hash]
    if {decision.person_id for decision in approvals} != set(warrant.approvers):
        return None
    signed = tuple(signing.from_json(bytes(decision.signed)) for decision in approvals)
    receipt = desk.admit(row.organisation_id, bytes(proposal.warrant), signed, tuple(proposal.records))
    grant = Grant(
        organisation_id=row.organisation_id,
        request=row,
        holder_id=warrant.holder,
        warrant=bytes(proposal.warrant),
        warrant_hash=proposal.hash,
        actions=[str(action) for action in warrant.actions],
        count=warrant.count,
        cap=warrant.cap,
        not_before=_at(warrant.not_before),
        not_after=_at(warrant.not_after),
    )
    keep(grant, receipt)
    private = set(row.chosen_private)
    GrantRecord.objects.bulk_create(
        [GrantRecord(grant=grant, record=record, private=record in private) for record in proposal.records]
    )
    if matrix_row.subject_right and warrant.holder in warrant.approvers:
        tell_second_person(desk, row, proposal.hash)
    tell_of_grant(grant, warrant)
    return grant


def one(actor: PersonView, grant: str) -> GrantView:
    """A grant that the actor may see: their own, one they approved, or any for the Data Controller."""
    return view(row_of(actor, grant))


def own(actor: PersonView) -> tuple[GrantView, ...]:
    """The grants that the actor holds or held, newest first."""
    rows = rows_with_all().filter(organisation_id=actor.organisation, holder_id=actor.id)
    return tuple(view(row) for row in rows)


def row_of(actor: PersonView, grant: str) -> Grant:
    """The row of a grant that the actor may see; RefusedError otherwise, whether or not it exists."""
    row = rows_with_all().filter(pk=grant).first()
    require_seen(entities.person(actor), Action.SEE_GRANT, entity(row) if row else None, "grant")
    return cast("Grant", row)


def prepare_revocation(actor: PersonView, grant: str, reason: str) -> ToSign:
    """What somebody who takes a grant back is to sign."""
    row = row_of(actor, grant)
    require(entities.person(actor), Action.REVOKE, entity(row))
    if not reason.strip():
        raise WrongUseError("Say why the grant is taken back.")
    statement = texts.build_revocation(
        organisation=actor.organisation, warrant=row.warrant_hash, person=actor.id, reason=reason.strip()
    )
    shown = statements.revocation(statement, holder=people.view(row.holder_id).name)
    return prepared.prepare(actor, REVOKE, grant, shown)


def revoke(desk: Desk, actor: PersonView, grant: str, signed: SignedStatement) -> GrantView:
    """End a grant now; the keeper closes what is open under it."""
    row = row_of(actor, grant)
    require(entities.person(actor), Action.REVOKE, entity(row))
    prepared.check(desk, actor, signed, frozenset({Power.DECIDE, Power.CONTROLLER}))
    if getattr(row, "revocation", None) is not None:
        raise RefusedError("The grant has been taken back already.")
    with transaction.atomic():
        prepared.take(actor, REVOKE, grant, signed)
        receipt = desk.revoke(actor.organisation, row.warrant_hash, signed)
        text = texts.read(texts.Revocation, signed.statement)
        ended = GrantRevocation(grant=row, revoked_by_id=actor.id, reason=text.reason, revoked=clock.now())
        keep(ended, receipt)
        notices.tell(
            row.holder_id,
            "A grant of yours was taken back",
            "The reason is on the grant.",
            f"/grants/{row.pk}",
        )
    return one(actor, grant)


def state(row: Grant) -> GrantState:
    """Whether a grant opens anything now."""
    now = clock.now()
    if getattr(row, "revocation", None) is not None:
        return GrantState.REVOKED
    if now > row.not_after:
        return GrantState.EXPIRED
    return GrantState.LIVE if now >= row.not_before else GrantState.NOT_YET


def entity(row: Grant) -> Entity:
    """The grant for the decision point."""
    warrant = texts.read(texts.Warrant, bytes(row.warrant))
    return Entity(
        "Grant",
        row.pk,
        {
            "organisation": entities.owned_by(row.organisation_id),
            "holder": Reference("Person", row.holder_id),
            "approvers": entities.persons(warrant.approvers),
            "actions": frozenset(row.actions),
            "notBefore": int(row.not_before.timestamp()),
            "notAfter": int(row.not_after.timestamp()),
            "revoked": getattr(row, "revocation", None) is not None,
        },
    )


def rows_with_all() -> QuerySet[Grant]:
    """Grants with everything that a view of them needs."""
    return Grant.objects.select_related("request__case", "holder", "revocation").prefetch_related("records")


def view(row: Grant) -> GrantView:
    """The frozen view of a grant."""
    warrant = texts.read(texts.Warrant, bytes(row.warrant))
    revocation = getattr(row, "revocation", None)
    return GrantView(
        id=row.pk,
        request=row.request_id,
        case=row.request.case_id,
        case_title=row.request.case.title,
        state=state(row),
        holder=PersonName(row.holder_id, row.holder.name),
        approvers=tuple(PersonName(person, people.view(person).name) for person in warrant.approvers),
        purpose=purpose(row.request.purpose),
        actions=tuple(row.actions),
        records=tuple(sorted(granted.record for granted in row.records.all())),
        lines=texts.lines_of(warrant),
        warrant=row.warrant_hash,
        not_before=row.not_before,
        not_after=row.not_after,
        cap=row.cap,
        revoked=revocation.revoked if revocation else None,
        ledger_sequence=row.ledger_sequence,
        revoked_by=revocation.revoked_by.name if revocation else "",
        revoked_because=revocation.reason if revocation else "",
    )


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
