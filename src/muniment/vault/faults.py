"""What `verify` can find wrong, and what to do about each."""

import math
from enum import StrEnum

import msgspec

from muniment.core.ids import RecordId, record_text


class FaultKind(StrEnum):
    """What is wrong, in order."""

    BAD_ANCHOR = "bad-anchor"
    BAD_SIGNATURE = "bad-signature"
    BROKEN_CHAIN = "broken-chain"
    DAMAGED_ACTION = "damaged-action"
    DAMAGED_BATCH = "damaged-batch"
    DAMAGED_COMMIT = "damaged-commit"
    DAMAGED_INDEX = "damaged-index"
    DAMAGED_LEDGER_KEY = "damaged-ledger-key"
    DAMAGED_PACK = "damaged-pack"
    DAMAGED_RECORD = "damaged-record"
    DAMAGED_SLOT = "damaged-slot"
    DAMAGED_TILE = "damaged-tile"
    DUPLICATE_ENTRY = "duplicate-entry"
    EXTRA_FILE = "extra-file"
    KEY_MISMATCH = "key-mismatch"
    LOCK_LAPSED = "lock-lapsed"
    LOST_KEY = "lost-key"
    MISSING_CHECKPOINT = "missing-checkpoint"
    MISSING_ENTRY = "missing-entry"
    MISSING_FILE = "missing-file"
    MISSING_SHARD = "missing-shard"
    MOVED_ENTRY = "moved-entry"
    REWRITTEN = "rewritten"
    ROLLED_BACK = "rolled-back"
    STUB_WITHOUT_ORDER = "stub-without-order"
    TORN_TAIL = "torn-tail"
    UNDESTROYED_KEY = "undestroyed-key"


FROM_BACKUP = "Restore it from a backup of the packs; the ledger names the entry that belongs there."
KEYS_FROM_BACKUP = "Restore the key slots from the newest generation of key backups."
REBUILD = "Stop the server and run `muniment verify --rebuild`: it is made again from the packs."

ADVICE = {
    FaultKind.BAD_ANCHOR: "Restore the file from a backup; if that one is bad too, somebody forged it. The others stand.",
    FaultKind.BAD_SIGNATURE: "Restore the log from a backup; if that one fails too, the ledger was forged.",
    FaultKind.BROKEN_CHAIN: "One of the two shards is not the one that was signed. Keep everything as it is and investigate.",
    FaultKind.DAMAGED_ACTION: FROM_BACKUP,
    FaultKind.DAMAGED_BATCH: KEYS_FROM_BACKUP,
    FaultKind.DAMAGED_COMMIT: "The entries are whole. Restore the pack from a backup to mend the frame.",
    FaultKind.DAMAGED_INDEX: REBUILD,
    FaultKind.DAMAGED_LEDGER_KEY: "Restore log/ledger-key from any earlier copy; it never changes.",
    FaultKind.DAMAGED_PACK: FROM_BACKUP,
    FaultKind.DAMAGED_RECORD: FROM_BACKUP,
    FaultKind.DAMAGED_SLOT: KEYS_FROM_BACKUP,
    FaultKind.DAMAGED_TILE: REBUILD,
    FaultKind.DUPLICATE_ENTRY: "Restore the pack from a backup; find out who copied the entry.",
    FaultKind.EXTRA_FILE: "Nothing of Muniment's has this name. Find out who put it there, then move it away.",
    FaultKind.KEY_MISMATCH: f"The key does not belong to this entry. {KEYS_FROM_BACKUP}",
    FaultKind.LOCK_LAPSED: "Nothing keeps anybody from deleting it in the backup's store. Lock it there again, or back up anew.",
    FaultKind.LOST_KEY: f"The key is gone and no order to erase it is in the ledger. {KEYS_FROM_BACKUP}",
    FaultKind.MISSING_CHECKPOINT: "Restore log/checkpoint from a backup no older than the packs.",
    FaultKind.MISSING_ENTRY: FROM_BACKUP,
    FaultKind.MISSING_FILE: FROM_BACKUP,
    FaultKind.MISSING_SHARD: "If the ledger key was just being changed, the next start makes the shard. Else it was taken away: restore the newest backup and investigate.",
    FaultKind.MOVED_ENTRY: "The entries are whole, but not in the ledger's order. Restore the pack from a backup.",
    FaultKind.REWRITTEN: "The ledger is not the one that was signed before. Keep everything as it is and investigate.",
    FaultKind.ROLLED_BACK: "Later entries have been taken away. Restore the newest backup and investigate.",
    FaultKind.STUB_WITHOUT_ORDER: f"Its ciphertext is gone and no order to erase it is in the ledger. {FROM_BACKUP}",
    FaultKind.TORN_TAIL: "Harmless after a sudden stop: never acknowledged, and cut at the next start.",
    FaultKind.UNDESTROYED_KEY: "Its erasure was ordered, but the key is there (again). Start the server: it destroys it.",
}


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong. `record` is the entry's identifier, or empty where it concerns none."""

    kind: FaultKind
    record: str
    advice: str


class Checked(msgspec.Struct, frozen=True):
    """How much was looked at: `entries` of all, in one of the modes full, incremental, sampled, deep.

    `chance` is how probably a sample of this size meets a damage of one entry in a hundred; 1 where all is read.
    """

    mode: str
    entries: int
    of: int
    chance: float = 1.0

    @property
    def says(self) -> str:
        """One sentence for a person; the chance is rounded down."""
        if self.mode == "incremental":
            return f"{self.entries} of {self.of} entries are new since the last verification, and were read."
        if self.mode in {"sampled", "deep"}:
            percent = f"{math.floor(self.chance * 100_000) / 1000:g}"
            done = "opened with their keys" if self.mode == "deep" else "read"
            return (
                f"{self.entries} of {self.of} entries were {done}, drawn at random: "
                f"a damage of 1 % would have been seen with {percent} %."
            )
        return f"All {self.of} entries were read."


class Report(msgspec.Struct, frozen=True):
    """What `verify` found. `notes` are not faults: what could not be checked, and why.

    `records` and `leaves` count what was read. `checked` is None where that is everything.
    """

    records: int
    leaves: int
    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()
    checked: Checked | None = None


class FaultList:
    """Faults as they are found, each once."""

    def __init__(self) -> None:
        self._found: dict[Fault, None] = {}
        self._prefix = ""

    def within(self, shard: int) -> "FaultList":
        """The same list, for faults that are in one of several shards."""
        inner = FaultList()
        inner._found, inner._prefix = self._found, f"shard {shard}, "
        return inner

    def add(self, kind: FaultKind, where: str, record: RecordId | None = None) -> None:
        """Note a fault at a place that a person can find."""
        text = record_text(record) if record is not None else ""
        self._found[Fault(kind, text, f"{self._prefix}{where}: {ADVICE[kind]}")] = None

    def __bool__(self) -> bool:
        return bool(self._found)

    def all(self) -> tuple[Fault, ...]:
        """Every fault, in the order of finding."""
        return tuple(self._found)
