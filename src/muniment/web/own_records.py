"""What is held about one person, and who opened it: for that person's own eyes (REQ 052)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.db.models import Max, Min

from muniment.catalogue import acts
from muniment.catalogue.acts import ActView
from muniment.catalogue.models import Record, RecordParty
from muniment.core.errors import WrongUseError
from muniment.core.tags import EventTag
from muniment.governance import purposes
from muniment.people import services
from muniment.people.views import PersonView
from muniment.vault.authority.statements import Warrant, read

MOST_OPENINGS = 200


@dataclass(frozen=True)
class OpeningOfMine:
    """One opening of a record in which the person is named: when, by whom, why, who approved."""

    at: datetime
    opened_by: str
    purpose: str
    approved_by: str
    channel: str
    sent: datetime | None


@dataclass(frozen=True)
class OwnRecords:
    """How many records name the person, from when to when, and the latest openings of one of them."""

    total: int
    first: datetime | None
    last: datetime | None
    openings: tuple[OpeningOfMine, ...]


def own_records(person: PersonView) -> OwnRecords:
    """What the catalogue knows about the records that name this person; no content, no subject line."""
    named = RecordParty.objects.filter(organisation=person.organisation, address__in=person.addresses)
    held = Record.objects.filter(id__in=named.values("record_id"), erased_at__isnull=True)
    span = held.aggregate(first=Min("sent"), last=Max("sent"))
    page = acts.acts_about(person.organisation, person.addresses, limit=MOST_OPENINGS)
    return OwnRecords(
        total=held.count(),
        first=_moment(span["first"]),
        last=_moment(span["last"]),
        openings=tuple(_openings(person.organisation, page.acts)),
    )


def _openings(organisation: str, found: Iterable[ActView]) -> Iterable[OpeningOfMine]:
    @cache
    def why(warrant: str) -> tuple[str, str]:
        return _why(organisation, warrant)

    for act in found:
        record = Record.objects.filter(pk=act.record, organisation=organisation).first()
        purpose, approved_by = why(act.warrant)
        yield OpeningOfMine(
            at=datetime.fromtimestamp(act.time, UTC),
            opened_by=_name(act.actor),
            purpose=purpose,
            approved_by=approved_by,
            channel=record.channel if record else "erased record",
            sent=_moment(record.sent) if record else None,
        )


def _why(organisation: str, warrant: str) -> tuple[str, str]:
    """The purpose and the approvers of a warrant, from its own text in the ledger."""
    page = acts.acts(organisation, tags=[EventTag.WARRANT_ADMITTED], warrant=warrant, limit=1)
    text = page.acts[0].detail("warrant") if page.acts else None
    if not isinstance(text, str):
        return "not in the catalogue yet", "not in the catalogue yet"
    found = read(Warrant, text.encode())
    return _purpose(found.purpose), ", ".join(_name(approver) for approver in found.approvers)


def _purpose(name: str) -> str:
    try:
        return purposes.purpose(name).name
    except WrongUseError:
        return name


def _name(person: str) -> str:
    try:
        return services.view(person).name
    except WrongUseError:
        return person


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
