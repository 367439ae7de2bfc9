"""Packs: reading groups of frames, strictly, and single entries by their place."""

import fcntl
import os
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from threading import Lock
from typing import NamedTuple

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.core.ids import RecordId, record_text
from muniment.core.merkle import leaf_hash
from muniment.vault.frames import (
    COMMIT_BODY_BYTES,
    COMMIT_BYTES,
    DIGEST_BYTES,
    ENTRY_MAGIC,
    HEADER_BYTES,
    CommitFrame,
    Header,
    Kind,
    Readable,
    commit_digest,
    leaf_data,
    parse_commit,
    parse_stored,
    stored_leaf,
)
from muniment.vault.index import Place
from muniment.vault.layout import Layout

FIRST_READ = 8192  # bytes; most mails, compressed, come with one read
MOST_OPEN_PACKS = 64
ANY_ENTRY = re.compile(rb"MN[RS]1")


class Entry(NamedTuple):
    """One entry of the ledger as it lies in its pack, still sealed."""

    seq: int
    kind: Kind
    id: RecordId
    clear: bytes
    head: bytes
    commitment: bytes
    ciphertext: bytes
    """Empty where compaction has left a stub."""
    digest: bytes = b""
    """SHA-256 of the ciphertext that compaction has taken away; empty where it stands."""

    @property
    def leaf_data(self) -> bytes:
        """What the ledger hashes for it."""
        if self.digest:
            return self.head + self.commitment + self.digest
        return leaf_data(self.head, self.commitment, self.ciphertext)


class Group(NamedTuple):
    """Entries that became durable together, their commit frame, and where it ends in the pack."""

    places: list[Place]
    commit: CommitFrame
    end: int
    stubs: tuple[int, ...] = ()
    """Which of them are stubs, counted from 0."""

    @property
    def leaves(self) -> list[bytes]:
        """The leaf hashes, in order."""
        return [place.leaf for place in self.places]


class Span(NamedTuple):
    """A group as its headers and commit frame describe it; nothing of it has been hashed."""

    starts: list[int]
    """Where each entry begins in the data."""
    headers: list[Header]
    commit: CommitFrame
    end: int
    length: int
    """Its bytes, commit frame included, as they were when it was sealed."""


def read_span(data: Readable, start: int) -> Span | None:
    """The group that begins at `start`, by its lengths alone; None unless they fit and all is there."""
    starts, headers, at = list[int](), list[Header](), start
    while header := parse_stored(data, at):
        starts.append(at)
        headers.append(header)
        at += header.stored_length
    commit = parse_commit(data, at)
    length = sum(header.frame_length for header in headers)
    if commit is None or (commit.count, commit.body_length) != (len(headers), length):
        return None
    return Span(starts, headers, commit, at + COMMIT_BYTES, length + COMMIT_BYTES)


def read_spans(data: Readable) -> Iterator[Span]:
    """Every group from the start of `data` up to the first whose lengths do not fit."""
    at = 0
    while span := read_span(data, at):
        yield span
        at = span.end


def read_group(data: bytes, start: int, pack: int, base: int = 0) -> Group | None:
    """The group that begins at `start` in `data`, or None unless all of it is there and whole.

    `base` is where `data` begins in the pack. Whether the group follows the one before is the
    caller's to check.
    """
    places, stubs, at, length = list[Place](), list[int](), start, 0
    with memoryview(data) as view:
        while header := parse_stored(data, at):
            middle = at + header.body_start
            end = middle + (DIGEST_BYTES if header.stub else header.payload_length)
            if end > len(data):
                return None
            if header.stub:
                stubs.append(len(places))
                leaf = stored_leaf(view, at, header)
            else:
                leaf = leaf_hash(data[at:middle] + sha256(view[middle:end]).digest())
            places.append(Place(header.kind, pack, base + at, header.id, leaf))
            length += middle - at + header.payload_length
            at = end
        commit = parse_commit(data, at)
        if commit is None or (commit.count, commit.body_length) != (len(places), length):
            return None
        group = Group(places, commit, base + at + COMMIT_BYTES, tuple(stubs))
        right = commit_digest(view[at : at + COMMIT_BODY_BYTES], group.leaves) == commit.digest
        return group if right else None


def read_groups(data: bytes, pack: int, base: int = 0) -> Iterator[Group]:
    """Every whole group from the start of `data` up to the first that is not."""
    at = 0
    while group := read_group(data, at, pack, base):
        yield group
        at = group.end - base


def find_group(data: bytes, start: int, pack: int) -> Group | None:
    """The first whole group anywhere after `start`: where there is one, a tail is not merely torn."""
    seen = set[int]()
    for found in ANY_ENTRY.finditer(data, start):
        if found.start() in seen:
            continue
        first = _last_group_start(data, found.start(), seen)
        group = read_group(data, first, pack) if first is not None else None
        if group:
            return group
    return None


def _last_group_start(data: bytes, at: int, seen: set[int]) -> int | None:
    """Where the group begins whose commit frame follows the run of entries at `at`; the run is noted in `seen`."""
    starts = []
    while header := parse_stored(data, at):
        starts.append(at)
        at += header.stored_length
    seen.update(starts)
    commit = parse_commit(data, at)
    return starts[-commit.count] if commit and commit.count <= len(starts) else None


