"""Turning sealed batches into one group: places, slots, batches and the commit frame, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.ids import RecordId, record_text
from muniment.vault.frames import COMMIT_BYTES, HEADER_BYTES, Header, entry_leaf, make_commit, pack_commit
from muniment.vault.index import Place
from muniment.vault.layout import LARGEST_COMMIT, LARGEST_PACK, PACK_CLOSES_AT
from muniment.vault.packs import Group
from muniment.vault.recovery import Ledger
from muniment.vault.sealing import SealedBatch, check_batch
from muniment.vault.slots import BatchRecord, SlotCodec
from muniment.vault.tree import Mark


@dataclass(frozen=True)
class Plan:
    """All that one commit will write, and where."""

    before: Mark
    """What the tree goes back to if the disk refuses."""
    pack: int
    start: int
    parts: list[bytes]
    slots: bytes
    batches: bytes
    group: Group


def plan(
    ledger: Ledger, codec: SlotCodec, organisation: str, known: int, batches: Sequence[SealedBatch]
) -> Plan:
    """Lay out `batches` after the present end; `known` is how many batches are on disk.

    FaultFoundError if one is malformed; RefusedError if it is for another organisation or an
    identifier is already taken; WrongUseError if there is nothing or too much. When this returns, the
    ledger's tree has the new leaves and nothing else has changed.
    """
    first = ledger.tree.size
    parts: list[bytes] = []
    leaves: list[bytes] = []
    slots: list[bytes] = []
    records: list[bytes] = []
    headers: list[Header] = []
    for batch in batches:
        if batch.organisation != organisation:
            raise RefusedError("A sealed batch is for another organisation.")
        number, start = known + len(records), first + len(leaves)
        records.append(
            codec.pack_batch(number, BatchRecord(batch.ephemeral, start, len(batch.entries), batch.epoch))
        )
        for header, entry in zip(check_batch(batch), batch.entries, strict=True):
            slots.append(codec.pack(first + len(leaves), batch.epoch, number, entry.wrapped_key))
            leaves.append(entry_leaf(entry.head, entry.commitment, entry.ciphertext))
            parts += (entry.head, entry.commitment, entry.ciphertext)
            headers.append(header)
    body_length = sum(len(part) for part in parts)
    _check(ledger, [header.id for header in headers], body_length)
    pack, start = _where(ledger, body_length + COMMIT_BYTES)
    places, at = [], start
    for header, leaf in zip(headers, leaves, strict=True):
        places.append(Place(header.kind, pack, at, header.id, leaf))
        at += header.frame_length
    mark = ledger.tree.mark()
    ledger.tree.extend(leaves)
    commit = make_commit(first, body_length, ledger.tree.root(), ledger.chain, leaves)
    group = Group(places, commit, at + COMMIT_BYTES)
    parts.append(pack_commit(commit))
    return Plan(mark, pack, start, parts, b"".join(slots), b"".join(records), group)


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
