"""What a backup takes from the keeper: keys and ledger of one moment, while everything goes on."""

from collections.abc import Sequence

import msgspec

from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault.archive import Shard
from muniment.vault.keeper import entries
from muniment.vault.keeper.entries import BackupBody, Clear, Entry
from muniment.vault.keeper.strongroom import Strongroom
from muniment.vault.messages import KeysTaken
from muniment.vault.wire import LARGEST_FRAME

KEYS_LAST = 30 * 24 * 3600  # seconds that a generation of keys may be kept, at most
_ROOM = 1 << 20  # bytes of an answer beside the keys


def take_keys(room: Strongroom, request: ask.TakeKeys) -> KeysTaken:
    """Note the backup in the ledger, then give keys and the ledger's extent as they are between two commits.

    The note comes first: the certificate of every erasure from then on waits for these keys to expire.
    """

    def compose(now: int) -> Sequence[Entry]:
        if not now < request.expires <= now + KEYS_LAST:
            raise WrongUseError(
                "The keys of a backup expire, at the latest after 30 days.",
                why="Until then an erased record could be read with them.",
            )
        body = BackupBody(request.backup, request.expires, room.ring.by_service, request.destination)
        return (Entry(Clear(tag=EventTag.BACKUP_BEGUN, time=now), entries.write_body(body)),)

    room.act(compose)
    taken = room.alone(lambda: _take(room))
    size = sum(len(each.slots) + len(each.batches) for each in (taken, *taken.later)) + len(taken.keyring)
    if size + _ROOM > LARGEST_FRAME:
        raise NotAvailableError("This organisation has more keys than one answer of the keeper holds.")
    return taken


def _take(room: Strongroom) -> KeysTaken:
    first, *later = (_shard(shard) for shard in room.store.shards)
    return msgspec.structs.replace(first, keyring=room.ring.file(), later=tuple(later))


def _shard(shard: Shard) -> KeysTaken:
    store = shard.store
    image = store.key_image()
    return KeysTaken(
        size=store.size,
        checkpoint=store.checkpoint_text,
        packs=store.pack_lengths(),
        generation=image.files.generation,
        slots=image.slots,
        batches=image.batches,
        keyring=b"",
        shard=shard.number,
    )
