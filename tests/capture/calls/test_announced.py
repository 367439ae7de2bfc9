"""Announcements told to the recorder, there and back."""

from datetime import date

import msgspec

from muniment.capture.calls import announced
from muniment.capture.calls.announced import announcements_of, request_of
from muniment.core.announcement_settings import Announcement
from muniment.core.prompts import Prompt
from tests.core.test_prompts import speech

TODAY = date(2026, 3, 2)
PROMPT = Prompt("welcome", 1, "en-GB", speech(1, 2).astype("<i2").tobytes())


def version(**changes: object) -> Announcement:
    return Announcement.model_validate(
        {
            "organisation": "org_a",
            "name": "welcome",
            "file": announced.PUBLISHED,
            "lines": ("201",),
            **changes,
        }
    )


def test_what_is_played_now_or_later_arrives_as_it_was() -> None:
    later = msgspec.structs.replace(PROMPT, version=2)
    known = {version(): PROMPT, version(version=2, since="2026-04-01"): later}
    request = request_of("org_a", known, TODAY)
    found = announcements_of(request)
    assert found == known
    assert all(each.samples == PROMPT.samples for each in found.values())


def test_what_is_over_is_not_told_and_nothing_has_an_empty_digest() -> None:
    request = request_of("org_a", {version(until="2026-03-01"): PROMPT}, TODAY)
    assert request.announcements == ()
    assert request.digest == ""


def test_any_change_is_another_digest() -> None:
    other = Prompt("welcome", 1, "en-GB", speech(2, 2).astype("<i2").tobytes())
    known = (
        {version(): PROMPT}, {version(lines=("202",)): PROMPT}, {version(): other}, {version(until="2026-03-09"): PROMPT},
    )  # fmt: skip
    digests = {request_of("org_a", each, TODAY).digest for each in known}
    assert len(digests) == len(known)
    assert request_of("org_a", known[0], TODAY).digest in digests
