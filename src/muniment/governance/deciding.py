"""Approve, approve in part, refuse, give a view: each signed, dated, reasoned, each in the ledger.

A yes is a signature under one warrant with its exact approvers. Where two must say yes, the first to do
so proposes the warrant and names the second; a yes to another warrant (in part, or with another second
person) replaces the proposal, and earlier signatures no longer count.
"""

from collections.abc import Sequence

from django.db import transaction

from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import (
    cases,
    denials,
    entities,
    granting,
    notices,
    prepared,
    proposals,
    requests,
    rules,
    statements,
)
from muniment.governance.authorisation import AbsentError, Action, require
from muniment.governance.desk import Desk, write
from muniment.governance.matrix import Row
from muniment.governance.models import Consultation, Decision, Prepared, Proposal, Request
from muniment.governance.purposes import purpose
from muniment.governance.statements import ToSign
from muniment.governance.views import RequestView
from muniment.people import services as people
from muniment.people.views import PersonView
from muniment.vault.authority import signing
from muniment.vault.authority import statements as texts
from muniment.vault.authority.register import Power
from muniment.vault.authority.signing import SignedStatement

ACT = "decide"
DECIDERS = frozenset({Power.DECIDE, Power.CONTROLLER})
LONGEST_REASON = 2_000  # characters


def prepare_approval(
    desk: Desk,
    actor: PersonView,
    request: str,
    reason: str,
    *,
    records: Sequence[str] | None = None,
    beside: Sequence[str] = (),
) -> ToSign:
    """What an approver is to sign. `records` approves in part; `beside` names the other approver.

    Without `beside` a proposal that waits for the actor is signed as it is, or the first person who may
    fill each other seat is named.
    """
    row, matrix_row = decidable(desk, actor, request)
    _require_reason(reason)
    _require_consulted(row, matrix_row, actor)
    proposal = proposals.proposal_for(actor, row, matrix_row, records, tuple(beside))
    warrant = bytes(proposal.warrant)
    text = texts.read(texts.Warrant, warrant)
    statement = texts.build_decision(
        organisation=actor.organisation,
        request=request,
        warrant=proposal.hash,
        decision=texts.Verdict.APPROVE,
        reason=reason.strip(),
        clause=matrix_row.clause,
        person=actor.id,
    )
    shown = statements.approval(
        statement,
        warrant,
        holder=people.view(row.requester_id).name,
        purpose=purpose(row.purpose).name,
        beside=[people.view(other).name for other in text.approvers if other != actor.id],
        private=len(set(proposal.records) & set(row.chosen_private)),
    )
    return prepared.prepare(actor, ACT, request, shown, payload={"proposal": proposal.hash})


def prepare_refusal(desk: Desk, actor: PersonView, request: str, reason: str) -> ToSign:
    """What somebody who refuses is to sign."""
    row, matrix_row = decidable(desk, actor, request)
    _require_reason(reason)
    statement = texts.build_decision(
        organisation=actor.organisation,
        request=request,
        warrant="",
        decision=texts.Verdict.REFUSE,
        reason=reason.strip(),
        clause=matrix_row.clause,
        person=actor.id,
    )
    shown = statements.refusal(statement, requester=people.view(row.requester_id).name)
    return prepared.prepare(actor, ACT, request, shown)


def decide(desk: Desk, actor: PersonView, request: str, signed: SignedStatement) -> RequestView:
    """Take a signed decision; with the last yes that is needed the warrant is admitted as a grant."""
    row, matrix_row = decidable(desk, actor, request)
    prepared.check(desk, actor, signed, DECIDERS)
    with transaction.atomic():
        waiting = prepared.take(actor, ACT, request, signed)
        text = texts.read(texts.Decision, signed.statement)
        proposal = _still_proposed(row, matrix_row, waiting)
        decision = _decision(actor, row, text, proposal, signed)
        write(desk, actor.organisation, decision, warrant=decision.warrant_hash)
        row = requests.row_named(request)
        if proposal is None:
            _tell_requester(row, "Your request was refused")
        elif granting.admit_if_complete(desk, row, proposal, matrix_row):
            _tell_requester(row, "Your request was approved")
        else:
            _tell_others(row, proposal, actor)
        _confirm(actor, row)
    return requests.view(requests.row_named(request))


