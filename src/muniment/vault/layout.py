"""Every file of one organisation's vault, named once, with the rule of who may write it.

One process writes: the keeper, which holds an exclusive lock on the vault's folder.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

PACK_NAME = re.compile(r"[0-9]{6}\.pack")
KEYS_NAME = re.compile(r"[0-9]{6}\.keys")
LEFT_NAME = re.compile(r"[0-9]{6}\.(keys|batches)|aside")
PACK_CLOSES_AT = 64 << 20  # bytes; a pack that has reached this takes no further commit
LARGEST_PACK = 256 << 20  # bytes; a commit that would pass this begins a pack of its own
LARGEST_COMMIT = 1 << 31  # bytes of one commit; positions in the index are 32 bits


class KeyFiles(NamedTuple):
    """One generation of key files: the slots, and the batches beside them."""

    generation: int
    slots: Path
    batches: Path


@dataclass(frozen=True)
class Layout:
    """The paths of one vault."""

    path: Path

    @property
    def packs(self) -> Path:
        """Folder of packs: appended to, closed at 64–256 MiB, then never changed but by compaction."""
        return self.path / "packs"

    @property
    def pack_aside(self) -> Path:
        """Where a pack is written again before it is renamed over the longer one."""
        return self.packs / "aside"

    @property
    def keys(self) -> Path:
        """Folder of wrapped keys: the only part of the vault where bytes are changed in place."""
        return self.path / "keys"

    @property
    def slots(self) -> Path:
        """64-byte key slots by sequence: written before the group's commit frame, zeroed by erasure."""
        return self.key_files().slots

    @property
    def batches(self) -> Path:
        """64-byte batches with their ephemeral keys: appended before the slots."""
        return self.key_files().batches

    @property
    def keys_aside(self) -> Path:
        """Where the slots of the next generation are written before they are renamed into place."""
        return self.keys / "aside"

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

    def key_files(self, generation: int = 0) -> KeyFiles:
        """The files of one generation of keys, by default of the one that counts."""
        number = generation or self._generation()
        return KeyFiles(number, self.keys / f"{number:06d}.keys", self.keys / f"{number:06d}.batches")

    def next_key_files(self) -> KeyFiles:
        """The files of a generation of which nothing is there yet, not even something left behind."""
        names = (entry.name for entry in self.keys.iterdir() if LEFT_NAME.fullmatch(entry.name))
        numbers = (int(name[:6]) for name in names if name[:6].isdigit())
        return self.key_files(max(numbers, default=1) + 1)

    def left_by_turn(self) -> list[Path]:
        """What a turn of the epoch leaves when it is cut short: of no meaning, and removed."""
        current = self.key_files()
        return sorted(
            path
            for path in self.keys.iterdir()
            if LEFT_NAME.fullmatch(path.name)
            and path not in current
            and (path.suffix != ".keys" or path.name < current.slots.name)
        )

    def _generation(self) -> int:
        """The last that has both files: batches are there before slots, and go after them."""
        try:
            names = {entry.name for entry in self.keys.iterdir()}
        except FileNotFoundError:  # no vault is here yet
            names = set()
        slots = {int(name[:6]) for name in names if KEYS_NAME.fullmatch(name)}
        whole = {number for number in slots if f"{number:06d}.batches" in names}
        return max(whole or slots, default=1)

    def pack_numbers(self) -> list[int]:
        """The packs that are there, in order."""
        names = (entry.name for entry in self.packs.iterdir() if PACK_NAME.fullmatch(entry.name))
        return sorted(int(name[:6]) for name in names)
