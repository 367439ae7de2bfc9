"""What is recorded of one person, for that person's own eyes, and that they were told (REQ 002, 020, 023, 024).

Lines come from the settings, addresses from the register of people, counts from the catalogue; nothing of what
was said is looked at. Whoever has read the page says so, with the digest of what it said: when it says something
else later, it asks again.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import Count

from muniment.catalogue.models import Record, RecordParty
from muniment.core import clock
from muniment.core.call_facts import StaffEvidence
from muniment.core.call_outline import Outline, takes_part
from muniment.core.call_settings import CallSettings
from muniment.core.errors import WrongUseError
from muniment.core.line_settings import MANNERS, LineSettings, staff_notice
from muniment.core.notice_reasons import REASONS
from muniment.core.rule_settings import RecordingRule
from muniment.governance import adoption, announcements
from muniment.governance.desk import Desk, write
from muniment.governance.models import AwarenessTold
from muniment.people.roles import LABELS, Role
from muniment.people.views import PersonView


class LineShown(msgspec.Struct, frozen=True):
    """One extension or number of the person: whether it is recorded, why not, how they know, why no notice."""

    address: str
    recorded: bool
    not_recorded: str
    sources: tuple[str, ...]
    manners: tuple[str, ...]
    tone_hertz: int
    tone_every: int
    no_notice: str


class RuleShown(msgspec.Struct, frozen=True):
    """One rule that may decide about a call of theirs; `where` says of which calls it is."""

    category: str
    recorded: bool
    reason: str
    where: tuple[str, ...]


class Asking(msgspec.Struct, frozen=True):
    """One kind of request: who may make it, and who decides; roles in words."""

    title: str
    askers: tuple[str, ...]
    deciders: tuple[str, ...]


class NoticeShown(msgspec.Struct, frozen=True):
    """One recording notice that callers may hear. `number` leads to what is sealed of it; 0: only settings name it."""

    name: str
    version: int
    language: str
    text: str
    number: int = 0


class AwarenessView(msgspec.Struct, frozen=True):
    """The page. `announcements` are heard on their lines now; `digest` names what the page says."""

    mailboxes: tuple[str, ...]
    lines: tuple[LineShown, ...]
    rules: tuple[RuleShown, ...]
    announcements: tuple[NoticeShown, ...]
    asking: tuple[Asking, ...]
    kept: dict[str, int]
    digest: str
    told: datetime | None
    told_this: bool


def about(person: PersonView, calls: CallSettings) -> AwarenessView:
    """What is recorded of a person, by the settings and the rules of today."""
    mailboxes = tuple(each for each in person.addresses if "@" in each and not each.startswith("sip:"))
    numbers = [each for each in person.addresses if each not in mailboxes]
    lines = tuple(_line(person.organisation, each, calls) for each in numbers)
    rules = tuple(_rules(person.organisation, numbers, calls.rule))
    played = (
        tuple(_played(person.organisation, numbers, calls)) if any(each.recorded for each in lines) else ()
    )
    asking = tuple(_asking(person.organisation))
    names = [(each.name, each.version, each.language) for each in played]
    digest = hashlib.sha256(msgspec.json.encode((mailboxes, lines, rules, names, asking))).hexdigest()
    last = AwarenessTold.objects.filter(person_id=person.id).first()
    return AwarenessView(
        mailboxes=mailboxes,
        lines=lines,
        rules=rules,
        announcements=played,
        asking=asking,
        kept=_kept(person),
        digest=digest,
        told=last.at if last else None,
        told_this=last is not None and last.shown == digest,
    )


def acknowledge(desk: Desk, person: PersonView, calls: CallSettings, digest: str) -> datetime:
    """The person says that they were told. WrongUseError where the page says something else by now."""
    if about(person, calls).digest != digest:
        raise WrongUseError("This page has changed meanwhile.", remedy="Read it again.")
    row = AwarenessTold(
        organisation_id=person.organisation, person_id=person.id, shown=digest, at=clock.now()
    )
    with transaction.atomic():
        write(desk, person.organisation, row)
    return row.at


def told(organisation: str) -> dict[str, datetime]:
    """When each person last said that they were told, by their `per_…` id."""
    rows = AwarenessTold.objects.filter(organisation_id=organisation).order_by("at", "pk")
    return {row.person_id: row.at for row in rows}


def _line(organisation: str, address: str, calls: CallSettings) -> LineShown:
    numbers = frozenset({address})
    sources = tuple(
        dict.fromkeys(
            name
            for owner, name in (
                *((each.organisation, each.name) for each in calls.sources),
                *((each.organisation, each.source) for each in calls.spool),
            )
            if owner == organisation
        )
    )
    known = Outline(organisation, sources[0] if len(sources) == 1 else "", numbers=numbers)
    told = staff_notice(calls.line, known) or StaffEvidence("", ())
    reasons = [each.no_notice for each in _lines_of(calls.line, known) if each.no_notice]
    why = next((each.reason for each in calls.assurance.unrecorded if takes_part(numbers, (each.line,))), "")
    return LineShown(
        address=address,
        recorded=bool(sources) and not why,
        not_recorded=why,
        sources=sources,
        manners=tuple(MANNERS[each] for each in MANNERS if each in told.manners),
        tone_hertz=told.tone_hertz,
        tone_every=told.tone_every,
        no_notice=REASONS[reasons[0]].words if reasons else "",
    )


def _lines_of(lines: Iterable[LineSettings], known: Outline) -> Iterable[LineSettings]:
    return (each for each in lines if each.holds(known))


def _rules(organisation: str, numbers: Iterable[str], rules: Iterable[RecordingRule]) -> Iterable[RuleShown]:
    """Rules that may be of a call of theirs: those without lines, or with one of theirs."""
    own = frozenset(numbers)
    for rule in rules:
        if rule.organisation == organisation and (not rule.lines or takes_part(own, rule.lines)):
            yield RuleShown(rule.category, rule.decision == "record", rule.reason, tuple(_where(rule)))


def _where(rule: RecordingRule) -> Iterable[str]:
    ways = {"inbound": "calls that come in", "outbound": "calls that go out", "internal": "internal calls"}
    if rule.channels:
        yield " and ".join(f"{each}s" for each in rule.channels)
    if rule.directions:
        yield " and ".join(ways[each] for each in rule.directions)
    for word, names in (("queue", rule.queues), ("line", rule.lines), ("source", rule.sources)):
        if names:
            yield f"{word} {', '.join(names)}"
    if rule.numbers:
        yield "certain numbers of the other side"


def _played(organisation: str, numbers: Iterable[str], calls: CallSettings) -> Iterable[NoticeShown]:
    """Announcements that may be heard on their lines today."""
    own, today = frozenset(numbers), clock.now().date()
    for view in announcements.listed(organisation):
        if view.in_force(today) and (not view.lines or takes_part(own, view.lines)):
            yield NoticeShown(view.name, view.version, view.language, view.text, view.id)
    for each in calls.announcement:
        if (
            each.organisation == organisation
            and each.in_force(today)
            and (not each.lines or takes_part(own, each.lines))
        ):
            yield NoticeShown(each.name, each.version, each.language, each.text)


def _asking(organisation: str) -> Iterable[Asking]:
    _, matrix = adoption.in_force(organisation)
    for row in matrix.rows:
        deciders = dict.fromkeys(
            role for seat in row.seats for group in seat.groups for role in sorted(group)
        )
        yield Asking(row.title, _labels(sorted(row.requesters)), _labels(deciders))


def _labels(roles: Iterable[str]) -> tuple[str, ...]:
    known = {str(role): label for role, label in LABELS.items()}
    return tuple(known.get(each, each.replace("_", " ")) for each in roles)


def _kept(person: PersonView) -> dict[str, int]:
    """How many records of each channel name the person."""
    named = RecordParty.objects.filter(organisation=person.organisation, address__in=person.addresses)
    held = Record.objects.filter(id__in=named.values("record_id"), erased_at__isnull=True)
    rows = held.values_list("channel").annotate(count=Count("id")).order_by("channel")
    return {str(channel): int(count) for channel, count in rows}


READERS = frozenset({Role.DATA_CONTROLLER, Role.IT_ENGINEER})
"""Who sees how many were told: whoever answers for it, and whoever may let somebody listen in."""
