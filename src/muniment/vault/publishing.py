"""Publishing: the ledger's tiles, the index and the signed checkpoint, in this order.

Each file is written aside, synced and renamed, and its folder synced, before the next step; a
crash between any two leaves the old checkpoint with everything that it needs.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from muniment.vault.checkpoint import Checkpoint
from muniment.vault.disk import Disk
from muniment.vault.index import INDEX_BYTES, Index
from muniment.vault.layout import Layout
from muniment.vault.recovery import Ledger
from muniment.vault.tiles import ENTRIES, changed, hash_tiles, pack_bundle, superseded, tile_name
from muniment.vault.tree import TILE_WIDTH


@dataclass(frozen=True)
class Edition:
    """What one checkpoint adds to the one before: files under `log/`, and the end of the index."""

    old: int
    head: Checkpoint
    tiles: Iterable[tuple[str, bytes]]
    index: bytes


def prepare(ledger: Ledger, old: int, new: int, origin: str, leaf_data: Callable[[int], bytes]) -> Edition:
    """Everything that must be written to go from a checkpoint of `old` leaves to one of `new`."""
    edition = every_tile(ledger, old, new, origin, leaf_data)
    return replace(edition, tiles=tuple(edition.tiles))


def without_what_stands(layout: Layout, edition: Edition) -> Edition:
    """An edition without the tiles that are on the disk as they should be: most, where only the index is lost."""
    return replace(edition, tiles=(one for one in edition.tiles if not _stands(layout, *one)))


def _stands(layout: Layout, name: str, data: bytes) -> bool:
    try:
        return layout.tile(name).read_bytes() == data
    except OSError:
        return False


def every_tile(ledger: Ledger, old: int, new: int, origin: str, leaf_data: Callable[[int], bytes]) -> Edition:
    """As `prepare`, but tiles are made when they are written: nothing else may use the ledger meanwhile."""
    ready = ledger.bundles.full if ledger.bundles and not old else []
    tiles = chain(hash_tiles(ledger.tree, old, new), _bundles(old, new, leaf_data, ready))
    with memoryview(ledger.index.image) as image:
        index = bytes(image[old * INDEX_BYTES : new * INDEX_BYTES])
    return Edition(old, Checkpoint(origin, new, ledger.tree.root(new)), tiles, index)


def write(layout: Layout, disk: Disk, edition: Edition, note: str) -> None:
    """Write an edition; OSError leaves the old checkpoint in force."""
    folders = set()
    for name, data in edition.tiles:
        path = layout.tile(name)
        disk.make_folder(path.parent)
        disk.replace(path, data, layout.aside)
        folders.add(path.parent)
    for folder in sorted(folders):
        disk.sync_folder(folder)
    _append_index(layout, disk, edition)
    disk.replace(layout.checkpoint, note.encode(), layout.aside)
    disk.sync_folder(layout.log)
    _drop_partial(layout, disk, edition)


def renew_index(layout: Layout, disk: Disk, index: Index, leaves: range) -> None:
    """Write the part of the index that tells of one pack again, its last place last of all.

    The opening looks at that one to see whether the part is of the pack as it is. OSError: it sees it.
    """
    image, middle = index.image, (leaves.stop - 1) * INDEX_BYTES
    descriptor = disk.open(layout.index)
    try:
        for start, end in ((leaves.start * INDEX_BYTES, middle), (middle, leaves.stop * INDEX_BYTES)):
            if start < end:
                disk.write(descriptor, (bytes(image[start:end]),), start)
                disk.sync(descriptor)
    finally:
        os.close(descriptor)


def _bundles(
    old: int, new: int, leaf_data: Callable[[int], bytes], ready: Sequence[bytes]
) -> Iterator[tuple[str, bytes]]:
    for number, width in changed(0, old, new):
        start = number * TILE_WIDTH
        if width == TILE_WIDTH and number < len(ready):
            data = ready[number]
        else:
            data = pack_bundle([leaf_data(seq) for seq in range(start, start + width)])
        yield tile_name(ENTRIES, number, width), data


def _append_index(layout: Layout, disk: Disk, edition: Edition) -> None:
    fresh = not layout.index.exists()
    descriptor = disk.open(layout.index)
    try:
        disk.write(descriptor, (edition.index,), edition.old * INDEX_BYTES)
        disk.cut(descriptor, edition.head.size * INDEX_BYTES)
        disk.sync(descriptor)
    finally:
        os.close(descriptor)
    if fresh:
        disk.sync_folder(layout.path)


def _drop_partial(layout: Layout, disk: Disk, edition: Edition) -> None:
    """Partial tiles may go once the full tile is there (tlog-tiles, "Partial Tiles")."""
    for name in superseded(edition.old, edition.head.size):
        folder = layout.tile(name)
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                disk.remove(path)
            disk.remove_folder(folder)
