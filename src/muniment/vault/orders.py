"""Erasure orders: the clear part of an action that names the record whose key must be destroyed."""

from muniment.core import canonical
from muniment.core.errors import WrongUseError
from muniment.core.ids import RecordId, record_bytes
from muniment.core.tags import EventTag
from muniment.vault import segments
from muniment.vault.segments import Find

TEST_CALL_KEPT = 14 * 24 * 3600  # seconds from its declaration on
ERASED = EventTag.RECORD_ERASED.encode()


def erased_record(clear: bytes) -> RecordId | None:
    """The record that an action orders to be erased, or None if it is no such order."""
    if ERASED not in clear:
        return None
    try:
        action = canonical.loads(clear)
        if isinstance(action, dict) and action.get("tag") == EventTag.RECORD_ERASED:
            return record_bytes(str(action.get("record")))
    except WrongUseError:
        return None
    return None


def destroyed_by(record: RecordId, find: Find) -> set[int]:
    """The entries whose keys an order to erase this record destroys: its own, and those of its segments."""
    seq = find(record)
    return set() if seq is None else {seq, *segments.sequences(find, record)}