def consult(desk: Desk, actor: PersonView, request: str, view: str) -> RequestView:
    """Record the view of somebody whom the policy says to consult, so that another may decide."""
    row = requests.row_of(actor, request)
    require(entities.person(actor), Action.CONSULT, requests.entity(row))
    _require_reason(view)
    with transaction.atomic():
        write(
            desk,
            actor.organisation,
            Consultation(request=row, person_id=actor.id, view=view.strip(), given=clock.now()),
        )
    return requests.view(requests.row_of(actor, request))


def decidable(desk: Desk, actor: PersonView, request: str) -> tuple[Request, Row]:
    """The request that the actor may decide now, with its row; a refusal is written to the ledger."""
    # Not whether the actor may see it: whoever the request is about must read that this is why.
    with denials.written(desk, actor, Action.DECIDE, request):
        row = requests.row_named(request)
        if row.organisation_id != actor.organisation:
            raise AbsentError("There is no such request, or you are not part of it.")
        require(entities.person(actor), Action.DECIDE, requests.entity(row))
        cases.require_open(row.case)
    return row, rules.row_of(row)


def _require_reason(reason: str) -> None:
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise WrongUseError(f"Give a reason, of at most {LONGEST_REASON} characters.")


def _require_consulted(row: Request, matrix_row: Row, actor: PersonView) -> None:
    if not matrix_row.consult or rules.speaks_for_consulted(actor, matrix_row):
        return
    if not row.consultations.exists():
        raise RefusedError(
            "The Data Controller has not been consulted yet.",
            why=f"{matrix_row.clause}.",
            remedy="Ask for their view; they record it on this request.",
        )


def _still_proposed(row: Request, matrix_row: Row, waiting: Prepared) -> Proposal | None:
    """The proposal that was signed, if everybody it names may still decide; None for a refusal."""
    name = waiting.payload.get("proposal")
    if name is None:
        return None
    proposal = Proposal.objects.get(pk=name, request=row)
    proposals.require_seats(row, matrix_row, texts.read(texts.Warrant, bytes(proposal.warrant)).approvers)
    return proposal


def _decision(
    actor: PersonView,
    row: Request,
    text: texts.Decision,
    proposal: Proposal | None,
    signed: SignedStatement,
) -> Decision:
    verdict = Decision.Verdict.REFUSE
    if proposal is not None:
        whole = set(proposal.records) == set(row.chosen_records)
        verdict = Decision.Verdict.APPROVE if whole else Decision.Verdict.PART
    return Decision(
        request=row,
        person_id=actor.id,
        verdict=verdict,
        reason=text.reason,
        clause=text.clause,
        warrant_hash=text.warrant,
        signed=signing.to_json(signed),
        decided=clock.now(),
    )


def _tell_requester(row: Request, subject: str) -> None:
    notices.tell(
        row.requester_id, subject, "The decision and its reason are on your request.", f"/requests/{row.pk}"
    )


def _tell_others(row: Request, proposal: Proposal, actor: PersonView) -> None:
    signed = {decision.person_id for decision in requests.live_approvals(row)}
    for person in texts.read(texts.Warrant, bytes(proposal.warrant)).approvers:
        if person not in signed:
            notices.tell(
                person,
                "A second yes is asked of you",
                f"{actor.name} approved a request that takes two persons.",
                f"/requests/{row.pk}",
            )


def _confirm(actor: PersonView, row: Request) -> None:
    """Tell the signer what was signed in their name: whoever did not sign it learns so, and can revoke."""
    notices.tell(
        actor.id,
        "You signed a decision",
        "If this was not you, take the grant back on the page of the request and tell the Data Controller.",
        f"/requests/{row.pk}",
    )
