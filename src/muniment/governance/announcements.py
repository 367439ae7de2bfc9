"""Recording notices as things of the record (REQ 020): published in versions, sealed, listened for, ended.

1. What is published is first sealed as a record (the file as it was given, with its wording), then written to
   the ledger; what was said on a day can be proved years later.
2. A version is never changed. The next version of the same name and language takes its place from its day on.
3. Calls are compared with what stands here and with what the settings name; the recorder is told of changes.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from muniment.capture import batch
from muniment.capture.batch import Captured, Keeping
from muniment.capture.calls.announced import PUBLISHED
from muniment.capture.statement import CaptureStatement
from muniment.core import clock, ids, prompts
from muniment.core.announcement_settings import Announcement
from muniment.core.call_facts import CallFacts, NoticeEvidence
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.prompts import Prompt
from muniment.governance.authorisation import AbsentError
from muniment.governance.desk import Desk, write
from muniment.governance.models import AnnouncementEnd, AnnouncementVersion
from muniment.people.roles import Role
from muniment.people.views import PersonView

PUBLISHERS = frozenset({Role.DATA_CONTROLLER, Role.IT_ENGINEER})
"""Who answers for what callers are told, and who connects the lines on which it is played."""
LONGEST_TEXT = 2_000  # characters
LARGEST_FILE = 8 * 1024 * 1024  # bytes: a minute in stereo at 32 kHz
MOST_PLACES = 200  # sources, queues or lines of one announcement


class Draft(msgspec.Struct, frozen=True):
    """What is to be published. Where it is played: everywhere, unless sources, queues or lines are named."""

    name: str
    language: str
    text: str
    sources: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    since: date | None = None


class AnnouncementView(msgspec.Struct, frozen=True):
    """One version as pages show it. `until` is the last day on which it is played; None while that is open."""

    id: int
    name: str
    version: int
    language: str
    text: str
    sources: tuple[str, ...]
    queues: tuple[str, ...]
    lines: tuple[str, ...]
    since: date
    until: date | None
    seconds: float
    record: str
    sha256: str
    made_by: str
    made: datetime
    ledger_sequence: int
    ended: bool

    def in_force(self, day: date) -> bool:
        """Whether it is played on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


def publish(
    desk: Desk, sealer: Keeping, organisation: str, draft: Draft, sound: bytes, by: PersonView | None
) -> AnnouncementView:
    """Seal and publish the next version. `by` None: a command of the machine. WrongUseError says what is wrong."""
    if by is not None:
        _require(by, organisation)
    samples = _checked(organisation, draft, sound)
    made = clock.now()
    last = _of(organisation).filter(name=draft.name, language=draft.language).order_by("-version").first()
    record = ids.new_record_id()
    row = AnnouncementVersion(
        organisation_id=organisation,
        name=draft.name,
        version=last.version + 1 if last else 1,
        language=draft.language,
        text=draft.text.strip(),
        sources=list(draft.sources),
        queues=list(draft.queues),
        lines=list(draft.lines),
        since=draft.since or made.date(),
        record=ids.record_text(record),
        sha256=hashlib.sha256(sound).hexdigest(),
        samples=samples,
        made_by_id=by.id if by else None,
        made=made,
    )
    if last is not None and row.since < last.since:
        raise WrongUseError(f"Version {last.version} begins later, on {last.since:%d %B %Y}.")
    batch.keep(sealer, organisation, [Captured(record, _statement(row), sound)])
    with transaction.atomic():
        write(desk, organisation, row, record=row.record)
    return one(organisation, row.pk)


def end(desk: Desk, actor: PersonView, number: int) -> AnnouncementView:
    """It is played no longer, from today on."""
    _require(actor, actor.organisation)
    row = _of(actor.organisation).filter(pk=number).first()
    if row is None:
        raise AbsentError("There is no such announcement.")
    if one(actor.organisation, number).until is not None:
        raise WrongUseError("This version has ended, or another has taken its place.")
    act = AnnouncementEnd(
        organisation_id=actor.organisation, announcement=row, ended_by_id=actor.id, ended=clock.now()
    )
    with transaction.atomic():
        write(desk, actor.organisation, act)
    return one(actor.organisation, number)


def listed(organisation: str) -> tuple[AnnouncementView, ...]:
    """Every version, by name and language, the newest first."""
    return tuple(view for view, _ in _all(organisation))


def one(organisation: str, number: int) -> AnnouncementView:
    """One version. AbsentError where there is none."""
    for view in listed(organisation):
        if view.id == number:
            return view
    raise AbsentError("There is no such announcement.")


def named(organisation: str, evidence: NoticeEvidence) -> AnnouncementView | None:
    """The version that a call's evidence names; None where only the settings know it."""
    return next(
        (
            each
            for each in listed(organisation)
            if (each.name, each.version, each.language)
            == (evidence.announcement, evidence.version, evidence.language)
        ),
        None,
    )


