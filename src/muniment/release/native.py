"""The rule by which native sound is kept for so many days and then as Opus: what it names now. It changes nothing.

Native are recordings from the wire and files whose samples are not compressed. What is held, what is to have
stretches taken out, what a request names already and what had to stay native is not due.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import msgspec
from django.db.models import Min, Q, QuerySet, Sum

from muniment.catalogue.models import CallDetail, Record
from muniment.core import clock
from muniment.governance import drafts
from muniment.governance.matrix import RequestClass
from muniment.governance.models import Decision, Grant, HeldRecord, Request
from muniment.people.views import PersonView
from muniment.release.models import Conversion, Excision

MOST_RECORDS: Final = 500
"""Recordings in one request."""
_PACKED: Final = ("amr", "g729", "gsm", "ilbc", "opus", "speex")
"""What a recording's sound says in words where its streams came compressed; the child refuses them too."""
_CHANNELS: Final = ("call", "meeting", "voicemail")
_PLAIN: Final = (
    "A-Law", "U-Law", "Signed 8 bit PCM", "Signed 16 bit PCM", "Signed 24 bit PCM", "Signed 32 bit PCM",
    "Unsigned 8 bit PCM", "32 bit float", "64 bit float",
)  # fmt: skip
_HEADLESS: Final = ("al", "alaw", "pcm", "sln", "sln16", "ul", "ulaw")


class Stayed(msgspec.Struct, frozen=True):
    """A recording that had to stay native, and why."""

    record: str
    why: str


class Due(msgspec.Struct, frozen=True):
    """What the rule names now: how many recordings, their octets, when the oldest came in (seconds since 1970).

    `records` are the first of them by age, as many as one request may name; `stayed` the newest that stay native.
    """

    days: int
    count: int
    size: int
    oldest: int
    records: tuple[str, ...]
    stayed: tuple[Stayed, ...]


def due(actor: PersonView, rules: Mapping[str, int]) -> Due:
    """What the rule of the actor's organisation names now; RefusedError for whoever may not ask for it."""
    drafts.require_may_ask(actor, RequestClass.ERASURE)
    days = rules.get(actor.organisation, 0)
    left = Conversion.objects.filter(organisation_id=actor.organisation).exclude(left="").order_by("-pk")
    stayed = tuple(Stayed(row.record, row.left) for row in left[:MOST_RECORDS])
    if not days:
        return Due(0, 0, 0, 0, (), stayed)
    found = _older(actor.organisation, clock.seconds() - int(timedelta(days=days).total_seconds()))
    known = found.aggregate(size=Sum("size"), oldest=Min("received"))
    records = tuple(found.order_by("received", "sequence").values_list("pk", flat=True)[:MOST_RECORDS])
    return Due(days, found.count(), known["size"] or 0, known["oldest"] or 0, records, stayed)


def _older(organisation: str, than: int) -> QuerySet[Record]:
    plain = Q(sound__in=())
    for codec in _PLAIN:
        plain |= Q(sound__startswith=f"WAV, {codec},") | Q(sound__startswith=f"AU, {codec},")
    for kind in _HEADLESS:
        plain |= Q(sound__startswith=f"raw, {kind},")
    files = CallDetail.objects.filter(plain, organisation=organisation).values("record_id")
    packed = Q(sound__in=())
    for codec in _PACKED:
        packed |= Q(sound__icontains=codec)
    calls = CallDetail.objects.filter(~packed, organisation=organisation).values("record_id")
    return (
        Record.objects.filter(
            organisation=organisation, channel__in=_CHANNELS, erased_at=None, unreadable="", received__lt=than
        )
        .filter(Q(form="siprec", pk__in=calls) | Q(form="audio", pk__in=files))
        .exclude(pk__in=_held(organisation))
        .exclude(pk__in=_bound(organisation))
        .exclude(pk__in=_to_be_excised(organisation))
    )


def _held(organisation: str) -> QuerySet[HeldRecord, str]:
    standing = HeldRecord.objects.filter(hold__organisation_id=organisation, hold__release__isnull=True)
    return standing.values_list("record", flat=True)


def _to_be_excised(organisation: str) -> QuerySet[Excision, str]:
    decided = Grant.objects.filter(organisation_id=organisation, revocation__isnull=True).values("request_id")
    rows = Excision.objects.filter(organisation_id=organisation, done__isnull=True, request__in=decided)
    return rows.values_list("record", flat=True)


def _bound(organisation: str) -> QuerySet[Conversion, str]:
    """What stays native for good, and what a request names that waits or is granted still."""
    now = clock.now()
    granted = Grant.objects.filter(organisation_id=organisation)
    live = granted.filter(not_after__gte=now, revocation__isnull=True).values("request_id")
    refused = Decision.objects.filter(verdict=Decision.Verdict.REFUSE).values("request_id")
    undecided = Q(grant__isnull=True) & ~Q(pk__in=refused)
    open_ones = Request.objects.filter(Q(pk__in=live) | undecided, organisation_id=organisation).values("pk")
    rows = Conversion.objects.filter(organisation_id=organisation)
    return rows.filter(~Q(left="") | Q(done__isnull=True, request__in=open_ones)).values_list(
        "record", flat=True
    )
