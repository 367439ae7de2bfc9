"""Key slots: one 64-byte slot for each leaf, the only place where its wrapped key stands.

A slot's number is the leaf's sequence; erasure zeroes it. Batches stand beside them in a file of
their own, 64 bytes each: the ephemeral public key and which slots belong to it. The check at the
end of both binds organisation, place and contents, so that a damaged, moved or copied slot shows.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import NamedTuple

SLOT_BYTES = 64
BATCH_BYTES = 64
SLOT_VERSION = 1
SLOT_LABEL = b"muniment/key-slot/v1"
BATCH_LABEL = b"muniment/key-batch/v1"

SLOT = struct.Struct("<BBHI48s")  # state version epoch batch wrapped
SLOT_CHECK_BYTES = 8
BATCH = struct.Struct("<QIHBx32s")  # first count epoch version ephemeral
BATCH_CHECK_BYTES = 16
PLACE = struct.Struct("<Q")
OWNER = struct.Struct("<HHI")  # state and version, epoch, batch

EMPTY_SLOT = bytes(SLOT_BYTES)


class State(IntEnum):
    """What a slot holds."""

    EMPTY = 0
    LIVE = 1


class Slot(NamedTuple):
    """The wrapped key of one leaf. An EMPTY slot has been erased (or lost: the ledger tells)."""

    state: State
    epoch: int
    batch: int
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """One ephemeral agreement and the slots that it serves: `count` from `first`."""

    ephemeral: bytes
    first: int
    count: int
    epoch: int


NOBODY = (-1, 0)
LIVE_NOW = SLOT_VERSION << 8 | State.LIVE
ERASED = Slot(State.EMPTY, 0, 0, b"")


class SlotCodec:
    """Reads and writes the slots and batches of one organisation."""

    def __init__(self, organisation: str) -> None:
        name = organisation.encode() + b"\x00"
        self._slot = sha256(SLOT_LABEL + b"\x00" + name)
        self._batch = sha256(BATCH_LABEL + b"\x00" + name)

    def pack(self, seq: int, epoch: int, batch: int, wrapped: bytes) -> bytes:
        """The 64 bytes of a live slot."""
        body = SLOT.pack(State.LIVE, SLOT_VERSION, epoch, batch, wrapped)
        check = self._slot.copy()
        check.update(PLACE.pack(seq) + body)
        return body + check.digest()[:SLOT_CHECK_BYTES]

    def parse(self, seq: int, data: bytes) -> Slot | None:
        """The slot in `data`, or None if it is damaged or was written for another place."""
        if data == EMPTY_SLOT:
            return ERASED
        body = data[: SLOT.size]
        check = self._slot.copy()
        check.update(PLACE.pack(seq) + body)
        if len(data) != SLOT_BYTES or data[SLOT.size :] != check.digest()[:SLOT_CHECK_BYTES]:
            return None
        state, version, epoch, batch, wrapped = SLOT.unpack(body)
        if state != State.LIVE or version != SLOT_VERSION:
            return None
        return Slot(State.LIVE, epoch, batch, wrapped)

    def owners(self, data: bytes, count: int) -> Iterator[tuple[int, int] | None]:
        """Of each of the first `count` slots its batch and epoch; (-1, 0) for an empty, None for a damaged one.

        As `parse`, but for a whole file, and quicker.
        """
        begin, place, unpack = self._slot.copy, PLACE.pack, OWNER.unpack_from
        for seq in range(count):
            slot = data[seq * SLOT_BYTES : (seq + 1) * SLOT_BYTES]
            check = begin()
            check.update(place(seq) + slot[: SLOT.size])
            if slot[SLOT.size :] != check.digest()[:SLOT_CHECK_BYTES]:
                yield NOBODY if slot == EMPTY_SLOT else None
                continue
            live, epoch, batch = unpack(slot)
            yield (batch, epoch) if live == LIVE_NOW else None

    def pack_batch(self, number: int, batch: BatchRecord) -> bytes:
        """The 64 bytes of a batch."""
        body = BATCH.pack(batch.first, batch.count, batch.epoch, SLOT_VERSION, batch.ephemeral)
        return body + self._batch_check(number, body)

    def parse_batch(self, number: int, data: bytes) -> BatchRecord | None:
        """The batch in `data`, or None if it is damaged or was written for another place."""
        body = data[: BATCH.size]
        if len(data) != BATCH_BYTES or data[BATCH.size :] != self._batch_check(number, body):
            return None
        first, count, epoch, version, ephemeral = BATCH.unpack(body)
        return BatchRecord(ephemeral, first, count, epoch) if version == SLOT_VERSION else None

    def _batch_check(self, number: int, body: bytes) -> bytes:
        check = self._batch.copy()
        check.update(PLACE.pack(number) + body)
        return check.digest()[:BATCH_CHECK_BYTES]
