"""One request on one page for whoever decides it: what they would allow, as whom, with whom, until when."""

from datetime import datetime

import msgspec

from muniment.core import clock
from muniment.governance import deciding, entities, proposals, requests, rules
from muniment.governance.authorisation import Action, authoriser
from muniment.governance.desk import Desk
from muniment.governance.matrix import Row
from muniment.governance.models import Proposal, Request
from muniment.governance.views import PersonName, RequestState, RequestView
from muniment.people import services as people
from muniment.people.roles import ENTITLED_ROLES, Role
from muniment.people.views import PersonView
from muniment.vault.authority import statements as texts

ANSWERABLE = ENTITLED_ROLES | {Role.DATA_CONTROLLER}
"""Whoever may decide in general is told why they may not decide this one."""


class ConsultationView(msgspec.Struct, frozen=True):
    """What somebody who was consulted said."""

    person: PersonName
    view: str
    given: datetime
    ledger_sequence: int


class Sheet(msgspec.Struct, frozen=True):
    """What an approver must know before signing. `until` and `cap` are those of a yes given now.

    `second` are those of whom one must say yes too; `waiting` the records of a yes that waits for this
    person's, empty if there is none; `consult_first` if a view must be recorded before this person decides.
    """

    request: RequestView
    until: datetime
    cap: int
    second: tuple[PersonName, ...]
    waiting: tuple[str, ...]
    consultations: tuple[ConsultationView, ...]
    consult_first: bool


def sheet(desk: Desk, actor: PersonView, request: str) -> Sheet:
    """The page of a request that the actor may decide. A refusal says why, and is written to the ledger."""
    row, matrix_row = deciding.decidable(desk, actor, request)
    waiting = proposals.waiting_for(actor, row)
    consultations = consulted(row)
    return Sheet(
        request=requests.view(row),
        until=clock.now() + proposals.lasting(row, matrix_row),
        cap=proposals.cap(tuple(row.actions), len(row.chosen_records)),
        second=_second(actor, row, matrix_row, waiting),
        waiting=tuple(waiting.records) if waiting else (),
        consultations=consultations,
        consult_first=bool(matrix_row.consult)
        and not rules.speaks_for_consulted(actor, matrix_row)
        and not consultations,
    )


def consulted(row: Request) -> tuple[ConsultationView, ...]:
    """The views that were recorded on a request, oldest first."""
    rows = row.consultations.select_related("person").order_by("given")
    return tuple(
        ConsultationView(PersonName(one.person_id, one.person.name), one.view, one.given, one.ledger_sequence)
        for one in rows
    )


def consultations(actor: PersonView, request: str) -> tuple[ConsultationView, ...]:
    """The views recorded on a request that the actor may see."""
    return consulted(requests.row_of(actor, request))


def still_to_sign(actor: PersonView, request: str) -> tuple[PersonName, ...]:
    """Whom the newest yes names beside its signer, as far as they have not signed."""
    row = requests.row_of(actor, request)
    approvals = requests.live_approvals(row)
    if not approvals or requests.state(row) is not RequestState.DECIDING:
        return ()
    proposal = Proposal.objects.get(pk=approvals[0].warrant_hash)
    named = texts.read(texts.Warrant, bytes(proposal.warrant)).approvers
    signed = {decision.person_id for decision in approvals}
    return tuple(PersonName(person, people.view(person).name) for person in named if person not in signed)


def may(actor: PersonView, request: str, action: Action) -> bool:
    """Whether the actor may do this to a request now: so that a page offers only what will be taken."""
    row = requests.row_of(actor, request)
    return authoriser().decide(entities.person(actor), action, requests.entity(row), {}).allowed


def is_kept_from(actor: PersonView, request: str) -> bool:
    """Whether the actor decides requests in general, but not this one, because of whom it is about."""
    row = Request.objects.filter(pk=request, organisation_id=actor.organisation).first()
    if row is None or not actor.roles & ANSWERABLE:
        return False
    everyone = people.persons(row.organisation_id)
    parties = rules.parties(everyone, row.requester_id, tuple(row.about))
    return actor.id in parties.subjects | parties.subjects_managers


def _second(
    actor: PersonView, row: Request, matrix_row: Row, waiting: Proposal | None
) -> tuple[PersonName, ...]:
    if waiting is not None:
        return ()
    names = {person.id: person.name for person in people.persons(row.organisation_id)}
    others = rules.route_of(row, matrix_row).open_seats([actor.id])
    able = sorted(frozenset[str]().union(*others) - {actor.id}, key=lambda person: names[person])
    return tuple(PersonName(person, names[person]) for person in able)
