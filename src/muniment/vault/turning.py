"""Turning the epoch: every live slot is wrapped anew under the next epoch's key, in new key files.

    1. Batches and slots go into files that do not count yet, while commits and erasures go on.
    2. When nothing is written: the rest follows, entries whose erasure was ordered meanwhile are
       emptied, both files and their names are synced.
    3. The slots get their name, the folder is synced: from here the new generation counts.
    4. The old generation is removed. Whoever called then destroys the old epoch's key.

A crash before 3 leaves the old generation and files of no meaning; after 3 the new one. No key is ever
destroyed before 3 is durable, and no slot is lost between the two.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.core.ids import RecordId
from muniment.vault.disk import Disk
from muniment.vault.layout import KeyFiles, Layout
from muniment.vault.sealing import EpochKey, unwrap_with, wrap_again
from muniment.vault.slots import (
    BATCH_BYTES,
    EMPTY_SLOT,
    SLOT_BYTES,
    BatchRecord,
    Slot,
    SlotCodec,
    State,
)

BATCH = 256  # entries under one ephemeral key: a damaged batch costs no more than these

type Agree = Callable[[int, bytes], bytes]
"""The key that a batch's data keys are wrapped with, from its epoch and ephemeral key."""
type Identify = Callable[[int], RecordId]


class Turning:
    """The next generation of key files while it is being written."""

    def __init__(
        self,
        layout: Layout,
        disk: Disk,
        key: EpochKey,
        agree: Agree,
        identify: Identify,
        *,
        ledger: str = "",
    ) -> None:
        """Begin; OSError if the disk refuses. `ledger` is its name, where it is not the organisation's own."""
        self._layout, self._disk, self._key = layout, disk, key
        self._agree, self._identify = agree, identify
        self._codec = SlotCodec(ledger or key.organisation)
        self._old = layout.key_files()
        self.files: KeyFiles = layout.next_key_files()
        self._effective = False
        self.done = self._count = 0
        self._agreed: tuple[int, BatchRecord, bytes] | None = None
        self._open: list[int] = []
        try:
            for path in (self._old.slots, self._old.batches):
                self._open.append(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
            for path in (layout.keys_aside, self.files.batches):
                self._open.append(disk.open(path))
                disk.cut(self._open[-1], 0)
        except OSError:
            self._close()
            raise
        self._from, self._from_batches, self._slots, self._batches = self._open

    def advance(self, size: int) -> None:
        """Wrap the keys of the entries up to `size` anew.

        FaultFoundError, with the first entry concerned, if a slot is damaged or does not open: a turn
        would lose what a backup of keys may still mend. NotAvailableError if the disk refuses.
        """
        try:
            self._advance(size)
        except OSError as error:
            raise NotAvailableError("The epoch cannot be turned now.", why=f"{error.strerror}.") from error

    def complete(self, size: int, ordered: Iterable[int]) -> None:
        """The rest of the entries, no key where one was to be erased, and all of it synced.

        OSError or FaultFoundError, and the old generation counts.
        """
        self._advance(size)
        for seq in ordered:
            self._disk.write(self._slots, (EMPTY_SLOT,), seq * SLOT_BYTES)
        self._disk.sync(self._batches)
        self._disk.sync(self._slots)
        self._disk.sync_folder(self._layout.keys)

    def take_effect(self) -> None:
        """Let the new generation count, durably. OSError: it may count or not."""
        self._effective = True  # nothing may be taken away any more, whatever comes of the next two calls
        self._disk.rename(self._layout.keys_aside, self.files.slots)
        self._disk.sync_folder(self._layout.keys)

    def hand_over(self) -> tuple[int, int, int]:
        """The open slots, the open batches, and how many batches there are; for the writer to keep."""
        os.close(self._from)
        os.close(self._from_batches)
        self._open = []
        return self._slots, self._batches, self._count

    def abandon(self) -> None:
        """Drop what was written, if it does not count yet."""
        if not self._open:
            return
        self._close()
        if self._effective:
            return
        with suppress(OSError):
            for path in (self._layout.keys_aside, self.files.batches):
                self._disk.remove(path)

    def _advance(self, size: int) -> None:
        while self.done < size:
            self._one(min(BATCH, size - self.done))

    def _close(self) -> None:
        for descriptor in self._open:
            os.close(descriptor)
        self._open = []

    def _one(self, count: int) -> None:
        first = self.done
        found = [self._data_key(seq) for seq in range(first, first + count)]
        ephemeral, wrapped = wrap_again(self._key, found)
        batch = BatchRecord(ephemeral, first, count, self._key.epoch)
        slots = [
            self._codec.pack(seq, self._key.epoch, self._count, key) if key else EMPTY_SLOT
            for seq, key in enumerate(wrapped, first)
        ]
        packed = self._codec.pack_batch(self._count, batch)
        self._disk.write(self._batches, (packed,), self._count * BATCH_BYTES)
        self._disk.write(self._slots, (b"".join(slots),), first * SLOT_BYTES)
        self._count += 1
        self.done += count

    def _data_key(self, seq: int) -> tuple[RecordId, bytes] | None:
        slot = self._slot(seq) or self._slot(seq)  # an erasure may be zeroing it just now
        if slot is None:
            raise _damaged(seq)
        if slot.state is State.EMPTY:
            return None
        record = self._identify(seq)
        batch, agreed = self._batch(seq, slot)
        try:
            return record, unwrap_with(agreed, seq - batch.first, record, slot.wrapped)
        except FaultFoundError as error:
            raise _damaged(seq) from error

    def _slot(self, seq: int) -> Slot | None:
        return self._codec.parse(seq, os.pread(self._from, SLOT_BYTES, seq * SLOT_BYTES))

    def _batch(self, seq: int, slot: Slot) -> tuple[BatchRecord, bytes]:
        if self._agreed is None or self._agreed[0] != slot.batch:
            data = os.pread(self._from_batches, BATCH_BYTES, slot.batch * BATCH_BYTES)
            batch = self._codec.parse_batch(slot.batch, data)
            if batch is None:
                raise _damaged(seq)
            self._agreed = (slot.batch, batch, self._agree(slot.epoch, batch.ephemeral))
        return self._agreed[1:]


def _damaged(seq: int) -> FaultFoundError:
    return FaultFoundError(
        f"The epoch cannot be turned: the key slot of entry {seq} is damaged.",
        why="Turning would lose for good what a backup of the keys may still mend.",
        remedy="Run `muniment verify`, and restore the key slots from the newest generation of key backups.",
    )
