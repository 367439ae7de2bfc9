"""What keeps a vault well is asked of the keeper by these: samples, backups, compaction, keys (see `messages`)."""

import msgspec

from muniment.vault.call_messages import Request


class SampleDeeply(Request, frozen=True):
    """Open so many random entries with their keys, and those of `again`, and throw away what they hold.

    Answer: faults.Report.
    """

    entries: int
    again: tuple[str, ...] = ()


class TakeKeys(Request, frozen=True):
    """What a backup named `backup` needs, with keys that expire at `expires` (seconds). Answer: KeysTaken.

    `destination` is where they go, as people call it: certificates of erasure name it.
    """

    backup: str
    expires: int
    destination: str = ""


class KeysTaken(msgspec.Struct, frozen=True):
    """One organisation at one moment: `size` entries, all under `checkpoint`, no erasure half done.

    `slots` and `batches` are the key files of `generation`, `keyring` the installation's wrapped keys at
    that moment. The first `packs[n]` bytes of pack n + 1 belong to it, counted as they were sealed: so a
    compaction, which makes a pack shorter, does not change the number.

    All this is of the first shard (`shard` 1); `later` are the others, without the keyring.
    """

    size: int
    checkpoint: str
    packs: tuple[int, ...]
    generation: int
    slots: bytes
    batches: bytes
    keyring: bytes
    shard: int = 1
    later: tuple["KeysTaken", ...] = ()


class EraseBroken(Request, frozen=True):
    """Erase segments whose record never came. Answer: BrokenErased."""


class BrokenErased(msgspec.Struct, frozen=True):
    """How many recordings had broken off, and how many segments of them were erased."""

    recordings: int
    segments: int


class EraseTests(Request, frozen=True):
    """Erase test calls whose time is over. Answer: ErasedTests."""


class ErasedTests(msgspec.Struct, frozen=True):
    """How many test calls were erased."""

    calls: int


class AskErasable(Request, frozen=True):
    """What compaction could win. Answer: tuple[ErasablePack, ...]."""


class ErasablePack(msgspec.Struct, frozen=True):
    """A closed pack of `size` bytes, of which `won` belong to erased records and can be freed."""

    pack: int
    size: int
    won: int


class Compact(Request, frozen=True):
    """Write one closed pack again without what was erased. Answer, once it is durable: PackCompacted."""

    pack: int


class PackCompacted(msgspec.Struct, frozen=True):
    """A pack of `before` bytes that has `after` now; `entries` became stubs. None: there was nothing to win."""

    pack: int
    entries: int
    before: int
    after: int


class TurnEpoch(Request, frozen=True):
    """Turn the epoch now, or finish a turn that was cut short. Answer, once it is done: Receipt."""


class Unlock(Request, frozen=True):
    """Open the organisation's own key with its passphrase (none: as the settings say). Answer: Unlocked."""

    passphrase: bytes


class Unlocked(msgspec.Struct, frozen=True):
    """The key of the organisation's index, for whoever brought the passphrase to pass on to the librarian."""

    index: bytes
