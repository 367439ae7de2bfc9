"""From draft to signed request: one signature asks, and lets the Data Controller look for the records."""

from datetime import timedelta

import msgspec
from django.db import transaction

from muniment.core import clock, ids
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.ids import Prefix
from muniment.governance import (
    adoption,
    cases,
    drafts,
    fields,
    locating,
    monitored,
    notices,
    prepared,
    purposes,
    requests,
    rules,
    statements,
    words,
)
from muniment.governance.authorisation import Action
from muniment.governance.desk import Desk, write
from muniment.governance.fields import RequestFields
from muniment.governance.matrix import Row, allowed, usual
from muniment.governance.models import Case, Draft, Request
from muniment.governance.purposes import Purpose
from muniment.governance.requests import row_of, view
from muniment.governance.statements import Named, ToSign
from muniment.governance.telling import tell_second_person
from muniment.governance.views import RequestView
from muniment.people import services as people
from muniment.people.views import PersonView
from muniment.vault.authority import signing
from muniment.vault.authority import statements as texts
from muniment.vault.authority.register import Power
from muniment.vault.authority.signing import SignedStatement

ACT = "submit"
LOCATE_DAYS = 14
LOCATE_CAP = 200
"""Searches in all under one request: an index that answers only ids gives up text to enough queries."""

REQUESTERS = frozenset({Power.REQUEST, Power.CONTROLLER})


class _Complete(msgspec.Struct, frozen=True):
    """A draft that says everything, with the rule that it will be judged by."""

    fields: RequestFields
    purpose: Purpose
    row: Row
    matrix: int
    actions: tuple[str, ...]
    locator: PersonView
    lines: tuple[str, ...]
    """Of a request to listen to calls in progress, and of no other: no record is looked for then."""
    hours: int


def prepare(actor: PersonView, draft: str) -> ToSign:
    """What the requester is to sign; WrongUseError or RefusedError say what is missing or impossible."""
    written = drafts.row_of(actor, draft)
    whole = _complete(actor, written)
    case = written.case_id or ids.new(Prefix.CASE)
    now = clock.seconds()
    payload: dict[str, object] = {"case": case, "locator": whole.locator.id, "matrix": whole.matrix}
    about = [people.view(person).name for person in written.about]
    if whole.lines:
        statement = _statement(actor, written, whole, b"", now)
        shown = statements.monitoring_request(
            statement,
            kind=whole.row.title,
            purpose=whole.purpose.name,
            lines=whole.lines,
            hours=whole.hours,
            about=about,
        )
        return prepared.prepare(actor, ACT, draft, shown, payload=payload)
    warrant = texts.build_warrant(
        organisation=actor.organisation,
        case=case,
        purpose=whole.purpose.id,
        category=rules.warrant_category(whole.row),
        holder=whole.locator.id,
        approvers=[actor.id],
        actions=[texts.Action.LOCATE],
        records=[],
        not_before=now,
        not_after=now + int(timedelta(days=LOCATE_DAYS).total_seconds()),
        cap=LOCATE_CAP,
        matrix=whole.matrix,
    )
    statement = _statement(actor, written, whole, warrant, now)
    shown = statements.request(
        statement,
        kind=words.kind(whole.row.title, whole.actions),
        purpose=whole.purpose.name,
        locator=Named(whole.locator.id, whole.locator.name),
        until=texts.read(texts.Warrant, warrant).not_after,
        about=about,
    )
    return prepared.prepare(actor, ACT, draft, shown, warrant=warrant, payload=payload)


def submit(desk: Desk, actor: PersonView, draft: str, signed: SignedStatement) -> RequestView:
    """Make the request: the case is opened, the locate warrant admitted, the Data Controller told."""
    written = drafts.row_of(actor, draft)
    whole = _complete(actor, written)
    prepared.check(desk, actor, signed, REQUESTERS)
    with transaction.atomic():
        waiting = prepared.take(actor, ACT, draft, signed)
        text = texts.read(texts.RequestStatement, signed.statement)
        if text.details != _details(written, whole):
            raise RefusedError(
                "The request was changed after it was shown to you.", remedy="Read it again and sign it."
            )
        locator, warrant = waiting.payload["locator"], bytes(waiting.warrant or b"")
        if warrant:
            desk.admit(actor.organisation, warrant, (signed,), ())
        case = _case(desk, actor, written, waiting.payload["case"], whole.row)
        row = _request(actor, written, whole, case, locator, warrant, signed)
        row.matrix = waiting.payload["matrix"]
        write(desk, actor.organisation, row, warrant=row.locate_hash or "")
        written.delete()
        if whole.lines:
            locating.tell_deciders(requests.row_named(row.pk))
        elif locator == actor.id:
            tell_second_person(desk, row, texts.warrant_hash(warrant))
        else:
            notices.tell(
                locator,
                "A request waits for you to look for its records",
                "Somebody made a request. Please look for the records that it is about.",
                f"/requests/{row.pk}",
            )
    return view(row_of(actor, row.pk))


