"""Records that are too large for one entry: 4 MiB segments under one data key, then the record itself.

A segment is an entry of kind 3. Its identifier follows from the record's and its number, so that anybody can
tell, without a key, which segments an order of erasure means; and nobody can whose record it is who does not
know that. Its nonce is a counter with a mark for the last (the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár, 2015): none can be left out, repeated, moved or cut off. The record's own content, nonce
zero, says how long the whole is and what it hashes to. So the data key still encrypts one thing, ever.
"""

import os
import struct
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import count

import msgspec
import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muniment.core.errors import FaultFoundError, WrongUseError
from muniment.core.ids import RecordId, new_record_id
from muniment.vault.content import pack_content
from muniment.vault.frames import TAG_BYTES, Kind, pack_header, read_head
from muniment.vault.sealing import (
    CONTENT_NONCE,
    KEY_BYTES,
    LEVEL,
    EpochKey,
    SealedBatch,
    SealedEntry,
    authenticate,
    key_commitment,
    wrapped_alone,
)

SEGMENT_BYTES = 4 << 20
SEGMENT_LABEL = b"muniment/segment/v1"
PLACE = struct.Struct("<I")
NONCE = struct.Struct("<7xIB")  # number from 1, whether it is the last
EXTENT = struct.Struct("<QI32s")  # length, number of segments, SHA-256
MOST_SEGMENTS = 0xFFFF_FFFF - 1

type Find = Callable[[RecordId], int | None]
"""The entry that has an identifier, or None."""


class Extent(msgspec.Struct, frozen=True):
    """The bytes that stand in segments: how many, in how many segments, and their SHA-256."""

    length: int
    segments: int
    digest: bytes

    def pack(self) -> bytes:
        """As it stands where a record's original bytes stand otherwise."""
        return EXTENT.pack(self.length, self.segments, self.digest)

    @classmethod
    def parse(cls, data: bytes) -> "Extent":
        """The inverse of `pack`; FaultFoundError unless the parts fit together."""
        if len(data) != EXTENT.size:
            raise FaultFoundError("A record's extent is malformed.")
        extent = cls(*EXTENT.unpack(data))
        if extent.segments != max(1, -(-extent.length // SEGMENT_BYTES)):
            raise FaultFoundError("A record's extent does not fit its number of segments.")
        return extent


def segment_id(record: RecordId, number: int) -> RecordId:
    """The identifier of a record's segment, counted from 0."""
    return RecordId(sha256(SEGMENT_LABEL + record + PLACE.pack(number)).digest()[: len(record)])


def sequences(find: Find, record: RecordId) -> Iterator[int]:
    """The entries that hold a record's segments, in order; none for a record that has none."""
    for number in count():
        seq = find(segment_id(record, number))
        if seq is None:
            return
        yield seq


def segment_nonce(number: int, *, final: bool) -> bytes:
    """The nonce of one segment."""
    return NONCE.pack(number + 1, final)


def open_segment(
    key: bytes, extent: Extent, number: int, head: bytes, commitment: bytes, ciphertext: bytes
) -> bytes:
    """The bytes of one segment; FaultFoundError unless key, place and length are right."""
    final = number == extent.segments - 1
    data = authenticate(key, head, commitment, ciphertext, segment_nonce(number, final=final))
    if len(data) != (extent.length - number * SEGMENT_BYTES if final else SEGMENT_BYTES):
        raise FaultFoundError("A segment does not have the length that its record says.")
    return data


class StreamSealer:
    """Seals one record as it comes in: `segment` for each part, then `record`. Each batch holds one entry."""

    def __init__(self, organisation: str, record: RecordId | None = None) -> None:
        self.organisation, self.id = organisation, record or new_record_id()
        self._data_key = os.urandom(KEY_BYTES)
        self._digest = sha256()
        self._length = self._count = 0
        self._ended = self._complete = False

    def segment(self, key: EpochKey, data: bytes, *, final: bool) -> SealedBatch:
        """The next part: exactly SEGMENT_BYTES, fewer only in the last, which may be empty if it is the first.

        WrongUseError otherwise, or after the last. Do not seal a part again because it could not be handed
        over: hand over the same batch, or `again`.
        """
        whole = len(data) == SEGMENT_BYTES or (final and (data or not self._count))
        if self._ended or not whole or len(data) > SEGMENT_BYTES or self._count >= MOST_SEGMENTS:
            raise WrongUseError("A segment is of the wrong length, or comes after the last.")
        number, self._ended = self._count, final
        record = segment_id(self.id, number)
        head = pack_header(Kind.SEGMENT, 0, len(data) + TAG_BYTES, record)
        sealed = AESGCM(self._data_key).encrypt(segment_nonce(number, final=final), data, head)
        self._digest.update(data)
        self._length += len(data)
        self._count += 1
        return self._batch(key, record, head, sealed)

    @property
    def extent(self) -> Extent:
        """What has been sealed so far; of the whole once the last part is."""
        return Extent(self._length, self._count, self._digest.digest())

    def record(self, key: EpochKey, statement: bytes) -> SealedBatch:
        """The record itself, which makes the segments readable; WrongUseError before the last part, or twice."""
        if not self._ended or self._complete:
            raise WrongUseError("A record is sealed once, after its last segment.")
        content = zstandard.ZstdCompressor(level=LEVEL).compress(pack_content(statement, self.extent.pack()))
        head = pack_header(Kind.RECORD, 0, len(content) + TAG_BYTES, self.id, segmented=True)
        self._complete = True
        return self._batch(key, self.id, head, AESGCM(self._data_key).encrypt(CONTENT_NONCE, content, head))

    def again(self, key: EpochKey, batch: SealedBatch) -> SealedBatch:
        """The same entry for another epoch: nothing is encrypted again, only its key is wrapped anew."""
        (entry,) = batch.entries
        ephemeral, wrapped = wrapped_alone(key, read_head(entry.head).id, self._data_key)
        return SealedBatch(
            self.organisation,
            key.epoch,
            ephemeral,
            (SealedEntry(entry.head, entry.commitment, entry.ciphertext, wrapped),),
        )

    def _batch(self, key: EpochKey, record: RecordId, head: bytes, ciphertext: bytes) -> SealedBatch:
        ephemeral, wrapped = wrapped_alone(key, record, self._data_key)
        entry = SealedEntry(head, key_commitment(self._data_key), ciphertext, wrapped)
        return SealedBatch(self.organisation, key.epoch, ephemeral, (entry,))
