"""Turning sealed batches into one group: places, slots, batches and the commit frame, in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.ids import RecordId, record_text
from muniment.core.merkle import leaf_hash
from muniment.vault import beside
from muniment.vault.frames import COMMIT_BYTES, HEADER_BYTES, Header, make_commit
from muniment.vault.index import Place, pack_places
from muniment.vault.layout import LARGEST_COMMIT, LARGEST_PACK, PACK_CLOSES_AT
from muniment.vault.packs import Group
from muniment.vault.recovery import Ledger
from muniment.vault.sealing import SealedBatch, check_batch
from muniment.vault.slots import BatchRecord, SlotCodec
from muniment.vault.tree import Mark

LARGE = 1 << 18  # bytes of entries; from here on they are hashed while the disk works


@dataclass(frozen=True)
class Plan:
    """Where one commit will write, and its entries: all but what their hashes and keys give."""

    before: Mark
    """What the tree goes back to if the disk refuses."""
    pack: int
    start: int
    headers: list[Header]
    parts: list[bytes]
    """Head, commitment and ciphertext of each entry in turn."""
    length: int
    """Of all parts, in bytes."""
    batches: Sequence[SealedBatch]
    known: int
    """How many batches are on disk."""
    digests: Callable[[], list[bytes]]
    """SHA-256 of each ciphertext. Those of a large group are reckoned from now on, beside what follows."""

    @property
    def large(self) -> bool:
        """Whether the disk had best begin with the entries before all else is done."""
        return self.length >= LARGE


@dataclass(frozen=True)
class Closed:
    """The end of a commit: its group, its keys, the data of its leaves, and its places as the index holds them."""

    group: Group
    slots: bytes
    batches: bytes
    leaf_data: list[bytes]
    index: bytearray


def plan(ledger: Ledger, organisation: str, known: int, batches: Sequence[SealedBatch]) -> Plan:
    """Lay out `batches` after the present end; `known` is how many batches are on disk. Changes nothing.

    FaultFoundError if one is malformed; RefusedError if it is for another organisation or an
    identifier is already taken; WrongUseError if there is nothing or too much.
    """
    parts: list[bytes] = []
    headers: list[Header] = []
    for batch in batches:
        if batch.organisation != organisation:
            raise RefusedError("A sealed batch is for another organisation.")
        headers += check_batch(batch)
        for entry in batch.entries:
            parts += (entry.head, entry.commitment, entry.ciphertext)
    length = sum(map(len, parts))
    _check(ledger, [header.id for header in headers], length)
    pack, at = _where(ledger, length + COMMIT_BYTES)
    hashing = partial(_digests, parts[2::3])
    digests = beside.begin(hashing) if length >= LARGE else hashing
    return Plan(ledger.tree.mark(), pack, at, headers, parts, length, batches, known, digests)


def close(ledger: Ledger, codec: SlotCodec, planned: Plan) -> Closed:
    """Pack the keys and hash what was planned.

    The ledger's tree has the new leaves then, and nothing else has changed.
    """
    slots, batches = _keys(codec, planned)
    heads, commitments = planned.parts[::3], planned.parts[1::3]
    data = [b"".join(parts) for parts in zip(heads, commitments, planned.digests(), strict=True)]
    leaves = list(map(leaf_hash, data))
    places, at = [], planned.start
    for header, leaf in zip(planned.headers, leaves, strict=True):
        places.append(Place(header.kind, planned.pack, at, header.id, leaf))
        at += header.frame_length
    ledger.tree.extend(leaves)
    commit = make_commit(planned.before.size, planned.length, ledger.tree.root(), ledger.chain, leaves)
    return Closed(Group(places, commit, at + COMMIT_BYTES), slots, batches, data, pack_places(places))


def _keys(codec: SlotCodec, planned: Plan) -> tuple[bytes, bytes]:
    """The slots and the batches."""
    slots: list[bytes] = []
    records: list[bytes] = []
    for number, batch in enumerate(planned.batches, planned.known):
        first = planned.before.size + len(slots)
        records.append(
            codec.pack_batch(number, BatchRecord(batch.ephemeral, first, len(batch.entries), batch.epoch))
        )
        slots += (
            codec.pack(seq, batch.epoch, number, entry.wrapped_key)
            for seq, entry in enumerate(batch.entries, first)
        )
    return b"".join(slots), b"".join(records)


def _digests(ciphertexts: Sequence[bytes]) -> list[bytes]:
    return [sha256(ciphertext).digest() for ciphertext in ciphertexts]


def clear_of(head: bytes) -> bytes:
    """The clear part of an entry's head."""
    return head[HEADER_BYTES:]


def _check(ledger: Ledger, ids: list[RecordId], body_length: int) -> None:
    if not ids:
        raise WrongUseError("A commit holds at least one entry.")
    if body_length > LARGEST_COMMIT:
        raise WrongUseError("A commit holds at most 2 GiB.", remedy="Seal fewer documents at once.")
    taken = next((one for one in ids if ledger.index.sequence(one) is not None), None)
    if taken is not None:
        raise RefusedError(f"{record_text(taken)} is already in the ledger.")
    if len(set(ids)) != len(ids):
        raise RefusedError("Two entries of a commit have the same identifier.")


def _where(ledger: Ledger, length: int) -> tuple[int, int]:
    """The pack and offset for the next group of `length` bytes, commit frame included."""
    full = ledger.end >= PACK_CLOSES_AT or (ledger.end and ledger.end + length > LARGEST_PACK)
    return (ledger.pack + 1, 0) if full else (ledger.pack, ledger.end)
