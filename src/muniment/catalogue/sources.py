"""Where records come from, how many, and when each source was last seen: facts without people."""

import msgspec

from muniment.catalogue import queries
from muniment.catalogue.queries import Name
from muniment.core import clock

DAY = 24 * 3600


class SourceView(msgspec.Struct, frozen=True):
    """One source. Times are seconds since 1970; `day` and `week` count the last 24 hours and 7 days."""

    name: str
    form: str
    records: int
    first: int
    last: int
    day: int
    week: int
    unreadable: int


def sources(organisation: str) -> tuple[SourceView, ...]:
    """Every source that has given a record which is still held, last seen first."""
    now = clock.seconds()
    rows = queries.rows(Name.SOURCES, {"organisation": organisation, "day": now - DAY, "week": now - 7 * DAY})
    return tuple(
        SourceView(str(name), str(form), *(int(str(value)) for value in numbers))
        for name, form, *numbers in rows
    )
