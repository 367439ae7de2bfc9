"""Sealing and opening: pure functions over bytes, without files and without order.

Capture seals with the epoch's public key only: header, clear part and a random identifier are
bound to the ciphertext, and the ledger gives the order afterwards. A data key (DEK) encrypts
exactly one plaintext, ever; that is why its nonce may be constant.
"""

import os
import struct
import threading
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

import msgspec
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muniment.core.errors import FaultFoundError, WrongUseError
from muniment.core.ids import RecordId, new_record_id
from muniment.vault.frames import (
    COMMITMENT_BYTES,
    LARGEST_CLEAR,
    LARGEST_PAYLOAD,
    TAG_BYTES,
    Header,
    Kind,
    pack_header,
    read_head,
)

COMMITMENT_LABEL = b"muniment/key-commitment/v1"
BATCH_LABEL = b"muniment/batch-key/v1"
WRAP_LABEL = b"muniment/wrapped-key/v1"

KEY_BYTES = 32
WRAPPED_BYTES = KEY_BYTES + TAG_BYTES
LARGEST_PLAINTEXT = LARGEST_PAYLOAD  # bytes; also the bound against a compressed bomb
LARGEST_EPOCH = 0xFFFF
LEVEL = 1  # of zstd

CONTENT_NONCE = bytes(12)
NONCE = struct.Struct("<Q4x")


class _Zstd(threading.local):
    """What compresses and decompresses, made once for each thread: to make it costs more than a mail."""

    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=LEVEL).compress
        self.decompress = zstandard.ZstdDecompressor().decompress


_ZSTD = _Zstd()


class Document(NamedTuple):
    """One thing to seal. `clear` stays readable and is for actions only."""

    kind: Kind
    plaintext: bytes
    clear: bytes = b""
    id: RecordId | None = None


class SealedEntry(msgspec.Struct, frozen=True):
    """One sealed document: everything but its place in the ledger."""

    head: bytes
    commitment: bytes
    ciphertext: bytes
    wrapped_key: bytes


class SealedBatch(msgspec.Struct, frozen=True):
    """Documents sealed together: their data keys are wrapped under one ephemeral agreement."""

    organisation: str
    epoch: int
    ephemeral: bytes
    entries: tuple[SealedEntry, ...]


class EpochKey(msgspec.Struct, frozen=True):
    """The public half of an epoch's X25519 pair: all that capture ever holds."""

    organisation: str
    epoch: int
    public: bytes


def key_commitment(key: bytes) -> bytes:
    """The value that binds a ciphertext to this one data key (AES-GCM alone does not)."""
    return sha256(COMMITMENT_LABEL + key).digest()


def seal_batch(key: EpochKey, documents: Sequence[Document]) -> SealedBatch:
    """Compress and encrypt `documents`, each under a fresh data key.

    WrongUseError if there are none, one is too large, or a record has a clear part.
    """
    if not documents:
        raise WrongUseError("A batch holds at least one document.")
    ephemeral = X25519PrivateKey.generate()
    public = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(key.public))
    wrapping = AESGCM(_derive(shared, key.organisation, key.epoch, public, key.public))
    keys = os.urandom(KEY_BYTES * len(documents))
    compress = _ZSTD.compress
    entries = [
        _seal(
            document, keys[at * KEY_BYTES : (at + 1) * KEY_BYTES], at, wrapping, compress(document.plaintext)
        )
        for at, document in enumerate(documents)
    ]
    return SealedBatch(key.organisation, key.epoch, public, tuple(entries))


def wrap_again(
    key: EpochKey, data_keys: Sequence[tuple[RecordId, bytes] | None]
) -> tuple[bytes, list[bytes | None]]:
    """Wrap data keys that exist under another epoch: the batch's ephemeral key, and each by its position.

    None stands for an entry that has no key any more, and keeps its place.
    """
    ephemeral = X25519PrivateKey.generate()
    public = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(key.public))
    wrapping = AESGCM(_derive(shared, key.organisation, key.epoch, public, key.public))
    wrapped = [
        found and wrapping.encrypt(NONCE.pack(at), found[1], WRAP_LABEL + found[0])
        for at, found in enumerate(data_keys)
    ]
    return public, wrapped


def agreed_key(private: X25519PrivateKey, organisation: str, epoch: int, ephemeral: bytes) -> bytes:
    """The key under which a whole batch's data keys are wrapped; FaultFoundError for a bad point."""
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(ephemeral))
    except ValueError as error:
        raise FaultFoundError("A batch's ephemeral public key is not usable.") from error
    return _derive(shared, organisation, epoch, ephemeral, private.public_key().public_bytes_raw())


