"""Recording notices as things of the record."""

import hashlib
import io
import wave
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from muniment.capture.statement import decode
from muniment.core import clock
from muniment.core.call_facts import NoticeEvidence
from muniment.core.call_outline import Outline
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.prompts import fitting, heard
from muniment.core.tags import EventTag
from muniment.governance import announcements, compare
from muniment.governance.announcements import AnnouncementView, Draft
from muniment.governance.authorisation import AbsentError
from muniment.governance.models import AnnouncementVersion
from tests.core.test_prompts import speech
from tests.governance.house import House

WORDING = "This call is recorded."


def wav(samples: np.ndarray, rate: int = 8000) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return written.getvalue()


SOUND = wav(speech(1, 2))


def publish(house: House, by: str = "cora", sound: bytes = SOUND, **changes: Any) -> AnnouncementView:
    given: dict[str, Any] = {"name": "welcome", "language": "en-GB", "text": WORDING, **changes}
    person = house.person(by) if by else None
    return announcements.publish(
        house.desk, house.estate.doors.capture, house.organisation, Draft(**given), sound, person
    )


def acts(house: House, tag: EventTag) -> list[bytes]:
    return [act.body for act in house.desk.acts(house.organisation, -1, 1000) if tag.encode() in act.clear]


def test_a_version_is_sealed_with_its_wording_and_stands_in_the_ledger(house: House) -> None:
    made = publish(house)
    assert (made.version, made.made_by, made.seconds) == (1, "Cora", 2.0)
    batch = house.estate.doors.index.next_batch(house.organisation, analyser="test/1", after=-1, limit=1000)
    (entry,) = [each for each in batch.entries if each.record == made.record and each.statement]
    statement = decode(entry.statement)
    assert entry.original == SOUND
    assert (statement.channel, statement.sha256) == ("announcement", hashlib.sha256(SOUND).hexdigest())
    assert statement.call
    assert statement.call.evidence["wording"] == WORDING
    (act,) = acts(house, EventTag.ANNOUNCEMENT_PUBLISHED)
    assert WORDING.encode() in act
    assert made.sha256.encode() in act
    assert compare.compare(house.desk, house.organisation) == ()


def test_a_changed_sound_is_found(house: House) -> None:
    made = publish(house, by="")
    assert made.made_by == ""
    AnnouncementVersion.objects.filter(pk=made.id).update(text="Nothing is recorded.")
    (fault,) = compare.compare(house.desk, house.organisation)
    assert fault.kind == "row differs"


def test_the_next_version_takes_the_place_of_the_last(house: House) -> None:
    today = clock.now().date()
    first = publish(house, since=today - timedelta(days=9))
    second = publish(house, by="ira", text="Calls are recorded.", since=today + timedelta(days=2))
    welsh = publish(house, language="cy")
    assert (second.version, welsh.version) == (2, 1)
    now = [each for each in announcements.listed(house.organisation) if each.in_force(today)]
    assert {each.id for each in now} == {first.id, welsh.id}
    assert announcements.one(house.organisation, first.id).until == today + timedelta(days=1)
    with pytest.raises(WrongUseError, match="begins later"):
        publish(house, since=today)


def test_calls_are_compared_with_what_is_published_and_evidence_leads_back(house: House) -> None:
    publish(house, lines=("01632 960100",))
    known = announcements.known(house.organisation)
    line = Outline(house.organisation, "sbc", numbers=frozenset({"+441632960100"}))
    now = int(clock.now().timestamp() * 1000)
    (fits,) = fitting(known, line, now)
    assert fitting(known, Outline(house.organisation, "sbc"), now) == ()
    found = heard([np.concatenate([speech(3, 1), speech(1, 2)]).astype(np.int16)], [known[fits]], now)
    assert found is not None
    version = announcements.named(house.organisation, found)
    assert version is not None
    assert version.text == WORDING
    assert announcements.named(house.organisation, NoticeEvidence("played", "other", 1, "en-GB")) is None
    assert announcements.sound(house.organisation, version.id)[:4] == b"RIFF"


def test_it_ends_once_and_changes_what_is_known(house: House) -> None:
    made = publish(house)
    before = announcements.state(house.organisation)
    ended = announcements.end(house.desk, house.person("cora"), made.id)
    assert ended.ended
    assert announcements.state(house.organisation) != before
    assert len(acts(house, EventTag.ANNOUNCEMENT_ENDED)) == 1
    with pytest.raises(WrongUseError):
        announcements.end(house.desk, house.person("cora"), made.id)
    with pytest.raises(AbsentError):
        announcements.end(house.desk, house.person("cora"), 10**6)


@pytest.mark.parametrize("who", ["eve", "dora", "hana", "aud"])
def test_only_the_data_controller_and_the_engineer_publish(house: House, who: str) -> None:
    with pytest.raises(RefusedError):
        publish(house, by=who)
    assert announcements.listed(house.organisation) == ()


@pytest.mark.parametrize(
    ("changes", "sound"),
    [
        ({"text": " "}, SOUND),
        ({"name": "Welcome!"}, SOUND),
        ({"language": "English!"}, SOUND),
        ({"lines": tuple(map(str, range(201)))}, SOUND),
        ({}, b"no sound"),
        ({}, wav(speech(1, 2), 11_025)),
        ({}, wav(speech(1, 2)[:4000])),
        ({}, bytes(announcements.LARGEST_FILE + 1)),
    ],
)
def test_what_cannot_be_listened_for_is_not_published(
    house: House, changes: dict[str, Any], sound: bytes
) -> None:
    with pytest.raises(WrongUseError):
        publish(house, sound=sound, **changes)
    assert acts(house, EventTag.ANNOUNCEMENT_PUBLISHED) == []


def test_names_are_told_apart_by_lines_and_commas() -> None:
    assert announcements.places("201, 202\n 203\n\n201") == ("201", "202", "203")


def test_a_day_in_the_past_is_a_day_like_any_other(house: House) -> None:
    made = publish(house, since=date(2026, 1, 5))
    assert made.in_force(date(2026, 1, 5))
    assert not made.in_force(date(2026, 1, 4))