def sound(organisation: str, number: int) -> bytes:
    """How it sounds on a telephone, as a WAV file. AbsentError where there is none."""
    row = _of(organisation).filter(pk=number).first()
    if row is None:
        raise AbsentError("There is no such announcement.")
    return prompts.wav_of(bytes(row.samples))


def known(organisation: str) -> dict[Announcement, Prompt]:
    """Every version that was ever published, with what calls are compared with."""
    return {
        Announcement(
            organisation=organisation,
            name=view.name,
            version=view.version,
            language=view.language,
            file=PUBLISHED,
            text=view.text,
            sources=view.sources,
            queues=view.queues,
            lines=view.lines,
            since=view.since,
            until=view.until,
        ): Prompt(view.name, view.version, view.language, bytes(row.samples))
        for view, row in _all(organisation)
    }


def state(organisation: str) -> tuple[int, int]:
    """Changes whenever something was published or ended: how many versions, how many ends."""
    ends = AnnouncementEnd.objects.filter(organisation_id=organisation)
    return _of(organisation).count(), ends.count()


def _of(organisation: str) -> QuerySet[AnnouncementVersion]:
    return AnnouncementVersion.objects.filter(organisation_id=organisation)


def _all(organisation: str) -> Iterable[tuple[AnnouncementView, AnnouncementVersion]]:
    """Rows with their views; each version ends where the next of its name and language begins."""
    following: dict[tuple[str, str], date] = {}
    for row in _of(organisation).select_related("end", "made_by").order_by("name", "language", "-version"):
        ended = getattr(row, "end", None)
        days = [following.get((row.name, row.language)), ended.ended.date() if ended else None]
        last = min((max(day - timedelta(days=1), row.since) for day in days if day), default=None)
        following[row.name, row.language] = row.since
        yield _view(row, last, ended=ended is not None), row


def _view(row: AnnouncementVersion, until: date | None, *, ended: bool) -> AnnouncementView:
    return AnnouncementView(
        id=row.pk,
        name=row.name,
        version=row.version,
        language=row.language,
        text=row.text,
        sources=tuple(row.sources),
        queues=tuple(row.queues),
        lines=tuple(row.lines),
        since=row.since,
        until=until,
        seconds=Prompt(row.name, row.version, row.language, bytes(row.samples)).seconds,
        record=row.record,
        sha256=row.sha256,
        made_by=row.made_by.name if row.made_by else "",
        made=row.made,
        ledger_sequence=row.ledger_sequence,
        ended=ended,
    )


def _statement(row: AnnouncementVersion) -> bytes:
    """How the record came here, with the wording: both are sealed together."""
    moment = int(row.made.timestamp())
    facts = CallFacts(
        id=f"announcement_{row.sha256[:32]}",
        direction="unknown",
        started=moment * 1000,
        ended=moment * 1000,
        notice=NoticeEvidence("not-required"),
        evidence={
            "announcement": row.name,
            "version": str(row.version),
            "language": row.language,
            "wording": row.text,
        },
    )
    return CaptureStatement(
        source="announcements",
        received=moment,
        form="audio",
        sha256=row.sha256,
        origin=f"{row.name}-{row.version}-{row.language}.wav",
        channel="announcement",
        call=facts,
    ).encode()


def _checked(organisation: str, draft: Draft, sound: bytes) -> bytes:
    """The samples; WrongUseError for whatever cannot be published."""
    if not 0 < len(draft.text.strip()) <= LONGEST_TEXT:
        raise WrongUseError(f"Write what it says, in up to {LONGEST_TEXT} characters.")
    if any(len(places) > MOST_PLACES for places in (draft.sources, draft.queues, draft.lines)):
        raise WrongUseError(f"An announcement names at most {MOST_PLACES} sources, queues or lines.")
    if len(sound) > LARGEST_FILE:
        raise WrongUseError("The file is larger than 8 MB.", remedy="Give it at 8 kHz with one channel.")
    try:
        Announcement(
            organisation=organisation,
            name=draft.name,
            language=draft.language,
            file=PUBLISHED,
            sources=draft.sources,
            queues=draft.queues,
            lines=draft.lines,
        )
    except ValueError as error:
        raise WrongUseError(
            "A name has small letters, digits, dots and hyphens; a language is written en-GB.",
            remedy="For example: welcome, en-GB.",
        ) from error
    return prompts.samples_of(sound, "The file")


def _require(actor: PersonView, organisation: str) -> None:
    if actor.organisation != organisation or not actor.roles & PUBLISHERS:
        raise RefusedError(
            "You may not publish or end announcements.",
            why="It is for the Data Controller, and for the IT engineer who connects the lines.",
            remedy="Ask your Data Controller.",
        )


def places(text: str) -> tuple[str, ...]:
    """Names in a text, one a line or divided by commas, each once."""
    parts: Sequence[str] = text.replace(",", "\n").splitlines()
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
