"""What is held about one person, and who opened it: for that person's own eyes (REQ 052)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Max, Min

from muniment.catalogue import acts, records
from muniment.catalogue.acts import ActView
from muniment.catalogue.models import Record, RecordParty
from muniment.catalogue.records import RecordPage, Sight
from muniment.governance import entities
from muniment.governance.authorisation import Action, require
from muniment.people.views import PersonView
from muniment.release import provenance

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
    record: str
    action: str


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


def own_list(person: PersonView, cursor: str = "") -> RecordPage:
    """The person's own records, newest first, with subjects: what they sent or were sent themselves."""
    require(entities.person(person), Action.SEARCH_OWN, entities.organisation(person.organisation))
    return records.about(person.organisation, person.addresses, Sight.FULL, limit=25, cursor=cursor)


def _openings(organisation: str, found: Sequence[ActView]) -> Iterable[OpeningOfMine]:
    rows = Record.objects.filter(organisation=organisation, pk__in={act.record for act in found})
    held = {row.pk: row for row in rows}
    for act, line in zip(found, provenance.openings(organisation, found), strict=True):
        record = held.get(act.record)
        yield OpeningOfMine(
            at=datetime.fromtimestamp(act.time, UTC),
            opened_by=line.opened_by,
            purpose=line.purpose,
            approved_by=line.approved_by,
            channel=record.channel if record else "erased record",
            sent=_moment(record.sent) if record else None,
            record=act.record,
            action=line.action,
        )


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