def sealed_length(data: Readable, length: int) -> int:
    """How many bytes the groups in the first `length` bytes of a pack had when they were sealed.

    FaultFoundError unless groups end there.
    """
    end = sealed = 0
    for span in read_spans(data):
        if end == length:
            break
        end, sealed = span.end, sealed + span.length
    if end != length:
        raise FaultFoundError("A pack holds no whole number of groups.", remedy="Run `muniment verify`.")
    return sealed


def stored_length(data: Readable, sealed: int) -> int:
    """Where in a pack the groups end that were `sealed` bytes long together; the inverse of `sealed_length`."""
    end = passed = 0
    for span in read_spans(data):
        if passed >= sealed:
            break
        end, passed = span.end, passed + span.length
    if passed != sealed:
        raise FaultFoundError("A pack ends within a group.", remedy="Run `muniment verify`.")
    return end


@contextmanager
def held(layout: Layout, *, alone: bool) -> Iterator[None]:
    """Keep packs from being exchanged while they are read from end to end; or be `alone`, to exchange one.

    Whoever opens a single entry needs none of this. NotAvailableError if somebody reads them all, and it
    was to be alone; who reads waits the moment that an exchange takes.
    """
    descriptor = os.open(layout.packs, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _lock(descriptor, alone=alone)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, *, alone: bool) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
    except BlockingIOError as error:
        raise NotAvailableError(
            "The packs are being read from end to end.",
            why="A check or a backup of the whole vault is under way.",
            remedy="Try again when it is done.",
        ) from error


class PackReader:
    """Reads from packs, keeping the last few open."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._open: OrderedDict[int, int] = OrderedDict()
        self._lock = Lock()  # a descriptor must not be closed while another thread reads from it

    def close(self) -> None:
        """Close every pack."""
        with self._lock:
            while self._open:
                os.close(self._open.popitem()[1])

    def tail(self, number: int, offset: int) -> bytes:
        """Everything in a pack from `offset` on."""
        with self._layout.pack(number).open("rb") as file:
            file.seek(offset)
            return file.read()

    def commit_after(self, place: Place) -> tuple[CommitFrame, int] | None:
        """The commit frame that follows the entry at `place`, and where it ends."""
        header = self.header(place)
        if header is None:
            return None
        start = place.offset + header.stored_length
        commit = parse_commit(self._read(place.pack, start, COMMIT_BYTES))
        return (commit, start + COMMIT_BYTES) if commit else None

    def header(self, place: Place) -> Header | None:
        """The header of the entry, or of the stub, at `place`; None where none can begin there."""
        return parse_stored(self._read(place.pack, place.offset, HEADER_BYTES))

    def entry(self, seq: int, place: Place) -> Entry:
        """The entry at `place`; FaultFoundError unless its leaf is the one the ledger has."""
        data = self._read(place.pack, place.offset, FIRST_READ)
        header = parse_stored(data)
        if header and header.stored_length > len(data):
            data += self._read(place.pack, place.offset + len(data), header.stored_length - len(data))
        if header is None or header.stored_length > len(data):
            raise damaged(seq, place)
        if stored_leaf(memoryview(data), 0, header) != place.leaf:
            raise damaged(seq, place)
        clear_end = HEADER_BYTES + header.clear_length
        head, commitment = data[:clear_end], data[clear_end : header.body_start]
        body = data[header.body_start : header.stored_length]
        sealed, digest = (b"", body) if header.stub else (body, b"")
        head = ENTRY_MAGIC + head[len(ENTRY_MAGIC) :] if header.stub else head
        return Entry(seq, header.kind, header.id, head[HEADER_BYTES:], head, commitment, sealed, digest)

    def exchange(self, number: int, rename: Callable[[], None]) -> None:
        """Let another file take the place of a pack: nobody reads from either while `rename` runs."""
        with self._lock:
            rename()
            self._forget(number)

    def _forget(self, number: int) -> None:
        if number in self._open:
            os.close(self._open.pop(number))

    def _read(self, number: int, offset: int, length: int) -> bytes:
        try:
            with self._lock:
                return os.pread(self._descriptor(number), length, offset)
        except FileNotFoundError as error:
            raise FaultFoundError(
                f"Pack {number} is missing.",
                remedy="Restore it from a backup; `muniment verify` lists what it held.",
            ) from error
        except OSError as error:
            raise NotAvailableError(f"Pack {number} cannot be read.", why=f"{error.strerror}.") from error

    def _descriptor(self, number: int) -> int:
        descriptor = self._open.get(number)
        if descriptor is None:
            if len(self._open) >= MOST_OPEN_PACKS:
                os.close(self._open.popitem(last=False)[1])
            descriptor = os.open(self._layout.pack(number), os.O_RDONLY | os.O_CLOEXEC)
            self._open[number] = descriptor
        return descriptor


def damaged(seq: int, place: Place, why: str = "") -> FaultFoundError:
    """The error for an entry that is not what the ledger says."""
    return FaultFoundError(
        f"Entry {seq} ({record_text(place.id)}) is damaged in pack {place.pack}.",
        why=why,
        remedy="Run `muniment verify`, then restore the pack from a backup.",
    )
