"""Key slots and batches, compared with the ledger: erased, lost, damaged, or not destroyed."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from muniment.core.errors import MunimentError
from muniment.core.ids import RecordId
from muniment.vault import segments
from muniment.vault.faults import FaultKind, FaultList
from muniment.vault.frames import Kind
from muniment.vault.key_image import KeyImage, read_keys
from muniment.vault.layout import Layout
from muniment.vault.packs import PackReader
from muniment.vault.sealing import agreed_key, authenticate, unwrap_with
from muniment.vault.slots import BATCH_BYTES, EMPTY_SLOT, SLOT_BYTES, BatchRecord, Slot, SlotCodec
from muniment.vault.survey import Survey

type EpochKeys = Callable[[int], X25519PrivateKey]
"""Gives the private key of an epoch; a MunimentError where it is not there."""

SETTLING_SECONDS = 1.0  # between an erasure's order and the destruction of its key, in a live vault


@dataclass
class KeyCheck:
    """The comparison for one vault. `before` is the keys as they were before the packs were read."""

    layout: Layout
    organisation: str
    found: Survey
    faults: FaultList
    before: KeyImage
    live: bool

    def __post_init__(self) -> None:
        self._codec = SlotCodec(self.organisation)
        self._size = len(self.found.index)
        self._now = read_keys(self.layout) if self.live else self.before
        self._batches = self._read_batches()
        find = self.found.index.sequence
        self._ordered: set[int] = set()
        for record in map(RecordId, self.found.orders):
            if (seq := find(record)) is not None:
                self._ordered |= {seq, *segments.sequences(find, record)}

    def check(self) -> dict[int, Slot]:
        """Note every fault; the live slots that are in order, by leaf."""
        after, before = self._now.slots, self.before.slots
        if len(after) > self._size * SLOT_BYTES and not self.live:
            self.faults.add(FaultKind.TORN_TAIL, f"keys/{self._now.files.slots.name}, beyond the last entry")
        for seq in sorted(self.found.stubs - self._ordered):
            self._add(FaultKind.STUB_WITHOUT_ORDER, seq)
        sound: dict[int, Slot] = {}
        undestroyed = []
        for seq in range(self._size):
            data = after[seq * SLOT_BYTES : (seq + 1) * SLOT_BYTES]
            if data == EMPTY_SLOT:
                early = before[seq * SLOT_BYTES : (seq + 1) * SLOT_BYTES]
                if seq not in self._ordered and early == EMPTY_SLOT:
                    self._add(FaultKind.LOST_KEY, seq)
                continue
            slot = self._codec.parse(seq, data) if len(data) == SLOT_BYTES else None
            if slot is None or not self._belongs(seq, slot):
                self._add(FaultKind.DAMAGED_SLOT if data else FaultKind.LOST_KEY, seq)
            elif seq in self._ordered:
                undestroyed.append(seq)
            elif seq not in self.found.stubs:
                sound[seq] = slot
        self._still_there(undestroyed)
        return sound

    def deep(self, sound: dict[int, Slot], keys: EpochKeys) -> None:
        """Unwrap every key, compare it with its commitment, and authenticate the ciphertext with it.

        What is decrypted is thrown away unread.
        """
        reader, batch, agreed = PackReader(self.layout), -1, b""
        nonces = self._nonces()
        for seq, slot in sound.items():
            if seq in self.found.unreadable:
                continue
            try:
                record = self._batches[slot.batch]
                if record is None:
                    continue  # named already
                if slot.batch != batch:
                    agreed = agreed_key(keys(slot.epoch), self.organisation, slot.epoch, record.ephemeral)
                    batch = slot.batch
                entry = reader.entry(seq, self.found.index.place(seq))
                key = unwrap_with(agreed, seq - record.first, entry.id, slot.wrapped)
                if entry.kind is not Kind.SEGMENT:
                    authenticate(key, entry.head, entry.commitment, entry.ciphertext)
                elif seq in nonces:  # else its record never came: the key says nothing of its place
                    authenticate(key, entry.head, entry.commitment, entry.ciphertext, nonces[seq])
            except MunimentError:
                self._add(FaultKind.KEY_MISMATCH, seq)
        reader.close()

    def _nonces(self) -> dict[int, bytes]:
        """The nonce of each segment whose record is there: its number, and whether it is the last."""
        index = self.found.index
        kinds = [index.kind(seq) for seq in range(self._size)]
        if Kind.SEGMENT not in kinds:
            return {}
        nonces: dict[int, bytes] = {}
        for seq, kind in enumerate(kinds):
            if kind == Kind.RECORD:
                parts = tuple(segments.sequences(index.sequence, index.place(seq).id))
                for number, part in enumerate(parts):
                    nonces[part] = segments.segment_nonce(number, final=number == len(parts) - 1)
        return nonces

    def _read_batches(self) -> list[BatchRecord | None]:
        data = self._now.batches
        batches: list[BatchRecord | None] = []
        reached = 0
        for number in range(len(data) // BATCH_BYTES):
            if reached >= self._size:
                break
            batch = self._codec.parse_batch(number, data[number * BATCH_BYTES : (number + 1) * BATCH_BYTES])
            if batch and batch.first != reached and batches and batches[-1]:
                batch = None
            batches.append(batch)
            reached = batch.first + batch.count if batch else reached
        if len(data) > len(batches) * BATCH_BYTES and not self.live:
            self.faults.add(
                FaultKind.TORN_TAIL, f"keys/{self._now.files.batches.name}, beyond the last entry"
            )
        self._name_damaged(batches)
        return batches

    def _name_damaged(self, batches: list[BatchRecord | None]) -> None:
        """A damaged batch takes the keys of all its entries with it: name each."""
        reached = 0
        for number, batch in enumerate([*batches, BatchRecord(b"", self._size, 0, 0)]):
            if batch is None:
                self.faults.add(
                    FaultKind.DAMAGED_BATCH, f"keys/{self._now.files.batches.name}, batch {number}"
                )
                continue
            for seq in range(reached, min(batch.first, self._size)):
                self._add(FaultKind.DAMAGED_BATCH, seq)
            reached = batch.first + batch.count

    def _belongs(self, seq: int, slot: Slot) -> bool:
        batch = self._batches[slot.batch] if slot.batch < len(self._batches) else None
        if batch is None:
            return True  # the batch is named, not the slot
        return batch.first <= seq < batch.first + batch.count and batch.epoch == slot.epoch

    def _still_there(self, undestroyed: list[int]) -> None:
        if undestroyed and self.live:
            time.sleep(SETTLING_SECONDS)
            now = read_keys(self.layout).slots
            undestroyed = [s for s in undestroyed if now[s * SLOT_BYTES : (s + 1) * SLOT_BYTES] != EMPTY_SLOT]
        for seq in undestroyed:
            self._add(FaultKind.UNDESTROYED_KEY, seq)

    def _add(self, kind: FaultKind, seq: int) -> None:
        self.faults.add(kind, f"entry {seq}", self.found.index.place(seq).id)
