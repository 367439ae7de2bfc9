"""Single key slots and batches, read where they stand, for whoever does not read all of them."""

import os
from contextlib import suppress

from muniment.core.errors import FaultFoundError, MunimentError
from muniment.vault.frames import Kind
from muniment.vault.key_check import EpochKeys
from muniment.vault.layout import Layout
from muniment.vault.packs import Entry
from muniment.vault.sealing import agreed_key, authenticate, key_commitment, unwrap_with
from muniment.vault.slots import BATCH_BYTES, SLOT_BYTES, Slot, SlotCodec, State


class KeyLook:
    """The key files of one vault as they are when it is made; close it. With `keys`, entries are opened too."""

    def __init__(self, layout: Layout, organisation: str, keys: EpochKeys | None) -> None:
        self._organisation, self._codec, self._keys = organisation, SlotCodec(organisation), keys
        files = layout.key_files()
        self._open: list[int] = []
        try:
            for path in (files.slots, files.batches):
                self._open.append(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
        except OSError as error:
            self.close()
            raise FaultFoundError("The key files cannot be read.") from error

    def close(self) -> None:
        """Close both files."""
        while self._open:
            os.close(self._open.pop())

    def slot(self, seq: int) -> Slot:
        """One slot; FaultFoundError if it is damaged or missing."""
        slot = self._codec.parse(seq, os.pread(self._open[0], SLOT_BYTES, seq * SLOT_BYTES))
        if slot is None:
            raise FaultFoundError(f"The key slot of entry {seq} is damaged.")
        return slot

    def check(self, entry: Entry, slot: Slot) -> None:
        """FaultFoundError unless a live slot belongs to its batch and, with keys, its key opens the entry."""
        data = os.pread(self._open[1], BATCH_BYTES, slot.batch * BATCH_BYTES)
        batch = self._codec.parse_batch(slot.batch, data)
        if slot.state is not State.LIVE or batch is None or batch.epoch != slot.epoch:
            raise FaultFoundError(f"The key slot of entry {entry.seq} is of no batch.")
        if not batch.first <= entry.seq < batch.first + batch.count:
            raise FaultFoundError(f"The key slot of entry {entry.seq} is of another batch.")
        if self._keys is None:
            return
        with suppress(MunimentError):
            agreed = agreed_key(self._keys(slot.epoch), self._organisation, slot.epoch, batch.ephemeral)
            key = unwrap_with(agreed, entry.seq - batch.first, entry.id, slot.wrapped)
            if entry.kind is not Kind.SEGMENT:
                authenticate(key, entry.head, entry.commitment, entry.ciphertext)
                return
            # Which part of its record a segment is, only its record says; the commitment says that the key is its own.
            if key_commitment(key) == entry.commitment:
                return
        raise FaultFoundError(f"The key of entry {entry.seq} does not open it.")
