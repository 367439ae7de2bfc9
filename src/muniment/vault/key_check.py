"""Key slots and batches, compared with the ledger: erased, lost, damaged, or not destroyed."""

import itertools
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from muniment.core.errors import MunimentError
from muniment.core.ids import RecordId
from muniment.vault import segments
from muniment.vault.checkpoint import organisation_of
from muniment.vault.faults import FaultKind, FaultList
from muniment.vault.frames import Kind
from muniment.vault.index import Index
from muniment.vault.key_image import KeyImage, read_keys
from muniment.vault.layout import Layout
from muniment.vault.packs import PackReader
from muniment.vault.sealing import agreed_key, authenticate, unwrap_with
from muniment.vault.slots import BATCH_BYTES, EMPTY_SLOT, SLOT_BYTES, BatchRecord, Slot, SlotCodec
from muniment.vault.survey import Survey

type EpochKeys = Callable[[int], X25519PrivateKey]
"""Gives the private key of an epoch; a MunimentError where it is not there."""

DAMAGED = -1
SETTLING_SECONDS = 1.0  # between an erasure's order and the destruction of its key, in a live vault


@dataclass(frozen=True)
class Reach:
    """What all shards together say: which records' erasure is ordered, and which entries there are."""

    orders: frozenset[bytes]
    indices: tuple[Index, ...]

    def holds(self, entry: RecordId) -> bool:
        """Whether an entry has this identifier."""
        return any(index.sequence(entry) is not None for index in self.indices)

    def parts(self, record: RecordId) -> list[RecordId]:
        """The identifiers of a record's segments, in order; they may stand in another shard than the record."""
        named = (segments.segment_id(record, number) for number in itertools.count())
        return list(itertools.takewhile(self.holds, named))


