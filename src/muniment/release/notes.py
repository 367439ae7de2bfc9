"""Notes that listeners write at moments of a recording, for the case that they listen for."""

from datetime import datetime
from typing import Final

import msgspec

from muniment.core import clock
from muniment.core.errors import WrongUseError
from muniment.governance.desk import Desk
from muniment.governance.views import PersonName
from muniment.people.views import PersonView
from muniment.release.models import Note, Reading
from muniment.release.sound.listening import heard_reading

LONGEST: Final = 2000  # characters
MOST: Final = 500  # notes on one record


class NoteView(msgspec.Struct, frozen=True):
    """One note: `at` is in ms since the sound began."""

    id: int
    at: int
    text: str
    by: PersonName
    written: datetime
    own: bool


def written(reading: Reading, actor: PersonView) -> tuple[NoteView, ...]:
    """The notes on an opened recording for the case of its grant, in the order of the sound."""
    rows = Note.objects.filter(
        record=reading.record, grant__request__case_id=reading.grant.request.case_id
    ).select_related("person")
    return tuple(
        NoteView(
            row.pk, row.at, row.text, PersonName(row.person_id, row.person.name), row.written,
            own=row.person_id == actor.id,
        )
        for row in rows[:MOST]
    )  # fmt: skip


def write(desk: Desk, actor: PersonView, token: str, at: int, text: str) -> None:
    """Write a note at a moment (ms since the sound began); WrongUseError where it says nothing or too much."""
    reading = heard_reading(desk, actor, token)
    said = text.strip()
    if not said or len(said) > LONGEST or at < 0 or at >= 2**31:
        raise WrongUseError(f"A note has from 1 to {LONGEST:,} characters, and a moment of the recording.")
    if Note.objects.filter(record=reading.record).count() >= MOST:
        raise WrongUseError(f"There are {MOST} notes on this recording already.", remedy="Remove some.")
    Note.objects.create(
        grant=reading.grant, person_id=actor.id, record=reading.record, at=at, text=said, written=clock.now()
    )


def remove(desk: Desk, actor: PersonView, token: str, note: int) -> None:
    """Remove a note of one's own; nothing happens where there is none."""
    reading = heard_reading(desk, actor, token)
    Note.objects.filter(pk=note, record=reading.record, person_id=actor.id).delete()
