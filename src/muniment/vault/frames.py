"""Frames: how entries and commits lie in a pack. Whole numbers are little-endian.

An entry frame is `header ‖ clear ‖ commitment ‖ ciphertext`; a commit frame ends each group of
entries that became durable together. Compaction leaves a stub of an erased entry: the same head under
another magic, its commitment and the hash of its ciphertext, which is what its leaf is made of.
docs/format.md gives every byte.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import NamedTuple, Protocol

from muniment.core.errors import FaultFoundError
from muniment.core.ids import RecordId
from muniment.core.merkle import leaf_hash

VERSION = 1
ENTRY_MAGIC = b"MNR1"
STUB_MAGIC = b"MNS1"
COMMIT_MAGIC = b"MNC1"
ZSTD = 1
STORED = 0
SEGMENTED = 1

HEADER = struct.Struct("<4sBBBBIQ16s")  # magic version kind codec flags clear payload id
HEADER_BYTES = HEADER.size
COMMITMENT_BYTES = 32
DIGEST_BYTES = 32
TAG_BYTES = 16
COMMIT = struct.Struct("<4sB3xI4xQQ32s32s")  # magic version count first body root previous
COMMIT_BODY_BYTES = COMMIT.size
COMMIT_BYTES = COMMIT_BODY_BYTES + 32
COMMIT_PADDING = (slice(5, 8), slice(12, 16))

LARGEST_CLEAR = 16 * 1024  # a leaf's data must fit the 65,535 bytes of a C2SP log entry
LARGEST_PAYLOAD = 1 << 30  # longer communications are split into segments of their own kind

CHAIN_LABEL = b"muniment/ledger/v1"

_MAGICS = frozenset({ENTRY_MAGIC, STUB_MAGIC})


class Readable(Protocol):
    """Bytes in memory, or a file's bytes as they are asked for (`pack_bytes`)."""

    def __len__(self) -> int:
        """How many there are."""

    def __getitem__(self, part: slice, /) -> bytes | bytearray | memoryview:
        """Those from a place to another, as far as there are any."""


class Kind(IntEnum):
    """What an entry of the ledger is."""

    RECORD = 1
    ACTION = 2
    SEGMENT = 3
    """A part of a record that is too large for one entry; `vault.segments`."""


_KINDS = {int(kind): kind for kind in Kind}


class Header(NamedTuple):
    """The fixed start of an entry frame; lengths are in bytes."""

    kind: Kind
    clear_length: int
    payload_length: int
    id: RecordId
    segmented: bool = False
    """Whether the record's bytes stand in segments of their own."""
    stub: bool = False
    """Whether only a stub of the frame is left."""

    @property
    def frame_length(self) -> int:
        """Length of the whole frame as it was sealed."""
        return self.body_start + self.payload_length

    @property
    def stored_length(self) -> int:
        """Length of what stands in the pack: less than the frame where it is a stub."""
        return self.body_start + (DIGEST_BYTES if self.stub else self.payload_length)

    @property
    def body_start(self) -> int:
        """Where the ciphertext begins in the frame, or its hash in the stub."""
        return HEADER_BYTES + self.clear_length + COMMITMENT_BYTES


@dataclass(frozen=True, slots=True)
class CommitFrame:
    """The frame that ends a group: how many entries, from which, how long, and the root after it."""

    count: int
    first: int
    body_length: int
    root: bytes
    previous: bytes
    digest: bytes


def pack_header(
    kind: Kind, clear_length: int, payload_length: int, record: RecordId, *, segmented: bool = False
) -> bytes:
    """The 36 bytes that start an entry frame."""
    flags = SEGMENTED if segmented else 0
    return HEADER.pack(
        ENTRY_MAGIC, VERSION, kind, codec_of(kind), flags, clear_length, payload_length, record
    )


def codec_of(kind: int) -> int:
    """How the content of a kind is packed: segments are media, which nothing makes smaller."""
    return STORED if kind == Kind.SEGMENT else ZSTD


def parse_header(data: Readable, offset: int = 0) -> Header | None:
    """The header at `offset` of an entry as it is sealed, or None where none can begin there."""
    header = parse_stored(data, offset)
    return None if header is None or header.stub else header


