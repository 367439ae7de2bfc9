"""Opening a vault: what is durable, what is torn, and when to refuse.

1. The signed checkpoint names a size and a root; both must be there, or the vault is not opened.
2. Groups are read from the last published one on, each chained to the one before.
3. What follows the last whole group is a torn tail, never acknowledged: it may be cut. If a whole
   group follows the damage, it is no torn tail but damage, and nothing is cut.
4. A last group whose keys never reached the disk was not acknowledged either, and is cut: `unfinished`.
5. Slots and batches beyond the last leaf belong to the torn tail and go with it.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.vault.checkpoint import Checkpoint, LedgerVerifier
from muniment.vault.frames import chain_start
from muniment.vault.index import Index, Place, pack_places
from muniment.vault.layout import KeyFiles, Layout
from muniment.vault.packs import Group, PackReader, find_group
from muniment.vault.scanning import places_in, read_part, scan
from muniment.vault.slots import BATCH_BYTES, SLOT_BYTES, SlotCodec
from muniment.vault.tiles import Bundles
from muniment.vault.tree import Mark, Tree
from muniment.vault.unfinished import LastGroup, keys_never_written

READ_AT_ONCE = 4096  # batches
REMEDY = "Run `muniment verify`, and restore the damaged files from a backup."


@dataclass
class Ledger:
    """What the packs hold, in memory: grows with each group."""

    chain: bytes
    """Digest of the last commit frame."""
    tree: Tree = field(default_factory=Tree)
    index: Index = field(default_factory=Index)
    pack: int = 1
    """The pack that takes the next group, and where in it, in bytes."""
    end: int = 0
    last: "Taken | None" = None
    """The last group that was read, with what was before it."""
    bundles: Bundles | None = None
    """The full entry bundles, where all packs are read because tiles and index must be made anew."""

    def take(self, group: Group, pack: int) -> None:
        """Append a group that was read from a pack; FaultFoundError unless it follows."""
        commit = group.commit
        mark = self.tree.mark()
        self.tree.extend(group.leaves)
        if commit.first != mark.size or commit.previous != self.chain or commit.root != self.tree.root():
            self.tree.revert(mark)
            raise FaultFoundError(
                f"Entry {commit.first} in pack {pack} does not follow entry {mark.size - 1}.", remedy=REMEDY
            )
        taken = Taken(group, pack, mark, self.chain, 0 if pack != self.pack else self.end)
        self.adopt(group, pack)
        self.last = taken

    def give_back(self) -> None:
        """Forget the last group that was read."""
        if self.last is not None:
            self.tree.revert(self.last.mark)
            self.index.cut(self.last.mark.size)
            self.chain, self.pack, self.end = self.last.chain, self.last.pack, self.last.start
            self.last = None

    def last_group(self, layout: Layout) -> LastGroup | None:
        """The last group that was read, if nothing of the ledger follows it."""
        if self.last is None or (self.last.pack, self.last.group.end) != (self.pack, self.end):
            return None

        def clear(seq: int) -> bytes:
            with closing(PackReader(layout)) as reader:
                return reader.entry(seq, self.index.place(seq)).clear

        return LastGroup(self.last.mark.size, self.last.group.places, self.index.sequence, clear)

    def adopt(self, group: Group, pack: int, index: bytearray | None = None) -> None:
        """Append a group whose leaves the tree already has; `index` are its places, if they are packed."""
        self.index.append(pack_places(group.places) if index is None else index)
        self.chain, self.pack, self.end = group.commit.digest, pack, group.end


@dataclass(frozen=True)
class Taken:
    """A group as it was read, and the ledger before it: tree, chain, and where in the pack it begins."""

    group: Group
    pack: int
    mark: Mark
    chain: bytes
    start: int


@dataclass(frozen=True)
class Recovered:
    """A vault as it was found: its ledger, its last signed head, and the tail that is torn."""

    ledger: Ledger
    checkpoint: Checkpoint
    note: str
    keys: KeyFiles
    batches: int
    indexed: bool
    """Whether the stored index served; else it must be written anew."""
    renewed: tuple[int, ...] = ()
    """Packs of which the stored index tells how they were before a compaction; here it is put right."""


def recover(layout: Layout, organisation: str, verifier: LedgerVerifier) -> Recovered:
    """Read a vault and check it against its checkpoint; changes nothing.

    FaultFoundError if the signed checkpoint is ahead of what is durable, or anything below the torn
    tail is damaged. NotAvailableError if there is no vault.
    """
    note = _read(layout.checkpoint)
    checkpoint = verifier.open(note)
    published, renewed = _published(layout, checkpoint)
    ledger = published or Ledger(
        chain_start(organisation), bundles=Bundles(bytes) if checkpoint.size else None
    )
    numbers = layout.pack_numbers()
    if numbers != list(range(1, len(numbers) + 1)):
        raise FaultFoundError("A pack is missing.", remedy=REMEDY)
    for number in range(ledger.pack, len(numbers) + 1):
        _read_pack(ledger, layout, number, last=number == len(numbers))
    size = ledger.tree.size
    if size < checkpoint.size:
        raise FaultFoundError(
            f"The signed checkpoint has {checkpoint.size} entries, but only {size} are there.", remedy=REMEDY
        )
    if ledger.tree.root(checkpoint.size) != checkpoint.root:
        raise FaultFoundError("The entries are not those that the checkpoint signs.", remedy=REMEDY)
    keys, batches = _keys(layout, organisation, ledger, checkpoint)
    indexed = published is not None or not checkpoint.size
    return Recovered(ledger, checkpoint, note, keys, batches, indexed, renewed)


def _keys(layout: Layout, organisation: str, ledger: Ledger, checkpoint: Checkpoint) -> tuple[KeyFiles, int]:
    """The key files that count, and how many batches belong to the durable leaves.

    A last group that was never acknowledged is given back.
    """
    keys = layout.key_files()
    try:
        unfinished = _unfinished(layout, keys, SlotCodec(organisation), ledger, checkpoint)
        size = ledger.last.mark.size if unfinished and ledger.last else ledger.tree.size
        batches = _count_batches(keys, organisation, size)
    except (OSError, FaultFoundError):
        if layout.key_files() != keys:  # a writer has turned the epoch meanwhile
            return _keys(layout, organisation, ledger, checkpoint)
        raise
    if unfinished:
        ledger.give_back()
    return keys, batches


def _unfinished(
    layout: Layout, keys: KeyFiles, codec: SlotCodec, ledger: Ledger, checkpoint: Checkpoint
) -> bool:
    """Whether the last group was never acknowledged: its keys did not reach the disk, and nothing follows."""
    group = ledger.last_group(layout)
    if (
        group is None
        or group.first < checkpoint.size
        or not keys.slots.is_file()
        or not keys.batches.is_file()
    ):
        return False
    if layout.pack(ledger.pack).stat().st_size > ledger.end:
        return False
    count = len(group.places)
    with keys.slots.open("rb", buffering=0) as file:
        slots = os.pread(file.fileno(), count * SLOT_BYTES, group.first * SLOT_BYTES)
    with keys.batches.open("rb", buffering=0) as file:
        base = max(0, os.fstat(file.fileno()).st_size // BATCH_BYTES - count - 1)
        batches = os.pread(file.fileno(), (count + 2) * BATCH_BYTES, base * BATCH_BYTES)
    return keys_never_written(codec, group, slots, batches, base)


def _published(layout: Layout, checkpoint: Checkpoint) -> tuple[Ledger | None, tuple[int, ...]]:
    """The ledger up to the checkpoint, from the index, and the packs whose places had to be read anew.

    No ledger where the index cannot serve.
    """
    if not checkpoint.size or not layout.index.is_file():
        return None, ()
    index = Index.load(layout.index.read_bytes(), checkpoint.size)
    if index is None:
        return None, ()
    tree = Tree()
    tree.extend(index.leaves())
    reader = PackReader(layout)
    try:
        renewed = _renew(layout, index, reader)
        last = index.place(checkpoint.size - 1)
        found = reader.commit_after(last)
    except (OSError, FaultFoundError):
        return None, ()
    finally:
        reader.close()
    if tree.root() != checkpoint.root or found is None:
        return None, ()
    commit, end = found
    if commit.root != checkpoint.root or commit.first + commit.count != checkpoint.size:
        return None, ()
    return Ledger(commit.digest, tree, index, last.pack, end), renewed


def _renew(layout: Layout, index: Index, reader: PackReader) -> tuple[int, ...]:
    """Put right what the index tells of packs that were compacted after it was written; which these were.

    FaultFoundError if such a pack does not hold the entries that the index has.
    """
    stale, last = list[int](), index.pack(len(index) - 1)
    for number in range(1, last + 1):
        leaves = index.within(number)
        if leaves and not _ends_there(layout, reader, index.place(leaves.stop - 1), whole=number < last):
            index.renew(leaves.start, places_in(layout, number, leaves.start)[: len(leaves)])
            stale.append(number)
    return tuple(stale)


def _ends_there(layout: Layout, reader: PackReader, place: Place, *, whole: bool) -> bool:
    """Whether a pack's last entry stands where the index says, and the pack ends after it where it is `whole`."""
    header, found = reader.header(place), reader.commit_after(place)
    if header is None or header.id != place.id or found is None:
        return False
    return not whole or found[1] == layout.pack(place.pack).stat().st_size


