"""A listening session: somebody hears a recording, mostly a redacted copy, on our premises, and signs for it.

They take nothing away: the opening is one to listen, not to copy. Who was there signs by name on the page;
whoever holds the grant led the session and is known by their signature on the opening. The ledger gets both.
The session supplements the copy that the law requires, and does not replace it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction

from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance.desk import Desk, write
from muniment.governance.views import PersonName
from muniment.people.views import PersonView
from muniment.release.models import Attendance, Reading
from muniment.release.sound.listening import heard_reading

MOST_PRESENT: Final = 12
LONGEST_NAME: Final = 120  # characters


class AttendanceView(msgspec.Struct, frozen=True):
    """Who heard a recording, when, and who led the session."""

    id: str
    present: tuple[str, ...]
    led_by: PersonName
    signed: datetime
    ledger_sequence: int


def sign(desk: Desk, actor: PersonView, token: str, present: Sequence[str]) -> AttendanceView:
    """Write down who was present at an opening to listen, each by their own name, typed by themselves."""
    reading = heard_reading(desk, actor, token)
    if reading.action != "listen":
        raise RefusedError(
            "A listening session needs an opening to listen, not to take copies.",
            remedy="Open the record to listen.",
        )
    names = [" ".join(name.split()) for name in present if name.strip()]
    if not 0 < len(names) <= MOST_PRESENT or any(
        len(name) > LONGEST_NAME or not name.isprintable() for name in names
    ):
        raise WrongUseError(f"From 1 to {MOST_PRESENT} people sign, each by name.")
    if len({name.casefold() for name in names}) < len(names):
        raise WrongUseError("Somebody signed twice.")
    row = Attendance(
        organisation_id=actor.organisation,
        grant=reading.grant,
        record=reading.record,
        present=names,
        led_by_id=actor.id,
        opened=reading.opened,
        signed=clock.now(),
    )
    with transaction.atomic():
        write(desk, actor.organisation, row, record=reading.record, warrant=reading.grant.warrant_hash)
    return _view(row)


def of_opening(actor: PersonView, reading: Reading) -> tuple[AttendanceView, ...]:
    """The sessions in which this record was played under this grant, newest first."""
    rows = Attendance.objects.filter(
        organisation_id=actor.organisation, record=reading.record, grant=reading.grant
    ).select_related("led_by")
    return tuple(map(_view, rows))


def _view(row: Attendance) -> AttendanceView:
    return AttendanceView(
        row.pk,
        tuple(row.present),
        PersonName(row.led_by_id, row.led_by.name),
        row.signed,
        row.ledger_sequence,
    )