def parse_stored(data: Readable, offset: int = 0) -> Header | None:
    """The header at `offset` of an entry, or of its stub; None where none can begin there."""
    head = data[offset : offset + HEADER_BYTES]
    if len(head) < HEADER_BYTES:
        return None
    magic, version, kind, codec, flags, clear, payload, record = HEADER.unpack(head)
    known = _KINDS.get(kind)
    if known is None or magic not in _MAGICS or version != VERSION or codec != codec_of(known):
        return None
    if flags and (flags != SEGMENTED or known is not Kind.RECORD):
        return None
    if clear > LARGEST_CLEAR or not TAG_BYTES <= payload <= LARGEST_PAYLOAD:
        return None
    stub = magic == STUB_MAGIC
    if stub if known is Kind.ACTION else clear:
        return None
    return Header(known, clear, payload, RecordId(record), flags == SEGMENTED, stub)


def read_head(head: bytes) -> Header:
    """The header of `head` (header ‖ clear) as a sealed entry carries it.

    FaultFoundError unless it is well formed and exactly as long as it says.
    """
    header = parse_header(head)
    if header is None or len(head) != HEADER_BYTES + header.clear_length:
        raise FaultFoundError("A sealed entry does not begin with a valid header.")
    return header


def leaf_data(head: bytes, commitment: bytes, ciphertext: bytes | memoryview) -> bytes:
    """What the ledger hashes for an entry: head ‖ commitment ‖ SHA-256(ciphertext).

    No hash of content, no address, no subject: after erasure the leaf says nothing.
    """
    return head + commitment + sha256(ciphertext).digest()


def entry_leaf(head: bytes, commitment: bytes, ciphertext: bytes | memoryview) -> bytes:
    """The leaf hash of an entry (RFC 6962 section 2.1)."""
    return leaf_hash(leaf_data(head, commitment, ciphertext))


def pack_stub(data: Readable, offset: int, header: Header) -> bytes:
    """What compaction leaves of the entry whose frame, or stub, stands whole at `offset`."""
    start, end = offset + header.body_start, offset + header.stored_length
    body = bytes(data[start:end]) if header.stub else sha256(data[start:end]).digest()
    return STUB_MAGIC + bytes(data[offset + len(STUB_MAGIC) : start]) + body


def stored_leaf(view: memoryview, offset: int, header: Header) -> bytes:
    """The leaf hash of the entry whose frame, or stub, stands whole at `offset`."""
    start, end = offset + header.body_start, offset + header.stored_length
    if header.stub:
        return leaf_hash(ENTRY_MAGIC + bytes(view[offset + len(ENTRY_MAGIC) : end]))
    return leaf_hash(bytes(view[offset:start]) + sha256(view[start:end]).digest())


def chain_start(organisation: str) -> bytes:
    """What the first commit frame of an organisation names as the frame before it."""
    return sha256(CHAIN_LABEL + organisation.encode()).digest()


def make_commit(
    first: int, body_length: int, root: bytes, previous: bytes, leaves: list[bytes]
) -> CommitFrame:
    """The commit of the entries whose leaf hashes are `leaves`, in order."""
    body = COMMIT.pack(COMMIT_MAGIC, VERSION, len(leaves), first, body_length, root, previous)
    return CommitFrame(len(leaves), first, body_length, root, previous, commit_digest(body, leaves))


def pack_commit(commit: CommitFrame) -> bytes:
    """The bytes of a commit frame."""
    fields = (commit.count, commit.first, commit.body_length, commit.root, commit.previous)
    return COMMIT.pack(COMMIT_MAGIC, VERSION, *fields) + commit.digest


def commit_digest(body: bytes | memoryview, leaves: list[bytes]) -> bytes:
    """The chained digest of a commit: SHA-256(frame without digest ‖ leaf hashes)."""
    return sha256(b"".join((body, *leaves))).digest()


def parse_commit(data: Readable, offset: int = 0) -> CommitFrame | None:
    """The commit frame at `offset`, or None where none can begin there. Its digest is not checked."""
    frame = data[offset : offset + COMMIT_BYTES]
    if len(frame) < COMMIT_BYTES:
        return None
    magic, version, count, first, body, root, previous = COMMIT.unpack_from(frame)
    if magic != COMMIT_MAGIC or version != VERSION or not count:
        return None
    if any(any(frame[part]) for part in COMMIT_PADDING):
        return None
    digest = bytes(frame[COMMIT_BODY_BYTES:])
    return CommitFrame(count, first, body, root, previous, digest)
