"""The deep sample: random entries are opened with their keys, and what they hold is thrown away unread.

A check without keys sees that nothing was altered; it cannot see that a key still opens what it belongs to. This
one can, every day, without anybody bringing a passphrase: the keys do not leave the keeper, and neither does
content. The ledger says first which entries are drawn. It takes no warrant, for nobody learns anything of a
record but whether it opens.
"""

from collections.abc import Sequence
from secrets import SystemRandom

from muniment.core import ids
from muniment.core.errors import MunimentError, WrongUseError
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault import sealing, segments, store
from muniment.vault.faults import Checked, FaultKind, FaultList, Report
from muniment.vault.frames import Kind, read_head
from muniment.vault.keeper.entries import Clear, Entry, SampledBody, write_body
from muniment.vault.keeper.strongroom import Strongroom
from muniment.vault.sampling import DEEP, chance
from muniment.vault.segments import Extent
from muniment.vault.slots import State

MOST_DRAWN = 10_000
"""More is no sample: `muniment verify` with the passphrase file reads everything."""
_RANDOM = SystemRandom()


def sample(room: Strongroom, request: ask.SampleDeeply) -> Report:
    """Draw entries, write to the ledger which, and open each; what is wrong with any of them is in the report."""
    if not 0 < request.entries <= MOST_DRAWN or len(request.again) > MOST_DRAWN:
        raise WrongUseError(f"A sample is of 1 to {MOST_DRAWN} entries.")
    size = room.store.size
    again = {
        seq for text in request.again if (seq := room.store.sequence(ids.record_bytes(text))) is not None
    }
    drawn = sorted({*_RANDOM.sample(range(size), min(size, request.entries)), *again})
    room.act(lambda now: _told(drawn, now))
    faults, records = FaultList(), 0
    for seq in drawn:
        if room.closing:
            break
        _try(room, seq, faults)
        records += room.store.kind(seq) is Kind.RECORD
    checked = Checked(DEEP, len(drawn), size, chance(len(drawn), size))
    return Report(records, len(drawn), faults.all(), (), checked)


def _told(drawn: list[int], now: int) -> Sequence[Entry]:
    return (Entry(Clear(tag=EventTag.RECORDS_SAMPLED, time=now), write_body(SampledBody(tuple(drawn)))),)


def _try(room: Strongroom, seq: int, faults: FaultList) -> None:
    """Open one entry; a fault where it does not open, unless its erasure is ordered (perhaps just now)."""
    found = _fault(room, seq)
    if found is not None and not room.store.erasure_ordered(seq):
        shard = room.store.shard_of(seq)
        faults.add(found, f"entry {seq}", shard.store.id(seq - shard.base))


def _fault(room: Strongroom, seq: int) -> FaultKind | None:
    try:
        entry = room.store.entry(seq)
    except MunimentError:
        return FaultKind.DAMAGED_ACTION if room.store.kind(seq) is Kind.ACTION else FaultKind.DAMAGED_RECORD
    try:
        empty = room.store.wrapped(seq)[0].state is not State.LIVE
    except MunimentError:
        return FaultKind.DAMAGED_SLOT
    if empty:
        return FaultKind.LOST_KEY
    try:
        _open(room, entry)
    except MunimentError:
        return FaultKind.KEY_MISMATCH
    return None


def _open(room: Strongroom, entry: store.Entry) -> None:
    """Open an entry; of a record in segments, one of them too."""
    key = room.key_of(entry)
    if entry.kind is Kind.SEGMENT:
        # Which part of its record a segment is, only its record says; the commitment says that the key is its own.
        if sealing.key_commitment(key) != entry.commitment:
            raise WrongUseError("The key is not the one that the entry commits to.")
        return
    sealing.authenticate(key, entry.head, entry.commitment, entry.ciphertext)
    if entry.kind is Kind.RECORD and read_head(entry.head).segmented:
        _open_segment(room, entry, key)


def _open_segment(room: Strongroom, entry: store.Entry, key: bytes) -> None:
    extent = Extent.parse(room.content(entry)[1])
    number = _RANDOM.randrange(extent.segments)
    seq = room.store.segment(entry.id, number)
    if seq is None:
        raise WrongUseError(f"The record has no segment {number}.")
    part = room.store.entry(seq)
    segments.open_segment(key, extent, number, part.head, part.commitment, part.ciphertext)
