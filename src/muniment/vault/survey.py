"""Reading every pack: the quick way while all is well, and the careful way from the first fault on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from muniment.core.errors import FaultFoundError
from muniment.vault.checkpoint import Checkpoint
from muniment.vault.diagnosis import Diagnosis, diagnose
from muniment.vault.faults import FaultKind, FaultList
from muniment.vault.frames import Kind, chain_start
from muniment.vault.index import Index
from muniment.vault.key_image import KeyImage
from muniment.vault.layout import Layout
from muniment.vault.packs import find_group
from muniment.vault.recovery import Ledger
from muniment.vault.scanning import read_part, scan
from muniment.vault.slots import SLOT_BYTES, SlotCodec
from muniment.vault.tiles import Bundles
from muniment.vault.unfinished import keys_never_written


@dataclass
class Survey:
    """What the packs hold. `authentic` says that the leaves are those of the signed checkpoint."""

    ledger: Ledger
    orders: set[bytes] = field(default_factory=set)
    """Identifiers of the records whose erasure is ordered."""
    unreadable: set[int] = field(default_factory=set)
    """Leaves whose frame is damaged or missing."""
    stubs: set[int] = field(default_factory=set)
    """Leaves of which compaction has left a stub."""
    authentic: bool = True
    records: int = 0
    bundles: Bundles = field(default_factory=lambda: Bundles(_digest))
    """SHA-256 of each full entry bundle; none where the packs are damaged."""
    newest: set[bytes] = field(default_factory=set)
    """Those of `orders` that the last group gives."""

    @property
    def index(self) -> Index:
        """Where each leaf lies."""
        return self.ledger.index


def _digest(bundle: bytes) -> bytes:
    return sha256(bundle).digest()


type Progress = Callable[[int, int], None]
"""Hears how many bytes of how many have been read."""


def unwatched(_done: int, _total: int) -> None:
    """For whoever does not want to know how far it is."""


def survey(
    layout: Layout,
    organisation: str,
    head: Checkpoint | None,
    faults: FaultList,
    *,
    live: bool,
    keys: KeyImage | None = None,
    progress: Progress = unwatched,
) -> Survey:
    """Read all packs and compare them with the signed head, where there is one.

    `live` says that a writer is at work, so that an unfinished tail is no fault. `keys`, where they are
    given, tell whether the last group was finished.
    """
    found = Survey(Ledger(chain_start(organisation)))
    numbers = layout.pack_numbers()
    clean = numbers == list(range(1, len(numbers) + 1))
    # A writer may append meanwhile: what was there at the beginning is what must be whole.
    lengths = {number: layout.pack(number).stat().st_size for number in numbers}
    end = length = done = 0
    for number in numbers if clean else ():
        end, length = _take_groups(found, layout.pack(number), number), lengths[number]
        done += length
        progress(done, sum(lengths.values()))
        if end >= length:
            continue
        if number == numbers[-1] and end >= 0 and _covers(found, head) and _torn(layout, number, end, length):
            if not live:
                faults.add(FaultKind.TORN_TAIL, f"packs/{number:06d}.pack from byte {end}")
            continue
        clean = False
        break
    if clean and _covers(found, head):
        if keys and not live and end == length:
            _cut_unfinished(found, layout, organisation, head, keys, faults)
        return found
    return _careful(layout, organisation, head, faults)


def _take_groups(found: Survey, path: Path, number: int) -> int:
    """Where the last good group ends in the pack; -1 if a group does not follow the one before."""
    end = 0
    for group, data, orders in scan(path, number):
        try:
            found.ledger.take(group, number)
        except FaultFoundError:
            return -1
        found.stubs.update(group.commit.first + at for at in group.stubs)
        found.bundles.extend(data)
        found.newest = {record for record in orders if record not in found.orders}
        found.orders |= found.newest
        found.records += sum(place.kind is Kind.RECORD for place in group.places)
        end = group.end
    return end


def _torn(layout: Layout, number: int, start: int, end: int) -> bool:
    """Whether there is no whole group between two places of a pack."""
    return find_group(read_part(layout.pack(number), start, end), 0, number) is None


def _cut_unfinished(
    found: Survey,
    layout: Layout,
    organisation: str,
    head: Checkpoint | None,
    keys: KeyImage,
    faults: FaultList,
) -> None:
    """Leave out a last group that was never acknowledged, as the next opening will."""
    group = found.ledger.last_group(layout)
    if group and head and group.first >= head.size and keys.files.slots.is_file():
        slots = keys.slots[group.first * SLOT_BYTES : group.end * SLOT_BYTES]
        if keys_never_written(SlotCodec(organisation), group, slots, keys.batches):
            found.ledger.give_back()
            found.orders -= found.newest
            found.records -= sum(place.kind is Kind.RECORD for place in group.places)
            where = f"packs/{found.ledger.pack:06d}.pack from byte {found.ledger.end}"
            faults.add(FaultKind.TORN_TAIL, f"{where}, whose keys were never written")


def _covers(found: Survey, head: Checkpoint | None) -> bool:
    tree = found.ledger.tree
    return head is None or (tree.size >= head.size and tree.root(head.size) == head.root)


def _careful(layout: Layout, organisation: str, head: Checkpoint | None, faults: FaultList) -> Survey:
    before = len(faults.all())
    result: Diagnosis = diagnose(layout, organisation, head, faults)
    if len(faults.all()) == before:
        # The quick reading failed, so something is wrong, even where the careful one cannot say what.
        faults.add(FaultKind.DAMAGED_PACK, "packs: the groups do not follow one another")
    return Survey(
        result.ledger,
        result.orders,
        result.unreadable,
        result.stubs,
        authentic=result.authentic,
        records=result.records,
    )
