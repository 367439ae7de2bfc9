"""What is held about one person, and who opened it: for that person's own eyes (REQ 052)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class OpeningOfMine:
    """One opening of a record in which the person is named: when, by whom, why, who approved."""

    at: datetime
    opened_by: str
    purpose: str
    approved_by: str
    channel: str
    sent: datetime | None


@dataclass(frozen=True)
class OwnRecords:
    """How many records name the person, from when to when, and every opening of one of them."""

    total: int
    first: datetime | None
    last: datetime | None
    openings: tuple[OpeningOfMine, ...]


def own_records(person: str) -> OwnRecords:
    """What the catalogue knows about the records that name this person; no content, no subject line."""
    del person  # until the catalogue is there, nothing is held
    return OwnRecords(0, None, None, ())
