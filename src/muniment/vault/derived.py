"""What is derived from the packs, compared with them: tiles, bundles, index; and files of no one's."""

import os
import re
from collections.abc import Callable, Iterator
from hashlib import sha256

from muniment.core.errors import FaultFoundError
from muniment.core.ids import RecordId
from muniment.core.merkle import leaf_hash
from muniment.vault.anchors.names import NAME as ANCHOR
from muniment.vault.checkpoint import Checkpoint, LedgerVerifier, split_note
from muniment.vault.faults import FaultKind, FaultList
from muniment.vault.index import INDEX_BYTES
from muniment.vault.layout import Layout
from muniment.vault.survey import Survey
from muniment.vault.tiles import ENTRIES, split_bundle, tile_name, widths
from muniment.vault.tree import HASH_BYTES, TILE_WIDTH

TILE_NAME = re.compile(
    r"log/tile/(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])/(?P<number>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)
KNOWN_NAME = re.compile(
    r"packs/[0-9]{6}\.pack|log/(checkpoint|ledger-key)|anchors/[^/]+\.checkpoint|index"
    rf"|anchors/{ANCHOR.pattern}"
)
"""Files that are checked elsewhere; an anchor is a head that was kept outside and came back."""
ASIDE = frozenset({"log/aside", "anchors/aside", "packs/aside"})


type Excused = Callable[[Checkpoint], bool]


def nothing(_head: Checkpoint) -> bool:
    """Where no loss was declared, no head is excused."""
    return False


class Derived:
    """The comparison for one vault; `size` is what its checkpoint covers."""

    def __init__(
        self,
        layout: Layout,
        found: Survey,
        size: int,
        faults: FaultList,
        *,
        live: bool,
        nested: frozenset[str] = frozenset(),
    ) -> None:
        """`nested` are folders that are checked by themselves, or are being made: later shards."""
        self._nested = nested
        self._layout, self._found, self._size = layout, found, size
        self._faults, self._live = faults, live
        self._tree = found.ledger.tree
        self._left = frozenset(f"keys/{path.name}" for path in layout.left_by_turn())
        self._keys = frozenset[str]()

    def check(self) -> None:
        """Compare every file."""
        names = sorted(self._names())
        self._keys = frozenset(f"keys/{path.name}" for path in self._layout.key_files()[1:])
        for name in names:
            self._file(name)
        there = set(names)
        for name in self._expected():
            full = f"log/{name.partition('.p/')[0]}"
            if f"log/{name}" not in there and not (self._live and full in there):
                self._faults.add(FaultKind.DAMAGED_TILE, f"log/{name} is missing")
        self._index()

    def _names(self) -> Iterator[str]:
        """Every file and link, relative to the vault; as text, for a large vault has many tiles."""
        waiting = [""]
        while waiting:
            prefix = waiting.pop()
            try:
                with os.scandir(self._layout.path / prefix) as entries:
                    found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
            except FileNotFoundError:  # a writer has put the full tile in the place of partial ones
                continue
            for name, folder in found:
                if f"{prefix}{name}" in self._nested:
                    continue
                if folder:
                    waiting.append(f"{prefix}{name}/")
                else:
                    yield f"{prefix}{name}"

    def _file(self, name: str) -> None:
        if KNOWN_NAME.fullmatch(name) or name in self._keys:
            return
        tile = TILE_NAME.fullmatch(name)
        if name in ASIDE or name in self._left:
            if not self._live:
                self._faults.add(FaultKind.TORN_TAIL, name)
        elif tile is None:
            self._faults.add(FaultKind.EXTRA_FILE, name)
        else:
            self._tile(name, tile["level"], _number(tile["number"]), int(tile["width"] or TILE_WIDTH))

    def _expected(self) -> Iterator[str]:
        level = 0
        while self._size >> 8 * level:
            full, partial = widths(level, self._size)
            for kind in (level, ENTRIES) if level == 0 else (level,):
                yield from (tile_name(kind, number) for number in range(full))
                if partial:
                    yield tile_name(kind, full, partial)
            level += 1

    def _tile(self, name: str, level: str, number: int, width: int) -> None:
        height = 0 if level == ENTRIES else int(level)
        first = number * TILE_WIDTH
        if width > TILE_WIDTH or (first + width) << 8 * height > self._tree.size:
            if not self._live:  # else a writer has published more since the packs were read
                self._faults.add(FaultKind.EXTRA_FILE, name)
            return
        try:
            data = (self._layout.path / name).read_bytes()
        except FileNotFoundError:
            return  # a writer has put the full tile in its place
        if level == ENTRIES:
            if (
                width < TILE_WIDTH
                or sha256(data).digest() not in self._found.bundles.full[number : number + 1]
            ):
                self._bundle(name, data, first, width)
        elif data != self._tree.hashes(height, first, first + width):
            self._hashes(name, data, height, first, width)

    def _hashes(self, name: str, data: bytes, level: int, first: int, width: int) -> None:
        right = self._tree.hashes(level, first, first + width)
        differing = [at for at in range(width) if _slice(right, at) != _slice(data, at)]
        for at in differing if level == 0 else ():
            self._faults.add(FaultKind.DAMAGED_TILE, f"{name}, entry {first + at}", self._id(first + at))
        if level or not differing:
            self._faults.add(FaultKind.DAMAGED_TILE, name)

    def _bundle(self, name: str, data: bytes, first: int, width: int) -> None:
        try:
            entries = split_bundle(data)
        except FaultFoundError:
            entries = []
        if len(entries) != width:
            self._faults.add(FaultKind.DAMAGED_TILE, f"{name}: its lengths do not fit")
            return
        leaves = [leaf_hash(entry) for entry in entries]
        if b"".join(leaves) == self._tree.hashes(0, first, first + width):
            return
        for seq, leaf in enumerate(leaves, first):
            if leaf != self._tree.leaf(seq):
                self._faults.add(FaultKind.DAMAGED_TILE, f"{name}, entry {seq}", self._id(seq))

    def _id(self, seq: int) -> RecordId:
        return self._found.index.place(seq).id

    def _index(self) -> None:
        path, right = self._layout.index, self._found.index.image
        data = path.read_bytes() if path.is_file() else b""
        count = len(data) // INDEX_BYTES
        if count < self._size:
            self._faults.add(FaultKind.DAMAGED_INDEX, f"index has {count} of {self._size} entries")
        if (len(data) % INDEX_BYTES or len(data) > len(right)) and not self._live:
            self._faults.add(FaultKind.DAMAGED_INDEX, "index is longer than the packs")
        if data == memoryview(right)[: len(data)]:
            return
        for seq in range(min(count, len(self._found.index))):
            part = slice(seq * INDEX_BYTES, (seq + 1) * INDEX_BYTES)
            if data[part] != right[part]:
                self._faults.add(FaultKind.DAMAGED_INDEX, f"index, entry {seq}", self._id(seq))


def check_outside(
    name: str,
    note: str,
    verifier: LedgerVerifier | None,
    found: Survey,
    faults: FaultList,
    excused: Excused = nothing,
) -> None:
    """Compare the ledger with a head that was kept elsewhere: the only way to see a rollback of all.

    `excused` says whether a head is of entries whose loss a restore has declared.
    """
    try:
        head = verifier.open(note) if verifier else split_note(note)[0]
    except FaultFoundError as error:
        faults.add(FaultKind.BAD_SIGNATURE, f"{name}: {error}")
        return
    tree = found.ledger.tree
    if head.size <= tree.size and tree.root(head.size) == head.root:
        return
    if excused(head):
        return
    if head.size > tree.size:
        faults.add(FaultKind.ROLLED_BACK, f"{name} has {head.size} entries, the packs {tree.size}")
    else:
        faults.add(FaultKind.REWRITTEN, f"{name} signs another ledger of {head.size} entries")


def _number(text: str) -> int:
    return int(text.replace("x", "").replace("/", ""))


def _slice(data: bytes, at: int) -> bytes:
    return data[at * HASH_BYTES : (at + 1) * HASH_BYTES]
