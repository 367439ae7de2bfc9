"""Why one call carries no recording notice, as somebody who had it open says afterwards (REQ 020)."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.db import transaction

from muniment.catalogue.expected import NoticeSeen
from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.notice_reasons import REASONS
from muniment.governance.desk import Desk, write
from muniment.governance.models import NoticeReasonGiven
from muniment.people.roles import CONTENT_ROLES
from muniment.people.views import PersonView

LONGEST_REMARK = 200  # characters
PLAYED = "played"


class ReasonView(msgspec.Struct, frozen=True):
    """One reason as pages show it."""

    code: str
    words: str
    remark: str
    given_by: str
    given: datetime
    ledger_sequence: int


def give(desk: Desk, actor: PersonView, record: str, code: str, remark: str) -> ReasonView:
    """Say why a call carries no notice. The caller has seen to it that the actor has the record open."""
    if not actor.roles & CONTENT_ROLES:
        raise RefusedError(
            "You may not say why a call carries no notice.",
            why="It is for whoever is entitled to open calls.",
            remedy="Ask your Data Controller.",
        )
    if code not in REASONS:
        raise WrongUseError("Choose one of the reasons.")
    said = " ".join(remark.split())
    if len(said) > LONGEST_REMARK:
        raise WrongUseError(f"A remark has at most {LONGEST_REMARK} characters.")
    row = NoticeReasonGiven(
        organisation_id=actor.organisation,
        record=record,
        code=code,
        remark=said,
        given_by_id=actor.id,
        given=clock.now(),
    )
    with transaction.atomic():
        write(desk, actor.organisation, row, record=record)
    return _view(row)


def of_record(organisation: str, record: str) -> ReasonView | None:
    """The reason that was given last; None where none was."""
    row = _given(organisation, [record]).get(record)
    return _view(row) if row else None


def counted(organisation: str, seen: Iterable[NoticeSeen]) -> dict[str, int]:
    """Calls by what is known of their notice; a reason given by a person counts where none was played."""
    calls = tuple(seen)
    given = _given(organisation, [each.record for each in calls])
    found = Counter(_word(each, given.get(each.record)) for each in calls)
    return dict(sorted(found.items()))


def _word(seen: NoticeSeen, given: NoticeReasonGiven | None) -> str:
    if given is not None and seen.state != PLAYED:
        return f"{REASONS[given.code].state} {given.code}"
    return f"{seen.state} {seen.reason}".strip()


def _given(organisation: str, records: list[str]) -> dict[str, NoticeReasonGiven]:
    rows = NoticeReasonGiven.objects.filter(organisation_id=organisation).select_related("given_by")
    if len(records) == 1:
        rows = rows.filter(record=records[0])
    wanted = set(records)
    return {row.record: row for row in rows.order_by("given", "pk") if row.record in wanted}


def _view(row: NoticeReasonGiven) -> ReasonView:
    return ReasonView(
        row.code, REASONS[row.code].words, row.remark, row.given_by.name, row.given, row.ledger_sequence
    )
