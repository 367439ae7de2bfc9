"""Segments of recordings that broke off: their record never came, and nobody could ever read them.

Whose they were the ledger does not say, so no order can name a record. Each is ordered erased under its own
identifier, by the rule `broken-off` and without a warrant. Anybody can check that the rule applied: no record
in the ledger has that segment, and an action a day older than the order stands behind the last segment with
the same key commitment. Later parts of such a recording are refused from then on.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from muniment.core.ids import record_text
from muniment.core.tags import BROKEN_OFF, EventTag
from muniment.vault import messages as ask
from muniment.vault.keeper import entries
from muniment.vault.keeper.entries import Clear, Entry
from muniment.vault.keeper.strongroom import Strongroom
from muniment.vault.messages import BrokenErased, Receipt

RECORD_COMES_WITHIN = 24 * 3600  # seconds after its last segment
MOST_AT_ONCE = 1000  # orders in one commit

type Streams = dict[bytes, list[int]]
"""The segments of each recording, by its key commitment."""


def erase_broken(room: Strongroom, _request: ask.EraseBroken) -> BrokenErased:
    """Order and carry out the erasure of every segment whose recording broke off a day ago or earlier."""
    waiting = _streams(room, room.store.unclaimed())
    broken = {key: parts for key, parts in waiting.items() if _is_old(room, parts[-1])}
    room.refuse(broken.keys())
    room.alone(lambda: None)  # what was let in before is in the ledger now
    left = room.store.unclaimed()
    came = {key for key, parts in broken.items() if not left.issuperset(parts)}
    room.take_again(came)
    segments = sorted(seq for key, parts in broken.items() if key not in came for seq in parts)
    for start in range(0, len(segments), MOST_AT_ONCE):
        _erase(room, segments[start : start + MOST_AT_ONCE])
    return BrokenErased(len(broken) - len(came), len(segments))


def _streams(room: Strongroom, unclaimed: Iterable[int]) -> Streams:
    found: Streams = {}
    for seq in sorted(unclaimed):
        if not room.store.erasure_ordered(seq):
            found.setdefault(room.store.entry(seq).commitment, []).append(seq)
    return found


def _is_old(room: Strongroom, seq: int) -> bool:
    """Whether an action behind this entry, and so the entry itself, is old enough."""
    actions = room.books.actions
    following = bisect_right(actions, seq)
    if following == len(actions):
        return False
    written = entries.read_clear(room.store.entry(actions[following]).clear).time
    return written + RECORD_COMES_WITHIN <= room.clock()


def _erase(room: Strongroom, segments: Sequence[int]) -> None:
    names = [record_text(room.store.entry(seq).id) for seq in segments]

    def compose(now: int) -> Sequence[Entry]:
        return [
            Entry(Clear(tag=EventTag.RECORD_ERASED, time=now, record=name, rule=BROKEN_OFF), b"{}")
            for name in names
        ]

    def destroy(_receipt: Receipt) -> None:
        room.store.destroy_key(*segments)

    room.act(compose, destroy)
