"""Holds: one person places one, two different persons release it under the same text."""

from collections.abc import Sequence
from typing import cast

from django.db import transaction
from django.db.models import QuerySet

from muniment.core import clock, ids
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.ids import Prefix
from muniment.governance import cases, denials, entities, held, notices, prepared, statements
from muniment.governance.authorisation import Action, Entity, authoriser, require, require_seen
from muniment.governance.desk import Desk, keep, write
from muniment.governance.models import HeldRecord, Hold, HoldRelease, HoldReleaseSignature
from muniment.governance.statements import ToSign
from muniment.governance.views import HoldView, PersonName
from muniment.people import services as people
from muniment.people.roles import ENTITLED_ROLES, Role
from muniment.people.views import PersonView
from muniment.vault.authority import signing
from muniment.vault.authority import statements as texts
from muniment.vault.authority.register import Power
from muniment.vault.authority.signing import SignedStatement

RELEASE = "release-hold"
MOST_RECORDS = 500
RELEASERS = frozenset({Power.HOLD, Power.CONTROLLER, Power.DECIDE})
_TWO = 2


def place(desk: Desk, actor: PersonView, records: Sequence[str], reason: str, *, case: str = "") -> HoldView:
    """Forbid the destruction of records from now on. It gives nobody access to them."""
    with denials.written(desk, actor, Action.PLACE_HOLD, actor.organisation):
        require(entities.person(actor), Action.PLACE_HOLD, entities.organisation(actor.organisation))
    listed = sorted(set(records))
    if not listed or len(listed) > MOST_RECORDS:
        raise WrongUseError(f"A hold is on 1 to {MOST_RECORDS} records.")
    if not reason.strip():
        raise WrongUseError("Say why the records must be kept.")
    known = held.facts(actor.organisation, listed)
    if len(known) != len(listed):
        raise RefusedError("A record is not known in your organisation.")
    if any(fact.erased for fact in known.values()):
        raise RefusedError("A record has been erased already: there is nothing left to hold.")
    row = Hold(
        id=ids.new(Prefix.HOLD),
        organisation_id=actor.organisation,
        case_id=cases.case_row(actor, case).pk if case else None,
        records=listed,
        reason=reason.strip(),
        placed_by_id=actor.id,
        placed=clock.now(),
    )
    with transaction.atomic():
        write(desk, actor.organisation, row, hold=row.pk, records=listed)
        HeldRecord.objects.bulk_create([HeldRecord(hold=row, record=record) for record in listed])
    return _view(_row(actor, row.pk))


def prepare_release(desk: Desk, actor: PersonView, hold: str, reason: str = "") -> ToSign:
    """What somebody who releases a hold is to sign. The second signs exactly what the first did."""
    row = _releasable(desk, actor, hold)
    first = row.release_signatures.first()
    if first is not None and first.person_id == actor.id:
        raise RefusedError(
            "You have signed this release already.", remedy="A second person must sign the same."
        )
    if first is None and not reason.strip():
        raise WrongUseError("Say why the hold may end.")
    statement = (
        bytes(first.statement)
        if first is not None
        else texts.build_hold_release(organisation=actor.organisation, hold=hold, reason=reason.strip())
    )
    shown = statements.hold_release(
        statement,
        records=len(row.records),
        reason=texts.read(texts.HoldRelease, statement).reason,
        first=people.view(first.person_id).name if first is not None else "",
    )
    return prepared.prepare(actor, RELEASE, hold, shown) if first is None else shown


def release(desk: Desk, actor: PersonView, hold: str, signed: SignedStatement) -> HoldView:
    """Take a signature under a release; with the second person's the hold ends."""
    row = _releasable(desk, actor, hold)
    prepared.check(desk, actor, signed, RELEASERS)
    with transaction.atomic():
        first = row.release_signatures.first()
        if first is None:
            prepared.take(actor, RELEASE, hold, signed)
        elif bytes(first.statement) != signed.statement or first.person_id == actor.id:
            raise RefusedError(
                "This is not the release that waits for a second person.",
                remedy="Open the hold again and sign what it shows.",
            )
        HoldReleaseSignature.objects.create(
            hold=row,
            person_id=actor.id,
            statement=signed.statement,
            signed=signing.to_json(signed),
            made=clock.now(),
        )
        _end_if_two(desk, row, signed.statement)
    return _view(_row(actor, hold))


