"""The one place that asks the machine for the time."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, in UTC, to the microsecond."""
    return datetime.now(UTC)  # noqa: TID251  this is the one place


def seconds() -> int:
    """Whole seconds since 1970, UTC: the form in which signed texts carry time."""
    return int(now().timestamp())


def microseconds() -> int:
    """Microseconds since 1970, UTC: the clock with which the kernel stamps what arrives."""
    return time.time_ns() // 1000


def milliseconds() -> int:
    """Milliseconds since 1970, UTC: the form in which calls carry time."""
    return microseconds() // 1000


def day(moment: int) -> str:
    """The day of a moment in seconds since 1970, UTC, as ISO 8601 writes it."""
    return datetime.fromtimestamp(moment, UTC).date().isoformat()
