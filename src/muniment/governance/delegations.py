"""Lend the Data Controller's seat to a named person, for named classes and a span of time (REQ 050).

1. Only a Data Controller delegates, and only her own seat: a delegate passes nothing on.
2. The delegate is somebody who handles content already, and so signs in with a second factor.
3. Routing offers the delegate wherever she herself could decide, and never in a case by or about the
   delegate. Her own seat stays hers meanwhile.
4. The keeper knows nothing of delegations: the delegate signs with a key of their own, which needs the
   power to decide in the authority register.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import adoption, entities, notices
from muniment.governance.authorisation import AbsentError, Action, authoriser, require
from muniment.governance.desk import Desk, write
from muniment.governance.matrix import RequestClass, Row
from muniment.governance.models import Delegation, DelegationEnd
from muniment.governance.routing import SELF_DECIDER
from muniment.governance.views import DelegationState, DelegationView, PersonName
from muniment.governance.words import when
from muniment.people import services as people
from muniment.people.roles import Role
from muniment.people.views import PersonView

LONGEST = timedelta(days=92)
LONGEST_REASON = 2_000  # characters
_SLACK = timedelta(minutes=5)  # a form that was filled in a moment ago still says "from now"


def classes(organisation: str) -> tuple[Row, ...]:
    """The rows of the matrix in force in which the Data Controller has a seat: what can be delegated."""
    _, matrix = adoption.in_force(organisation)
    return tuple(row for row in matrix.rows if _has_seat(row))


def may_delegate(actor: PersonView) -> bool:
    """Whether the actor has a seat to lend."""
    return (
        authoriser()
        .decide(entities.person(actor), Action.DELEGATE, entities.organisation(actor.organisation), {})
        .allowed
    )


def candidates(actor: PersonView) -> tuple[PersonView, ...]:
    """Everybody who could be named."""
    return tuple(one for one in people.persons(actor.organisation) if _may_be_named(actor, one))


def delegate(
    desk: Desk,
    actor: PersonView,
    person: str,
    kinds: Iterable[str],
    *,
    begins: datetime,
    ends: datetime,
    reason: str,
) -> DelegationView:
    """Lend the actor's seat to `person` for these classes, from `begins` until `ends`."""
    require(entities.person(actor), Action.DELEGATE, entities.organisation(actor.organisation))
    named = next((one for one in people.persons(actor.organisation) if one.id == person), None)
    if named is None or not _may_be_named(actor, named):
        raise RefusedError(
            "This person cannot decide in your place.",
            why="It must be another person of the organisation whose role handles content.",
            remedy="Choose somebody else, or give them such a role first.",
        )
    listed = sorted(set(kinds))
    _check(actor, listed, begins, ends, reason)
    row = Delegation(
        organisation_id=actor.organisation,
        delegator_id=actor.id,
        delegate_id=person,
        classes=listed,
        reason=reason.strip(),
        begins=begins,
        ends=ends,
        made=clock.now(),
    )
    with transaction.atomic():
        write(desk, actor.organisation, row)
        notices.tell(
            person,
            "You decide in the Data Controller's place for a time",
            f"From {when(int(begins.timestamp()))} until {when(int(ends.timestamp()))}. "
            "What it covers is on the page.",
            "/delegations",
        )
    return _view(row)


def end(desk: Desk, actor: PersonView, delegation: str) -> DelegationView:
    """End a delegation now: the two persons in it and any Data Controller may."""
    row = _rows(actor.organisation).filter(pk=delegation).first()
    if row is None or not _sees(actor, row):
        raise AbsentError("There is no such delegation, or you are not part of it.")
    if actor.id not in {row.delegator_id, row.delegate_id} and Role.DATA_CONTROLLER not in actor.roles:
        raise RefusedError("Only the two persons in it and a Data Controller end a delegation.")
    if _state(row) in {DelegationState.ENDED, DelegationState.OVER}:
        raise RefusedError("The delegation is over already.")
    with transaction.atomic():
        write(
            desk,
            actor.organisation,
            DelegationEnd(delegation=row, ended_by_id=actor.id, ended=clock.now()),
        )
        for person in {row.delegator_id, row.delegate_id} - {actor.id}:
            notices.tell(
                person,
                "A delegation was ended early",
                "The seat is the Data Controller's alone again.",
                "/delegations",
            )
    return _view(_rows(actor.organisation).get(pk=delegation))


def listed(actor: PersonView) -> tuple[DelegationView, ...]:
    """All delegations for those who watch over access, one's own for everybody else; newest first."""
    return tuple(_view(row) for row in _rows(actor.organisation) if _sees(actor, row))


def running(organisation: str, kind: str) -> dict[str, frozenset[str]]:
    """Who may decide a class of request now in whose place: delegators by delegate (`per_…` ids)."""
    now = clock.now()
    rows = _rows(organisation).filter(begins__lte=now, ends__gt=now, early_end__isnull=True)
    found: dict[str, frozenset[str]] = {}
    for row in rows:
        if kind in row.classes:
            found[row.delegate_id] = found.get(row.delegate_id, frozenset()) | {row.delegator_id}
    return found


def _check(actor: PersonView, listed: list[str], begins: datetime, ends: datetime, reason: str) -> None:
    possible = {str(row.request_class) for row in classes(actor.organisation)}
    if not listed or not possible.issuperset(listed):
        raise WrongUseError("Name the classes of request in which the Data Controller has a seat.")
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise WrongUseError(f"Give a reason, of at most {LONGEST_REASON} characters.")
    if not clock.now() - _SLACK <= begins < ends or ends <= clock.now():
        raise WrongUseError("A delegation begins now or later, and ends after that.")
    if ends - begins > LONGEST:
        raise WrongUseError(f"A delegation lasts at most {LONGEST.days} days.", remedy="Make another then.")


def _has_seat(row: Row) -> bool:
    lendable = row.request_class is not RequestClass.HOLD_RELEASE  # which has its own two signatures
    return lendable and any(SELF_DECIDER in group for seat in row.seats for group in seat.groups)


def _may_be_named(actor: PersonView, one: PersonView) -> bool:
    return one.id != actor.id and one.handles_content and Role.DATA_CONTROLLER not in one.roles


def _sees(actor: PersonView, row: Delegation) -> bool:
    if actor.id in {row.delegator_id, row.delegate_id}:
        return True
    here = entities.organisation(actor.organisation)
    return authoriser().decide(entities.person(actor), Action.SEE_DELEGATIONS, here, {}).allowed


def _rows(organisation: str) -> QuerySet[Delegation]:
    rows = Delegation.objects.filter(organisation_id=organisation)
    return rows.select_related("delegator", "delegate", "early_end__ended_by")


def _state(row: Delegation) -> DelegationState:
    now = clock.now()
    if getattr(row, "early_end", None) is not None:
        return DelegationState.ENDED
    if now >= row.ends:
        return DelegationState.OVER
    return DelegationState.RUNNING if now >= row.begins else DelegationState.NOT_YET


def _view(row: Delegation) -> DelegationView:
    early = getattr(row, "early_end", None)
    return DelegationView(
        id=row.pk,
        delegator=PersonName(row.delegator_id, row.delegator.name),
        delegate=PersonName(row.delegate_id, row.delegate.name),
        classes=tuple(row.classes),
        reason=row.reason,
        begins=row.begins,
        ends=row.ends,
        state=_state(row),
        ended=early.ended if early else None,
        ended_by=early.ended_by.name if early else "",
        ledger_sequence=row.ledger_sequence,
    )
