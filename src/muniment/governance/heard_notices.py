"""In how many calls each published notice was heard, and how surely: figures of the whole, of no single call (REQ 020).

Test calls do not count: in them the notice is played by ourselves.
"""

from datetime import UTC, datetime

import msgspec
from django.db.models import Count, Max, Min

from muniment.catalogue.models import CallDetail
from muniment.readers.calls.call import TEST

type Played = tuple[str, int, str]
"""A notice's name, version and language."""


class HeardNotice(msgspec.Struct, frozen=True):
    """What the sound of calls says of one version: likeness from 0 to 1, `last` when such a call began."""

    calls: int
    least: float
    most: float
    last: datetime


def heard(organisation: str) -> dict[Played, HeardNotice]:
    """Of each version that was heard in a call that is held; those in none are absent."""
    rows = (
        CallDetail.objects.filter(
            organisation=organisation, notice="played", record__erased_at__isnull=True, notice_version__gt=0
        )
        .exclude(record__markings=TEST)
        .values_list("notice_name", "notice_version", "notice_language")
        .annotate(
            calls=Count("pk"),
            least=Min("notice_hundredths"),
            most=Max("notice_hundredths"),
            last=Max("record__sent"),
        )
    )
    return {
        (name, version, language): HeardNotice(
            calls, least / 100, most / 100, datetime.fromtimestamp(last, UTC)
        )
        for name, version, language, calls, least, most, last in rows
    }