def withdraw_release(actor: PersonView, hold: str) -> HoldView:
    """Take back a release that one person has signed, so that another may be proposed."""
    row = _row(actor, hold)
    if getattr(row, "release", None) is not None:
        raise RefusedError("The hold has ended already.")
    taken, _ = HoldReleaseSignature.objects.filter(hold=row, person_id=actor.id).delete()
    if not taken:
        raise RefusedError("You have signed no release of this hold.")
    return _view(_row(actor, hold))


def one(actor: PersonView, hold: str) -> HoldView:
    """A hold that the actor may see."""
    return _view(_row(actor, hold))


def listed(actor: PersonView, *, record: str = "") -> tuple[HoldView, ...]:
    """The holds that the actor may see, newest first; only those on one record if given."""
    rows = _rows().filter(organisation_id=actor.organisation)
    if record:
        rows = rows.filter(held__record=record)
    me = entities.person(actor)
    return tuple(
        _view(row) for row in rows if authoriser().decide(me, Action.SEE_HOLD, _entity(row), {}).allowed
    )


def _end_if_two(desk: Desk, row: Hold, statement: bytes) -> None:
    rows = tuple(HoldReleaseSignature.objects.filter(hold=row))
    if len({one.person_id for one in rows}) < _TWO:
        _ask_for_second(row, rows[0].person_id)
        return
    signatures = tuple(signing.from_json(bytes(one.signed)) for one in rows)
    receipt = desk.release_hold(row.organisation_id, statement, signatures)
    ended = HoldRelease(
        hold=row,
        reason=texts.read(texts.HoldRelease, statement).reason,
        signers=sorted(one.person_id for one in rows),
        released=clock.now(),
    )
    keep(ended, receipt)


def _ask_for_second(row: Hold, first: str) -> None:
    told = {first}
    for role in (Role.DATA_CONTROLLER, *sorted(ENTITLED_ROLES)):
        for person in people.holders(row.organisation_id, role):
            if person.id not in told:
                told.add(person.id)
                notices.tell(
                    person.id,
                    "The release of a hold waits for a second person",
                    "Somebody signed that a hold may end. It ends when a second person signs the same.",
                    f"/holds/{row.pk}",
                )


def _releasable(desk: Desk, actor: PersonView, hold: str) -> Hold:
    with denials.written(desk, actor, Action.RELEASE_HOLD, hold):
        row = _row(actor, hold)
        if getattr(row, "release", None) is not None:
            raise RefusedError("The hold has ended already.")
        require(entities.person(actor), Action.RELEASE_HOLD, _entity(row))
    return row


def _row(actor: PersonView, hold: str) -> Hold:
    row = _rows().filter(pk=hold).first()
    require_seen(entities.person(actor), Action.SEE_HOLD, _entity(row) if row else None, "hold")
    return cast("Hold", row)


def _rows() -> QuerySet[Hold]:
    return Hold.objects.select_related("placed_by", "release").prefetch_related("release_signatures__person")


def _entity(row: Hold) -> Entity:
    return Entity(
        "Hold",
        row.pk,
        {
            "organisation": entities.owned_by(row.organisation_id),
            "released": getattr(row, "release", None) is not None,
        },
    )


def _view(row: Hold) -> HoldView:
    ended = getattr(row, "release", None)
    return HoldView(
        id=row.pk,
        records=tuple(row.records),
        case=row.case_id or "",
        reason=row.reason,
        placed=row.placed,
        placed_by=PersonName(row.placed_by_id, row.placed_by.name),
        released=ended.released if ended else None,
        release_reason=ended.reason if ended else "",
        signed_by=tuple(PersonName(one.person_id, one.person.name) for one in row.release_signatures.all()),
        ledger_sequence=row.ledger_sequence,
    )