def unwrap_with(agreed: bytes, position: int, record: RecordId, wrapped: bytes) -> bytes:
    """The data key of the entry at `position` in its batch, from the batch's agreed key.

    FaultFoundError if the slot was altered or belongs to another entry.
    """
    try:
        return AESGCM(agreed).decrypt(NONCE.pack(position), wrapped, WRAP_LABEL + record)
    except (InvalidTag, ValueError) as error:
        raise FaultFoundError(
            "A wrapped key does not open.", why="Its slot, its batch or the epoch key is not the right one."
        ) from error


def unwrap_key(
    private: X25519PrivateKey,
    organisation: str,
    epoch: int,
    ephemeral: bytes,
    position: int,
    record: RecordId,
    wrapped: bytes,
) -> bytes:
    """The data key of one entry, from the epoch's private key. Errors as `unwrap_with`."""
    return unwrap_with(agreed_key(private, organisation, epoch, ephemeral), position, record, wrapped)


def authenticate(
    key: bytes, head: bytes, commitment: bytes, ciphertext: bytes, nonce: bytes = CONTENT_NONCE
) -> bytes:
    """Decrypt without decompressing; FaultFoundError unless key, commitment, head and nonce all belong."""
    if key_commitment(key) != commitment:
        raise FaultFoundError("The key is not the one that the entry commits to.")
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, head)
    except (InvalidTag, ValueError) as error:
        raise FaultFoundError("The ciphertext or its header was altered.") from error


def open_entry(key: bytes, head: bytes, commitment: bytes, ciphertext: bytes) -> bytes:
    """The plaintext of an entry; FaultFoundError as `authenticate`, or if it is too large."""
    compressed = authenticate(key, head, commitment, ciphertext)
    try:
        size = zstandard.frame_content_size(compressed)
        if not 0 <= size <= LARGEST_PLAINTEXT:
            raise FaultFoundError("An entry's content does not state a size that can be opened.")
        return _ZSTD.decompress(compressed)
    except zstandard.ZstdError as error:
        raise FaultFoundError("An entry's content cannot be decompressed.") from error


def check_batch(batch: SealedBatch) -> tuple[Header, ...]:
    """The headers of a batch that came over a wire; FaultFoundError unless every length is right."""
    if not batch.entries or not 0 < batch.epoch <= LARGEST_EPOCH or len(batch.ephemeral) != KEY_BYTES:
        raise FaultFoundError("A sealed batch is empty or malformed.")
    headers = tuple(read_head(entry.head) for entry in batch.entries)
    for entry, header in zip(batch.entries, headers, strict=True):
        lengths = (len(entry.commitment), len(entry.wrapped_key), len(entry.ciphertext))
        if lengths != (COMMITMENT_BYTES, WRAPPED_BYTES, header.payload_length):
            raise FaultFoundError("A sealed entry's parts do not have the lengths that its header says.")
    return headers


def _seal(document: Document, key: bytes, position: int, wrapping: AESGCM, compressed: bytes) -> SealedEntry:
    if document.kind is Kind.RECORD and document.clear:
        raise WrongUseError("A record has no clear part; only an action has.")
    if len(document.clear) > LARGEST_CLEAR or len(document.plaintext) > LARGEST_PLAINTEXT:
        raise WrongUseError("A document is too large to be sealed as one entry.")
    record = document.id or new_record_id()
    header = pack_header(document.kind, len(document.clear), len(compressed) + TAG_BYTES, record)
    head = header + document.clear
    return SealedEntry(
        head,
        key_commitment(key),
        AESGCM(key).encrypt(CONTENT_NONCE, compressed, head),
        wrapping.encrypt(NONCE.pack(position), key, WRAP_LABEL + record),
    )


def wrapped_alone(key: EpochKey, record: RecordId, data_key: bytes) -> tuple[bytes, bytes]:
    """A batch of one: its ephemeral public key, and the data key as wrapped in it."""
    ephemeral, (wrapped,) = wrap_again(key, [(record, data_key)])
    return ephemeral, wrapped or b""


def _derive(shared: bytes, organisation: str, epoch: int, ephemeral: bytes, public: bytes) -> bytes:
    info = b"\x00".join((BATCH_LABEL, organisation.encode(), str(epoch).encode()))
    return HKDF(SHA256(), KEY_BYTES, salt=ephemeral + public, info=info).derive(shared)
