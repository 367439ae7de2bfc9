"""The last group after a crash: how to tell that it was never acknowledged.

The three files of a commit are synced at the same time, so a power cut may leave a group whole in its pack
while its batches or slots never reached the disk. Nobody was told that such a group is kept, and it may be
cut; a group that was acknowledged never. What tells them apart:

- Before a group is written, all before it was acknowledged: only the very last can be unfinished, and only
  where nothing follows it and no checkpoint covers it.
- What a power cut takes from a file is missing at its end, or zero: slots and batches are 64 bytes, and no
  disk writes less than 512. Anything else in their place is damage, and is left to be named.
- A slot whose erasure is ordered is zero because it was destroyed, after its group was acknowledged.
- A turn of the epoch writes batches over the borders of groups. What lies within one was acknowledged.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from muniment.core.ids import RecordId
from muniment.vault import segments
from muniment.vault.frames import Kind
from muniment.vault.index import Place
from muniment.vault.orders import erased_record
from muniment.vault.slots import BATCH_BYTES, EMPTY_SLOT, SLOT_BYTES, BatchRecord, SlotCodec


class LastGroup(NamedTuple):
    """The last group of a ledger: its first entry, the places of all, and how to find and read them."""

    first: int
    places: list[Place]
    find: Callable[[RecordId], int | None]
    """The sequence of an identifier."""
    clear: Callable[[int], bytes]
    """The clear part of an action. Only asked where a slot is empty."""

    @property
    def end(self) -> int:
        """The sequence after its last entry."""
        return self.first + len(self.places)

    def erased(self) -> set[int]:
        """The entries whose erasure the group itself orders, wherever they stand."""
        found: set[int | None] = set()
        for seq, place in enumerate(self.places, self.first):
            record = erased_record(self.clear(seq)) if place.kind is Kind.ACTION else None
            if record is not None:
                found |= {self.find(record), *segments.sequences(self.find, record)}
        return {seq for seq in found if seq is not None}


def keys_never_written(
    codec: SlotCodec, group: LastGroup, slots: bytes, batches: bytes, base: int = 0
) -> bool:
    """Whether a power cut kept keys of the last group from the disk, so that it was never acknowledged.

    `slots` are those of the group, as far as they are there. `batches` are the last ones of their file, from
    number `base` on: at least as many as the group has entries, and one.
    """
    raw = [bytes(one) for one in _pieces(batches, BATCH_BYTES)]
    parsed = [codec.parse_batch(number, one) for number, one in enumerate(raw, base)]
    start = _border(parsed, group.first, base)
    if start is None:
        return False
    reached = group.first
    for one, batch in zip((*raw[start:], b""), (*parsed[start:], None), strict=True):
        if reached >= group.end:
            break
        if batch is None or batch.first != reached:
            return _unwritten(one, BATCH_BYTES)
        reached += batch.count
    if len(slots) < len(group.places) * SLOT_BYTES:
        return True
    empty = {group.first + at for at, one in enumerate(_pieces(slots, SLOT_BYTES)) if one == EMPTY_SLOT}
    return bool(empty) and not empty <= group.erased()


def _border(batches: list[BatchRecord | None], first: int, base: int) -> int | None:
    """Where in `batches` those of a group begin whose first entry is `first`; None if one lies across."""
    for at in range(len(batches) - 1, -1, -1):
        batch = batches[at]
        if batch and batch.first < first:
            return at + 1 if batch.first + batch.count == first else None
    return 0 if not first and not base else None


def _unwritten(data: bytes, size: int) -> bool:
    return len(data) < size or not any(data)


def _pieces(data: bytes, size: int) -> Iterable[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))