def _complete(actor: PersonView, written: Draft) -> _Complete:
    row = drafts.require_may_ask(actor, written.category)
    number, _ = adoption.in_force(actor.organisation)
    whole = fields.complete(written.given, frozenset(written.not_known))
    if not written.purpose:
        raise WrongUseError("The request is not complete.", why="It names no purpose.")
    purpose = purposes.bind(written.purpose, written.specifics)
    actions = tuple(sorted(written.actions or usual(row.actions)))
    beyond = set(actions) - set(allowed(row.actions))
    if beyond:
        raise RefusedError(
            f"A request of the class “{row.title}” cannot ask to {' or '.join(sorted(beyond))}.",
            why=f"{row.clause}.",
            remedy="Make a request of the class that allows it.",
        )
    about = tuple(written.about)
    rules.route(row, actor.organisation, actor.id, about)  # nobody to decide: say so before it is signed
    locator = rules.locator_for(row, actor.organisation, actor.id, about)
    if written.case is not None:
        cases.require_open(written.case)
    lines: tuple[str, ...] = ()
    hours = 0
    if actions == (Action.MONITOR,):
        lines = monitored.lines(actor.organisation, about, whole.extension or "")
        hours = monitored.hours(written.hours)
        if not hours:
            raise WrongUseError("The request is not complete.", why="It does not say for how long.")
    return _Complete(whole, purpose, row, number, actions, locator, lines, hours)


def _statement(actor: PersonView, written: Draft, whole: _Complete, warrant: bytes, now: int) -> bytes:
    return texts.build_request(
        organisation=actor.organisation,
        request=written.pk,
        warrant=texts.warrant_hash(warrant) if warrant else "",
        person=actor.id,
        details=_details(written, whole),
        time=now,
    )


def _details(written: Draft, whole: _Complete) -> dict[str, str]:
    monitoring = {"lines": " ".join(whole.lines), "hours": str(whole.hours)} if whole.lines else {}
    return {
        **monitoring,
        **{name: str(value) for name, value in whole.fields.as_json().items()},
        "class": written.category,
        "purpose": whole.purpose.id,
        "specifics": written.specifics,
        "about": " ".join(sorted(written.about)),
        "actions": " ".join(whole.actions),
    }


def _case(desk: Desk, actor: PersonView, written: Draft, identifier: str, row: Row) -> Case:
    if written.case is not None:
        return written.case
    case = Case(
        id=identifier,
        organisation_id=actor.organisation,
        category=written.category,
        title=f"{words.kind(row.title, written.actions)}, {actor.name}",
        opened_by_id=actor.id,
        opened=clock.now(),
    )
    write(desk, actor.organisation, case)
    return case


def _request(
    actor: PersonView,
    written: Draft,
    whole: _Complete,
    case: Case,
    locator: str,
    warrant: bytes,
    signed: SignedStatement,
) -> Request:
    return Request(
        id=written.pk,
        organisation_id=actor.organisation,
        case=case,
        category=written.category,
        purpose=whole.purpose.id,
        specifics=written.specifics,
        requester_id=actor.id,
        reason=whole.fields.reason,
        when=whole.fields.when,
        extension=whole.fields.extension,
        external_number=whole.fields.external_number,
        parties=whole.fields.parties,
        nature=whole.fields.nature,
        about=sorted(written.about),
        actions=list(whole.actions),
        matrix=whole.matrix,
        locator_id=locator,
        locate_warrant=warrant,
        locate_hash=texts.warrant_hash(warrant) if warrant else None,
        lines=list(whole.lines),
        hours=whole.hours,
        signed=signing.to_json(signed),
        submitted=clock.now(),
    )
