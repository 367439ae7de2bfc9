"""What governance must know of a record itself: whether it is marked, erased, held. Never its content."""

from collections.abc import Iterable

import msgspec

from muniment.catalogue.models import Record
from muniment.governance.models import HeldRecord


class RecordFacts(msgspec.Struct, frozen=True):
    """A record's marks: `private` covers private, personal and union."""

    private: bool
    erased: bool
    held: bool


def facts(organisation: str, records: Iterable[str]) -> dict[str, RecordFacts]:
    """The marks of those records that the organisation has."""
    wanted = tuple(records)
    standing = set(
        HeldRecord.objects.filter(
            record__in=wanted, hold__organisation_id=organisation, hold__release__isnull=True
        ).values_list("record", flat=True)
    )
    rows = Record.objects.filter(organisation=organisation, pk__in=wanted)
    return {
        row.pk: RecordFacts(
            private=row.marked_private, erased=row.erased_at is not None, held=row.pk in standing
        )
        for row in rows
    }
