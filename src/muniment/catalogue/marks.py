"""Which marks make a record private, so that to open it takes two persons (REQ 036)."""

from collections.abc import Iterable

PRIVATE_MARKINGS = frozenset({"personal", "private", "union"})
RULE = "marked by its sender"  # why the keeper is told to mark a record


def is_private(markings: Iterable[str]) -> bool:
    """Whether one of these marks makes a record private."""
    return not PRIVATE_MARKINGS.isdisjoint(markings)
