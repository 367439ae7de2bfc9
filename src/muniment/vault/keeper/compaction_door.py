"""Compaction, as the worker or a person asks for it: one pack at a time, while everything goes on.

It takes no warrant: nothing is destroyed but ciphertext whose key is gone already, by an order that stands in
the ledger.
"""

from collections.abc import Sequence

from muniment.core.errors import NotAvailableError
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault.compaction import Rewritten
from muniment.vault.keeper import entries
from muniment.vault.keeper.entries import Clear, CompactedBody, Entry
from muniment.vault.keeper.strongroom import Strongroom
from muniment.vault.messages import ErasablePack, PackCompacted


def erasable(room: Strongroom, _request: ask.AskErasable) -> tuple[ErasablePack, ...]:
    """What could be won, in each closed pack that holds erased entries."""
    return tuple(ErasablePack(*each) for each in room.store.erasable())


def compact(room: Strongroom, request: ask.Compact) -> PackCompacted:
    """Write one pack again without what was erased; then the ledger says so."""
    if not room.compacting.acquire(blocking=False):
        raise NotAvailableError("A pack is being compacted already.", remedy="Wait until that is done.")
    try:
        done = room.store.compact(request.pack, lambda: not room.closing)
        if done.stubs:
            room.act(lambda now: _told(done, now))
    finally:
        room.compacting.release()
    return PackCompacted(done.pack, done.stubs, done.before, done.after)


def _told(done: Rewritten, now: int) -> Sequence[Entry]:
    body = CompactedBody(done.pack, done.stubs, done.before - done.after)
    return (Entry(Clear(tag=EventTag.PACK_COMPACTED, time=now), entries.write_body(body)),)
