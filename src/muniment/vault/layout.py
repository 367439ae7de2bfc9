"""Every file of one organisation's vault, named once, with the rule of who may write it.

One process writes: the keeper, which holds an exclusive lock on the vault's folder.
"""

import re
from dataclasses import dataclass
from pathlib import Path

PACK_NAME = re.compile(r"[0-9]{6}\.pack")
PACK_CLOSES_AT = 64 << 20  # bytes; a pack that has reached this takes no further commit
LARGEST_PACK = 256 << 20  # bytes; a commit that would pass this begins a pack of its own
LARGEST_COMMIT = 1 << 31  # bytes of one commit; positions in the index are 32 bits


@dataclass(frozen=True)
class Layout:
    """The paths of one vault."""

    path: Path

    @property
    def packs(self) -> Path:
        """Folder of packs: appended to, closed at 64–256 MiB, never changed after that."""
        return self.path / "packs"

    @property
    def keys(self) -> Path:
        """Folder of wrapped keys: the only part of the vault where bytes are changed in place."""
        return self.path / "keys"

    @property
    def slots(self) -> Path:
        """64-byte key slots by sequence: written before the pack, zeroed by erasure."""
        return self.keys / "000001.keys"

    @property
    def batches(self) -> Path:
        """64-byte batches with their ephemeral keys: appended before the slots."""
        return self.keys / "000001.batches"

    @property
    def log(self) -> Path:
        """The ledger as C2SP tlog-tiles: every file written aside, synced and renamed."""
        return self.path / "log"

    @property
    def checkpoint(self) -> Path:
        """The signed head: replaced last of all, when everything below it is durable."""
        return self.log / "checkpoint"

    @property
    def ledger_key(self) -> Path:
        """The public ledger key as a signed-note verifier key: written once. Compare it elsewhere."""
        return self.log / "ledger-key"

    @property
    def aside(self) -> Path:
        """Where a file of the log is written before it is renamed into place."""
        return self.log / "aside"

    @property
    def anchors(self) -> Path:
        """Heads that came back from outside: never changed."""
        return self.path / "anchors"

    @property
    def anchor_aside(self) -> Path:
        """Where an anchor is written before it is renamed into place."""
        return self.anchors / "aside"

    @property
    def index(self) -> Path:
        """Positions by sequence: derived from the packs, appended when a checkpoint is published."""
        return self.path / "index"

    def pack(self, number: int) -> Path:
        """One pack, from 1."""
        return self.packs / f"{number:06d}.pack"

    def tile(self, name: str) -> Path:
        """One tile by the name that tlog-tiles gives it, `tile/…`."""
        return self.log / name

    def pack_numbers(self) -> list[int]:
        """The packs that are there, in order."""
        names = (entry.name for entry in self.packs.iterdir() if PACK_NAME.fullmatch(entry.name))
        return sorted(int(name[:6]) for name in names)
