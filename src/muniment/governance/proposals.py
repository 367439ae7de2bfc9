"""The warrant that approvers are asked to sign: exact approvers, exact records, a time box, a cap."""

from collections.abc import Sequence
from datetime import timedelta

from muniment.core import clock
from muniment.core.errors import RefusedError
from muniment.governance import requests, rules
from muniment.governance.matrix import Row
from muniment.governance.models import Proposal, Request
from muniment.people.views import PersonView
from muniment.vault.authority import statements as texts

OPENINGS_PER_RECORD = 10
FEWEST_OPENINGS = 20
CALLS_HEARD = 50
"""Calls in progress that one grant lets its holder hear, each signed for."""


def proposal_for(
    actor: PersonView, row: Request, matrix_row: Row, records: Sequence[str] | None, beside: tuple[str, ...]
) -> Proposal:
    """The proposal that the actor signs: the one that waits for them, or a new one."""
    waiting = waiting_for(actor, row)
    if waiting is not None and not beside and (records is None or set(records) == set(waiting.records)):
        return waiting
    listed = _listed(row, waiting, records)
    approvers = _approvers(actor, row, matrix_row, waiting, beside)
    return _propose(actor, row, matrix_row, listed, approvers)


def require_seats(row: Request, matrix_row: Row, approvers: Sequence[str]) -> None:
    """RefusedError unless these persons fill every seat, one each."""
    route = rules.route_of(row, matrix_row)
    if len(approvers) != len(route.seats) or route.open_seats(tuple(approvers)):
        raise RefusedError(
            "These persons may not decide this request together.",
            why=f"{matrix_row.clause}.",
            remedy="Choose another second approver.",
        )


def waiting_for(actor: PersonView, row: Request) -> Proposal | None:
    """The proposal that somebody else signed and that names the actor beside them; None if there is none."""
    approvals = requests.live_approvals(row)
    if not approvals:
        return None
    proposal = Proposal.objects.get(pk=approvals[0].warrant_hash)
    text = texts.read(texts.Warrant, bytes(proposal.warrant))
    over = text.not_after <= clock.seconds()
    signed = {decision.person_id for decision in approvals}
    return None if over or actor.id in signed or actor.id not in text.approvers else proposal


def _listed(row: Request, waiting: Proposal | None, records: Sequence[str] | None) -> list[str]:
    if row.lines and not records:
        return []
    whole = waiting.records if waiting is not None else row.chosen_records
    listed = sorted(set(whole if records is None else records))
    if not listed or not set(listed) <= set(row.chosen_records):
        raise RefusedError(
            "A decision covers some or all of the records that were chosen, and no others.",
            remedy="Choose among those on the request, or refuse it.",
        )
    return listed


def _approvers(
    actor: PersonView, row: Request, matrix_row: Row, waiting: Proposal | None, beside: tuple[str, ...]
) -> tuple[str, ...]:
    if beside:
        approvers = tuple(sorted({actor.id, *beside}))
    elif waiting is not None:
        approvers = texts.read(texts.Warrant, bytes(waiting.warrant)).approvers
    else:
        approvers = tuple(sorted(_with_first_others(actor, row, matrix_row)))
    require_seats(row, matrix_row, approvers)
    return approvers


def _with_first_others(actor: PersonView, row: Request, matrix_row: Row) -> list[str]:
    route = rules.route_of(row, matrix_row)
    chosen = [actor.id]
    while open_seats := route.open_seats(chosen):
        able = sorted(
            person for person in open_seats[0] if len(route.open_seats([*chosen, person])) < len(open_seats)
        )
        if not able:
            raise RefusedError(
                "Nobody else may fill the second seat beside you.", why=f"{matrix_row.clause}."
            )
        chosen.append(able[0])
    return chosen


def _propose(
    actor: PersonView, row: Request, matrix_row: Row, records: list[str], approvers: tuple[str, ...]
) -> Proposal:
    now = clock.now()
    warrant = texts.build_warrant(
        organisation=row.organisation_id,
        case=row.case_id,
        purpose=row.purpose,
        category=rules.warrant_category(matrix_row),
        holder=row.requester_id,
        approvers=approvers,
        actions=[texts.Action(action) for action in row.actions],
        records=records,
        not_before=int(now.timestamp()),
        not_after=int((now + lasting(row, matrix_row)).timestamp()),
        cap=cap(tuple(row.actions), len(records)),
        matrix=row.matrix,
        lines=row.lines,
    )
    return Proposal.objects.create(
        hash=texts.warrant_hash(warrant),
        request=row,
        warrant=warrant,
        records=records,
        proposed_by_id=actor.id,
        proposed=now,
    )


def lasting(row: Request, matrix_row: Row) -> timedelta:
    """How long a grant lasts from its yes: as the policy says, and to hear calls in progress as was asked."""
    longest = timedelta(days=matrix_row.days)
    return min(longest, timedelta(hours=row.hours)) if row.hours else longest


def cap(actions: tuple[str, ...], count: int) -> int:
    """How many openings a grant allows in all; an erasure happens once for each record."""
    if actions == ("monitor",):
        return CALLS_HEARD
    return count if actions == ("erase",) else max(FEWEST_OPENINGS, OPENINGS_PER_RECORD * count)
