"""When a mail counts as sent: one answer for lists, for dates in a query, and for what is newest."""

from datetime import UTC, datetime, timedelta

LATEST = 2**34 - 1  # seconds since 1970; the year 2514, and all that the index has room for
LATE_POST = timedelta(days=5)  # how long a mail server goes on trying (RFC 5321 section 4.5.4.1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(sent: datetime | None, received: int) -> int:
    """Its own word, unless it gives none or one in the future; seconds since 1970, like `received`.

    A sender who writes a date to come would hide from every search up to today.
    """
    if sent is None:
        return _within(received)
    aware = sent if sent.tzinfo else sent.replace(tzinfo=UTC)
    stated = int((aware - _EPOCH).total_seconds())
    return _within(received if stated > received + LATE_POST.total_seconds() else stated)


def _within(seconds: int) -> int:
    return min(max(seconds, 0), LATEST)
