"""The one place that asks the machine for the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, in UTC, to the microsecond."""
    return datetime.now(UTC)  # noqa: TID251  this is the one place


def seconds() -> int:
    """Whole seconds since 1970, UTC: the form in which signed texts carry time."""
    return int(now().timestamp())
