"""Turning sealed batches into one group: places, slots, batches and the commit frame, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.ids import RecordId, record_text
from muniment.core.merkle import leaf_hash
from muniment.vault.frames import COMMIT_BYTES, HEADER_BYTES, Header, leaf_data, make_commit
from muniment.vault.index import Place, pack_places
from muniment.vault.layout import LARGEST_COMMIT, LARGEST_PACK, PACK_CLOSES_AT
from muniment.vault.packs import Group
from muniment.vault.recovery import Ledger
from muniment.vault.sealing import SealedBatch, check_batch
from muniment.vault.slots import BatchRecord, SlotCodec
from muniment.vault.tree import Mark


@dataclass(frozen=True)
class Plan:
    """All that one commit will write, and where, but for what the entries' hashes give."""

    before: Mark
    """What the tree goes back to if the disk refuses."""
    pack: int
    start: int
    headers: list[Header]
    parts: list[bytes]
    """Head, commitment and ciphertext of each entry in turn."""
    length: int
    """Of all parts, in bytes."""
    slots: bytes
    batches: bytes


@dataclass(frozen=True)
class Closed:
    """The end of a commit: its group, the data of its leaves, and its places as the index holds them."""

    group: Group
    leaf_data: list[bytes]
    index: bytearray


def plan(
    ledger: Ledger, codec: SlotCodec, organisation: str, known: int, batches: Sequence[SealedBatch]
) -> Plan:
    """Lay out `batches` after the present end; `known` is how many batches are on disk. Changes nothing.

    FaultFoundError if one is malformed; RefusedError if it is for another organisation or an
    identifier is already taken; WrongUseError if there is nothing or too much.
    """
    first = ledger.tree.size
    parts: list[bytes] = []
    slots: list[bytes] = []
    records: list[bytes] = []
    headers: list[Header] = []
    for batch in batches:
        if batch.organisation != organisation:
            raise RefusedError("A sealed batch is for another organisation.")
        number, start = known + len(records), first + len(headers)
        records.append(
            codec.pack_batch(number, BatchRecord(batch.ephemeral, start, len(batch.entries), batch.epoch))
        )
        headers += check_batch(batch)
        for seq, entry in enumerate(batch.entries, start):
            slots.append(codec.pack(seq, batch.epoch, number, entry.wrapped_key))
            parts += (entry.head, entry.commitment, entry.ciphertext)
    length = sum(map(len, parts))
    _check(ledger, [header.id for header in headers], length)
    pack, at = _where(ledger, length + COMMIT_BYTES)
    return Plan(ledger.tree.mark(), pack, at, headers, parts, length, b"".join(slots), b"".join(records))


def close(ledger: Ledger, planned: Plan) -> Closed:
    """Hash what was planned: the ledger's tree has the new leaves then, and nothing else has changed."""
    every = iter(planned.parts)
    data = [leaf_data(*entry) for entry in zip(every, every, every, strict=True)]
    places, at = [], planned.start
    for header, one in zip(planned.headers, data, strict=True):
        places.append(Place(header.kind, planned.pack, at, header.id, leaf_hash(one)))
        at += header.frame_length
    leaves = [place.leaf for place in places]
    ledger.tree.extend(leaves)
    commit = make_commit(planned.before.size, planned.length, ledger.tree.root(), ledger.chain, leaves)
    return Closed(Group(places, commit, at + COMMIT_BYTES), data, pack_places(places))


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