def _read_pack(ledger: Ledger, layout: Layout, number: int, *, last: bool) -> None:
    path = layout.pack(number)
    start = ledger.end if number == ledger.pack else 0
    length = path.stat().st_size  # a writer in another process may append meanwhile
    if number != ledger.pack and last:
        ledger.pack, ledger.end = number, 0  # also where it is empty or torn: the next group goes here
    for group, data, _ in scan(path, number, start):
        ledger.take(group, number)
        if ledger.bundles is not None:
            ledger.bundles.extend(data)
    done = ledger.end if number == ledger.pack else 0
    if done < length and (not last or find_group(read_part(path, done, length), 0, number)):
        raise FaultFoundError(
            f"Pack {number} is damaged at byte {done}, and it is not the end.", remedy=REMEDY
        )


def _count_batches(keys: KeyFiles, organisation: str, size: int) -> int:
    """How many batches belong to the durable leaves; FaultFoundError unless slots and batches cover them."""
    if size and (not keys.slots.is_file() or keys.slots.stat().st_size < size * SLOT_BYTES):
        raise FaultFoundError("Key slots are missing.", remedy=REMEDY)
    codec = SlotCodec(organisation)
    for number, data in _from_the_last(keys.batches):
        batch = codec.parse_batch(number, data)
        if batch and batch.first + batch.count == size:
            return number + 1
        if batch and batch.first < size:
            break
    if size:
        raise FaultFoundError("The batches of keys do not cover the entries.", remedy=REMEDY)
    return 0


def _from_the_last(path: Path) -> Iterator[tuple[int, bytes]]:
    """Each batch of a file with its number, backwards: there may be as many as entries."""
    if not path.is_file():
        return
    with path.open("rb", buffering=0) as file:
        end = os.fstat(file.fileno()).st_size // BATCH_BYTES
        while end:
            start = max(0, end - READ_AT_ONCE)
            data = os.pread(file.fileno(), (end - start) * BATCH_BYTES, start * BATCH_BYTES)
            for at in range(end - start - 1, -1, -1):
                yield start + at, data[at * BATCH_BYTES : (at + 1) * BATCH_BYTES]
            end = start


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError as error:
        raise NotAvailableError(
            f"{path} is missing.", why="There is no vault here, or it has been damaged.", remedy=REMEDY
        ) from error
    except UnicodeDecodeError as error:
        raise FaultFoundError(f"{path} is not a checkpoint.", remedy=REMEDY) from error
