"""Reading every pack: the quick way while all is well, and the careful way from the first fault on."""

from collections.abc import Callable
from dataclasses import dataclass, field

from muniment.core.errors import FaultFoundError
from muniment.vault.checkpoint import Checkpoint
from muniment.vault.diagnosis import Diagnosis, diagnose
from muniment.vault.faults import FaultKind, FaultList
from muniment.vault.frames import HEADER_BYTES, Kind, chain_start, parse_header
from muniment.vault.index import Index
from muniment.vault.key_image import KeyImage
from muniment.vault.layout import Layout
from muniment.vault.orders import ERASED, erased_record
from muniment.vault.packs import Group, PackReader, find_group, read_groups
from muniment.vault.recovery import Ledger
from muniment.vault.slots import SLOT_BYTES, SlotCodec
from muniment.vault.unfinished import keys_never_written


@dataclass
class Survey:
    """What the packs hold. `authentic` says that the leaves are those of the signed checkpoint."""

    ledger: Ledger
    orders: set[bytes] = field(default_factory=set)
    """Identifiers of the records whose erasure is ordered."""
    unreadable: set[int] = field(default_factory=set)
    """Leaves whose frame is damaged or missing."""
    authentic: bool = True
    records: int = 0
    newest: set[bytes] = field(default_factory=set)
    """Those of `orders` that the last group gives."""

    @property
    def index(self) -> Index:
        """Where each leaf lies."""
        return self.ledger.index


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
    data, end = b"", 0
    total, done = sum(layout.pack(number).stat().st_size for number in numbers), 0
    for number in numbers if clean else ():
        data = layout.pack(number).read_bytes()
        end = _take_groups(found, data, number)
        done += len(data)
        progress(done, max(done, total))
        if end == len(data):
            continue
        if number == numbers[-1] and end >= 0 and _covers(found, head) and not find_group(data, end, number):
            if not live:
                faults.add(FaultKind.TORN_TAIL, f"packs/{number:06d}.pack from byte {end}")
            continue
        clean = False
        break
    if clean and _covers(found, head):
        if keys and not live and len(data) == end:
            _cut_unfinished(found, layout, organisation, head, keys, faults)
        return found
    return _careful(layout, organisation, head, faults)


def _take_groups(found: Survey, data: bytes, number: int) -> int:
    """Where the last good group ends in the pack; -1 if a group does not follow the one before."""
    end = 0
    for group in read_groups(data, number):
        try:
            found.ledger.take(group, number)
        except FaultFoundError:
            return -1
        _note_actions(found, group, data)
        end = group.end
    return end


def _cut_unfinished(
    found: Survey,
    layout: Layout,
    organisation: str,
    head: Checkpoint | None,
    keys: KeyImage,
    faults: FaultList,
) -> None:
    """Leave out a last group that was never acknowledged, as the next opening will."""
    reader = PackReader(layout)
    group = found.ledger.last_group(reader)
    if group and head and group.first >= head.size and keys.files.slots.is_file():
        slots = keys.slots[group.first * SLOT_BYTES : group.end * SLOT_BYTES]
        if keys_never_written(SlotCodec(organisation), group, slots, keys.batches):
            found.ledger.give_back()
            found.orders -= found.newest
            found.records -= sum(place.kind is Kind.RECORD for place in group.places)
            where = f"packs/{found.ledger.pack:06d}.pack from byte {found.ledger.end}"
            faults.add(FaultKind.TORN_TAIL, f"{where}, whose keys were never written")
    reader.close()


def _note_actions(found: Survey, group: Group, data: bytes) -> None:
    found.newest = set()
    for place in group.places:
        if place.kind is not Kind.ACTION:
            found.records += place.kind is Kind.RECORD
            continue
        header = parse_header(data, place.offset)
        start = place.offset + HEADER_BYTES
        if header and data.find(ERASED, start, start + header.clear_length) >= 0:
            record = erased_record(data[start : start + header.clear_length])
            if record and record not in found.orders:
                found.newest.add(record)
    found.orders |= found.newest


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
        result.ledger, result.orders, result.unreadable, authentic=result.authentic, records=result.records
    )
