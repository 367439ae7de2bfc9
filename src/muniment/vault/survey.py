"""Reading every pack: the quick way while all is well, and the careful way from the first fault on."""

from collections.abc import Callable
from dataclasses import dataclass, field

from muniment.core.errors import FaultFoundError
from muniment.vault.checkpoint import Checkpoint
from muniment.vault.diagnosis import Diagnosis, diagnose
from muniment.vault.faults import FaultKind, FaultList
from muniment.vault.frames import HEADER_BYTES, Kind, chain_start, parse_header
from muniment.vault.index import Index
from muniment.vault.layout import Layout
from muniment.vault.orders import ERASED, erased_record
from muniment.vault.packs import Group, find_group, read_groups
from muniment.vault.recovery import Ledger


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
    progress: Progress = unwatched,
) -> Survey:
    """Read all packs and compare them with the signed head, where there is one.

    `live` says that a writer is at work, so that an unfinished tail is no fault.
    """
    found = Survey(Ledger(chain_start(organisation)))
    numbers = layout.pack_numbers()
    clean = numbers == list(range(1, len(numbers) + 1))
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
        found.stubs.update(group.commit.first + at for at in group.stubs)
        _note_actions(found, group, data)
        end = group.end
    return end


def _note_actions(found: Survey, group: Group, data: bytes) -> None:
    for place in group.places:
        if place.kind is not Kind.ACTION:
            found.records += place.kind is Kind.RECORD
            continue
        header = parse_header(data, place.offset)
        start = place.offset + HEADER_BYTES
        if header and data.find(ERASED, start, start + header.clear_length) >= 0:
            record = erased_record(data[start : start + header.clear_length])
            if record:
                found.orders.add(record)


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