@dataclass
class KeyCheck:
    """The comparison for one shard, by the name of its ledger. `before` is the keys as they were before the packs were read."""

    layout: Layout
    organisation: str
    found: Survey
    faults: FaultList
    before: KeyImage
    live: bool
    reach: Reach

    def __post_init__(self) -> None:
        self._codec = SlotCodec(self.organisation)
        self._size = len(self.found.index)
        self._now = read_keys(self.layout) if self.live else self.before
        self._read_batches()
        find = self.found.index.sequence
        self._ordered: set[int] = set()
        for record in map(RecordId, self.reach.orders):
            named = (record, *self.reach.parts(record))
            self._ordered |= {seq for each in named if (seq := find(each)) is not None}

    def check(self) -> bytearray:
        """Note every fault; for each leaf, 1 if its slot is live and in order, else 0."""
        after, ordered = self._now.slots, self._ordered
        if len(after) > self._size * SLOT_BYTES and not self.live:
            self.faults.add(FaultKind.TORN_TAIL, f"keys/{self._now.files.slots.name}, beyond the last entry")
        for seq in sorted(self.found.stubs - self._ordered):
            self._add(FaultKind.STUB_WITHOUT_ORDER, seq)
        sound = bytearray(self._size)
        undestroyed = []
        number, first, last, epoch = -1, 0, 0, 0
        for seq, owner in enumerate(self._codec.owners(after, self._size)):
            if owner is None or owner[0] < 0:
                self._without_key(seq, empty=owner is not None)
                continue
            if owner[0] != number:
                number = owner[0]
                first, last, epoch = self._span(number)
            if epoch >= 0 and not (first <= seq < last and epoch == owner[1]):
                self._add(FaultKind.DAMAGED_SLOT, seq)
            elif ordered and seq in ordered:
                undestroyed.append(seq)
            elif seq not in self.found.stubs:
                sound[seq] = 1
        self._still_there(undestroyed)
        return sound

    def _without_key(self, seq: int, *, empty: bool) -> None:
        """A slot that is empty, damaged or not there: a fault, unless its erasure was ordered."""
        here = slice(seq * SLOT_BYTES, (seq + 1) * SLOT_BYTES)
        if not empty:
            there = self._now.slots[here]
            self._add(FaultKind.DAMAGED_SLOT if there else FaultKind.LOST_KEY, seq)
        elif seq not in self._ordered and self.before.slots[here] == EMPTY_SLOT:
            self._add(FaultKind.LOST_KEY, seq)

    def deep(self, sound: bytearray, keys: EpochKeys) -> None:
        """Unwrap every key, compare it with its commitment, and authenticate the ciphertext with it.

        What is decrypted is thrown away unread.
        """
        reader, number, agreed = PackReader(self.layout), -1, b""
        owner = organisation_of(self.organisation)
        nonces = self._nonces()
        batch: BatchRecord | None = None
        for seq in range(self._size):
            slot = self._slot(seq) if sound[seq] and seq not in self.found.unreadable else None
            try:
                if slot is None:
                    continue
                if slot.batch != number:
                    number, agreed = -1, b""
                    batch = self._batch(slot.batch)
                    if batch is not None:  # else it is named already
                        agreed = agreed_key(keys(slot.epoch), owner, slot.epoch, batch.ephemeral)
                        number = slot.batch
                if batch is None:
                    continue
                entry = reader.entry(seq, self.found.index.place(seq))
                key = unwrap_with(agreed, seq - batch.first, entry.id, slot.wrapped)
                if entry.kind is not Kind.SEGMENT:
                    authenticate(key, entry.head, entry.commitment, entry.ciphertext)
                elif seq in nonces:  # else its record never came: the key says nothing of its place
                    authenticate(key, entry.head, entry.commitment, entry.ciphertext, nonces[seq])
            except MunimentError:
                self._add(FaultKind.KEY_MISMATCH, seq)
        reader.close()

    def _slot(self, seq: int) -> Slot | None:
        return self._codec.parse(seq, self._now.slots[seq * SLOT_BYTES : (seq + 1) * SLOT_BYTES])

    def _batch(self, number: int) -> BatchRecord | None:
        """A batch that is in order, else None."""
        data = self._now.batches[number * BATCH_BYTES : (number + 1) * BATCH_BYTES]
        found = self._codec.parse_batch(number, data)
        return found if number < len(self._first) and self._first[number] >= 0 else None

    def _nonces(self) -> dict[int, bytes]:
        """The nonce of each segment whose record is there: its number, and whether it is the last."""
        here = self.found.index
        nonces: dict[int, bytes] = {}
        if not here.count(Kind.SEGMENT):
            return nonces
        for index in self.reach.indices:
            for record in index.of_kind(Kind.RECORD):
                parts = self.reach.parts(index.place(record).id)
                for number, part in enumerate(parts):
                    if (seq := here.sequence(part)) is not None:
                        nonces[seq] = segments.segment_nonce(number, final=number == len(parts) - 1)
        return nonces

    def _read_batches(self) -> None:
        """Note which entries each batch serves: there may be as many batches as entries, so in few bytes each."""
        data, reached = self._now.batches, 0
        self._first, self._count, self._epoch = array("q"), array("I"), array("H")
        for number in range(len(data) // BATCH_BYTES):
            if reached >= self._size:
                break
            batch = self._codec.parse_batch(number, data[number * BATCH_BYTES : (number + 1) * BATCH_BYTES])
            after_sound = number > 0 and self._first[-1] != DAMAGED
            if batch and (batch.first >= self._size or (after_sound and batch.first != reached)):
                batch = None
            self._first.append(batch.first if batch else DAMAGED)
            self._count.append(batch.count if batch else 0)
            self._epoch.append(batch.epoch if batch else 0)
            reached = batch.first + batch.count if batch else reached
        if len(data) > len(self._first) * BATCH_BYTES and not self.live:
            self.faults.add(
                FaultKind.TORN_TAIL, f"keys/{self._now.files.batches.name}, beyond the last entry"
            )
        self._name_damaged()

    def _name_damaged(self) -> None:
        """A damaged batch takes the keys of all its entries with it: name each."""
        reached = 0
        for number, (first, count) in enumerate(
            zip((*self._first, self._size), (*self._count, 0), strict=True)
        ):
            if first == DAMAGED:
                self.faults.add(
                    FaultKind.DAMAGED_BATCH, f"keys/{self._now.files.batches.name}, batch {number}"
                )
                continue
            for seq in range(reached, min(first, self._size)):
                self._add(FaultKind.DAMAGED_BATCH, seq)
            reached = first + count

    def _span(self, number: int) -> tuple[int, int, int]:
        """The entries that a batch serves and its epoch; −1 for the epoch of one that is damaged.

        That one is named itself, not the slots that name it.
        """
        first = self._first[number] if number < len(self._first) else DAMAGED
        return (0, 0, -1) if first == DAMAGED else (first, first + self._count[number], self._epoch[number])

    def _still_there(self, undestroyed: list[int]) -> None:
        if undestroyed and self.live:
            time.sleep(SETTLING_SECONDS)
            now = read_keys(self.layout).slots
            undestroyed = [s for s in undestroyed if now[s * SLOT_BYTES : (s + 1) * SLOT_BYTES] != EMPTY_SLOT]
        for seq in undestroyed:
            self._add(FaultKind.UNDESTROYED_KEY, seq)

    def _add(self, kind: FaultKind, seq: int) -> None:
        self.faults.add(kind, f"entry {seq}", self.found.index.place(seq).id)
