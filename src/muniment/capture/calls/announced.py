"""Announcements as the worker tells them to the recorder, which has no tables: there and back."""

import hashlib
from collections.abc import Mapping
from datetime import date

from muniment.capture.calls.control import TakeAnnouncements, Told
from muniment.core.announcement_settings import Announcement
from muniment.core.prompts import Prompt

PUBLISHED = "(published)"
"""Stands for the file of an announcement whose sound does not lie in one."""


def request_of(organisation: str, known: Mapping[Announcement, Prompt], today: date) -> TakeAnnouncements:
    """What the recorder is told: those that are played today or later."""
    told = tuple(
        Told(
            each.name,
            each.version,
            each.language,
            each.sources,
            each.queues,
            each.lines,
            each.since,
            each.until,
            prompt.samples,
        )
        for each, prompt in known.items()
        if each.until is None or each.until >= today
    )
    return TakeAnnouncements(organisation, _digest(told), told)


def announcements_of(request: TakeAnnouncements) -> dict[Announcement, Prompt]:
    """The announcements that a request tells, as the settings name theirs."""
    return {
        Announcement(
            organisation=request.organisation,
            name=each.name,
            version=each.version,
            language=each.language,
            file=PUBLISHED,
            sources=each.sources,
            queues=each.queues,
            lines=each.lines,
            since=each.since,
            until=each.until,
        ): Prompt(each.name, each.version, each.language, each.samples)
        for each in request.announcements
    }


def _digest(told: tuple[Told, ...]) -> str:
    if not told:
        return ""
    said = hashlib.sha256()
    for each in told:
        places = (each.sources, each.queues, each.lines)
        said.update(f"{each.name}/{each.version}/{each.language}/{places}/{each.since}/{each.until}".encode())
        said.update(hashlib.sha256(each.samples).digest())
    return said.hexdigest()
