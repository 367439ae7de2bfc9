"""Compaction: a closed pack written again, with a stub in the place of each entry that was erased.

    1. The pack is written aside: live entries, stubs and commit frames byte for byte, of each entry that was
       erased since then a stub.
    2. It is synced and read back: the same entries by their leaves, the same commit frames.
    3. It is renamed over the longer one and its folder synced; readers go over at that moment.
    4. What the index tells of this pack is written again.

A stub holds all that a leaf is made of, so every leaf, root, checkpoint, proof and evidence bundle stays as it
was. A stop before the rename leaves a file aside, which the next opening removes; a stop after it leaves places
in the index that the next opening finds wrong, and renews. Of a frozen shard every pack is closed.
"""

import os
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.vault.disk import Disk
from muniment.vault.frames import DIGEST_BYTES, CommitFrame, pack_stub
from muniment.vault.index import Index, Place
from muniment.vault.layout import Layout
from muniment.vault.pack_bytes import PackBytes, UnreadableError, opened
from muniment.vault.packs import PackReader, Span, damaged, read_spans
from muniment.vault.scanning import scan

_CHUNK = 4 << 20  # bytes copied at a time
UNFIT = "Run `muniment verify`, and restore the pack from a backup; then compact it."

type Going = Callable[[], bool]
"""Whether to go on; asked at every group."""


class Erasable(NamedTuple):
    """A closed pack: its bytes, and how many of them belong to erased entries and can be won."""

    pack: int
    size: int
    won: int

    @property
    def percent(self) -> float:
        """The part of the pack that can be won."""
        return 100 * self.won / self.size


class Rewritten(NamedTuple):
    """A pack that was written aside, ready to take its place: where its entries lie now, and its two sizes."""

    pack: int
    first: int
    places: list[Place]
    stubs: int
    """How many entries became stubs."""
    before: int
    after: int


def erasable(layout: Layout, reader: PackReader, index: Index, erased: Iterable[int]) -> tuple[Erasable, ...]:
    """What could be won, by pack. `erased` are entries whose order stands and whose key is gone."""
    won = dict[int, int]()
    for place in map(index.place, erased):
        header = reader.header(place)
        if header and not header.stub:
            won[place.pack] = won.get(place.pack, 0) + header.payload_length - DIGEST_BYTES
    return tuple(
        Erasable(number, layout.pack(number).stat().st_size, bytes_)
        for number, bytes_ in sorted(won.items())
        if bytes_ > 0
    )


def rewrite(
    layout: Layout, disk: Disk, index: Index, number: int, erased: Collection[int], going: Going
) -> Rewritten:
    """Write a pack aside, with a stub for each entry of `erased` in it, synced and compared with the ledger.

    FaultFoundError if the pack is not what the ledger says, or a place of it cannot be read, which names the
    record there; NotAvailableError if it is to stop; OSError as the disk gives it. Whoever calls removes what
    was written then.
    """
    leaves = index.within(number)
    with opened(layout.pack(number)) as data:
        try:
            spans = list(read_spans(data))
            if not spans or spans[-1].end != len(data):
                raise FaultFoundError(f"Pack {number} is damaged, so it is not compacted.", remedy=UNFIT)
            stubs, after = _write_aside(layout, disk, _parts(data, spans, erased, going))
        except UnreadableError as error:
            raise _named(index, leaves, error) from error
        before = len(data)
    places = _read_back(layout, number, [span.commit for span in spans])
    if len(places) != len(leaves):
        raise FaultFoundError(f"Pack {number} does not hold {len(leaves)} entries.", remedy=UNFIT)
    index.compare(leaves.start, places)
    return Rewritten(number, leaves.start, places, stubs, before, after)


def _named(index: Index, leaves: range, error: UnreadableError) -> FaultFoundError:
    """The fault, with the record that lies where the pack could not be read."""
    seq = leaves.start + bisect_right(leaves, error.at, key=lambda each: index.place(each).offset) - 1
    return damaged(seq, index.place(seq), why=f"{error.what} {error.why}") if seq in leaves else error


class _Part(NamedTuple):
    data: bytes
    stub: bool = False


def _write_aside(layout: Layout, disk: Disk, parts: "Iterator[_Part]") -> tuple[int, int]:
    """Write the new pack aside, synced; how many of its parts are stubs, and its length."""
    at = stubs = 0
    descriptor = disk.open(layout.pack_aside)
    try:
        disk.cut(descriptor, 0)
        for part in parts:
            disk.write(descriptor, (part.data,), at)
            at, stubs = at + len(part.data), stubs + part.stub
        disk.sync(descriptor)
    finally:
        os.close(descriptor)
    return stubs, at


def _parts(data: PackBytes, spans: list[Span], erased: Collection[int], going: Going) -> Iterator[_Part]:
    """The new pack from its beginning to its end: runs of the old one, and stubs."""
    run = 0
    for span in spans:
        if not going():
            raise NotAvailableError("The compaction was stopped; nothing has changed.")
        for seq, (start, header) in enumerate(zip(span.starts, span.headers, strict=True), span.commit.first):
            if seq in erased and not header.stub:
                yield from _run(data, run, start)
                yield _Part(pack_stub(data, start, header), stub=True)
                run = start + header.stored_length
        if span.end - run >= _CHUNK:
            yield from _run(data, run, span.end)
            run = span.end
    yield from _run(data, run, spans[-1].end)


def _run(data: PackBytes, start: int, end: int) -> Iterator[_Part]:
    for at in range(start, end, _CHUNK):
        yield _Part(data[at : min(end, at + _CHUNK)])


def _read_back(layout: Layout, number: int, commits: list[CommitFrame]) -> list[Place]:
    """Where the entries lie in the file aside; FaultFoundError unless it has exactly these commit frames."""
    groups = [scanned.group for scanned in scan(layout.pack_aside, number)]
    found = [group.commit for group in groups]
    if found != commits or groups[-1].end != layout.pack_aside.stat().st_size:
        raise FaultFoundError(f"Pack {number} was not written as it should be.", remedy=UNFIT)
    return [place for group in groups for place in group.places]
