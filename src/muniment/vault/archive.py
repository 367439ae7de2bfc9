"""All shards of one organisation as one store: entries are counted from the first shard's first to the last's last.

Entries go to the last shard. Frozen ones take none, but their keys can still be destroyed and wrapped anew.
An order to erase stands where it was given, in a later shard than the record perhaps, and a record's segments
may stand in two shards: what destroys keys looks in all of them.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.core.ids import RecordId, record_text
from muniment.vault import segments, shards
from muniment.vault.chain import FROZEN, Frozen, Previous, Span, breaks, read_frozen
from muniment.vault.checkpoint import Checkpoint, LedgerSigner, LedgerVerifier, ledger_name, shard_of
from muniment.vault.compaction import Erasable, Going, Rewritten
from muniment.vault.disk import Disk
from muniment.vault.frames import Kind
from muniment.vault.grouping import clear_of
from muniment.vault.messages import ShardLeaves
from muniment.vault.orders import erased_record
from muniment.vault.packs import Entry
from muniment.vault.recovery import REMEDY
from muniment.vault.sealing import SealedBatch
from muniment.vault.slots import BatchRecord, Slot
from muniment.vault.store import REAL_DISK, Commit, Store

PACKS = 1_000_000  # a pack's name has six digits

type Signers = Callable[[int], LedgerSigner | None]
"""Gives what signs the ledger of a shard; None where its key was destroyed."""


@dataclass(frozen=True)
class Shard:
    """One shard: its number, how many entries stand in all before it, and its store."""

    number: int
    base: int
    store: Store


def unsigned(_shard: int) -> None:
    """For whoever only reads, or makes tiles and index anew."""


class Archive:
    """The vault of one organisation. Safe to use from several threads, as a `Store` is."""

    def __init__(self, path: Path, organisation: str, stores: dict[int, Store], disk: Disk) -> None:
        """Used by `open`."""
        self._path, self._organisation, self._disk = path, organisation, disk
        self._shards: tuple[Shard, ...] = ()
        for number, store in stores.items():
            self._shards += (Shard(number, self.size if self._shards else 0, store),)
        self._bases = [shard.base for shard in self._shards]
        for shard in self._shards[:-1]:
            shard.store.freeze()
        self.frozen: Frozen | None = None
        """How the last shard says that another is to follow: nothing can be committed until it does."""
        self._see_end()

    @classmethod
    def open(
        cls,
        path: Path,
        organisation: str,
        signer: Signers = unsigned,
        *,
        read_only: bool = False,
        disk: Disk = REAL_DISK,
    ) -> Self:
        """Open every shard as `Store.open` does, and check that they follow one another.

        `signer` is asked for the last one. FaultFoundError too if a shard is missing or another's.
        """
        stores: dict[int, Store] = {}
        numbers = shards.numbers(path)
        try:
            for number in numbers:
                signs = signer(number) if number == numbers[-1] else None
                folder, name = shards.path(path, number), ledger_name(organisation, number)
                stores[number] = Store.open(folder, name, signs, read_only=read_only, disk=disk)
            if len(stores) > 1 and not stores[numbers[-1]].size:  # its first entry never became durable
                stores.pop(numbers[-1]).close()
                _sign_again(stores, path, organisation, signer, read_only=read_only, disk=disk)
            archive = cls(path, organisation, stores, disk)
            archive._check()
            archive._carry_out(None if read_only else archive._destroy)
        except BaseException:
            for store in stores.values():
                store.close()
            raise
        return archive

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give locks and files back. What is committed stays so, published or not."""
        for shard in self._shards:
            shard.store.close()

    @property
    def shards(self) -> tuple[Shard, ...]:
        """Every shard, in order."""
        return self._shards

    @property
    def last(self) -> Shard:
        """The shard that takes entries."""
        return self._shards[-1]

    @property
    def size(self) -> int:
        """How many entries are durable."""
        return self.last.base + self.last.store.size

    @property
    def published(self) -> int:
        """How many entries stand under a checkpoint."""
        return self.last.base + self.last.store.checkpoint.size

    @property
    def segment_count(self) -> int:
        """How many of the entries are segments."""
        return sum(shard.store.segment_count for shard in self._shards)

    @property
    def root(self) -> bytes:
        """The Merkle root over the last shard's durable leaves."""
        return self.last.store.root

    @property
    def verifier(self) -> LedgerVerifier:
        """The key that signs the last shard's checkpoints."""
        return self.last.store.verifier

    @property
    def checkpoint(self) -> Checkpoint:
        """The last shard's published head, which counts its own entries only."""
        return self.last.store.checkpoint

    @property
    def checkpoint_text(self) -> str:
        """The last shard's signed head."""
        return self.last.store.checkpoint_text

    def commit(self, batches: Sequence[SealedBatch]) -> Commit:
        """Append sealed batches as one group; durable on return. Errors as `Store.commit`."""
        if self.frozen is not None:
            raise NotAvailableError(
                "The shard is frozen, and its successor could not be begun.",
                remedy="See to the disk, then start again: it is begun when the vault is opened.",
            )
        shard = self.last
        done = shard.store.commit(batches)
        if FROZEN in batches[-1].entries[-1].head:
            self._see_end()
        if len(self._shards) > 1:
            for order in _orders(clear_of(entry.head) for batch in batches for entry in batch.entries):
                self._note(order)
        return replace(done, first=shard.base + done.first)

    def publish(self) -> None:
        """Sign and publish the last shard's head; errors as `Store.publish`."""
        self.last.store.publish()

    def rebuild(self) -> None:
        """Write tiles and index of every shard anew; errors as `Store.rebuild`."""
        for shard in self._shards:
            shard.store.rebuild()

    def begin(self, number: int, signer: LedgerSigner, opened: SealedBatch) -> None:
        """Begin the shard that follows the frozen one, with its first entry; durable and published on return.

        What a crash left of it is taken up. The old ledger key is not used after this.
        """
        if self.frozen is None or number <= self.last.number:
            raise WrongUseError("A shard follows one that was frozen, and has a higher number.")
        self.last.store.retire()
        folder, name = shards.path(self._path, number), ledger_name(self._organisation, number)
        if number in shards.numbers(self._path):
            store = Store.open(folder, name, signer, disk=self._disk)
        else:
            store = Store.create(folder, name, signer, disk=self._disk)
        try:
            if not store.size:
                store.commit([opened])
            store.publish()
            added = (*self._shards, Shard(number, self.size, store))
            _require_chain([_span(shard.store) for shard in added], self._organisation)
        except BaseException:
            store.close()
            raise
        self.last.store.freeze()
        self._bases.append(self.size)
        self._shards, self.frozen = added, None

    def entry(self, seq: int) -> Entry:
        """One entry; errors as `Store.entry`."""
        shard = self._of(seq)
        found = shard.store.entry(seq - shard.base)
        return found._replace(seq=seq) if shard.base else found

    def entries(self, first: int, last: int) -> Iterator[Entry]:
        """Entries `first` to `last`, both included, in order."""
        for seq in range(first, last + 1):
            yield self.entry(seq)

    def actions(self) -> Iterator[Entry]:
        """Every ACTION entry in order; records are not read."""
        for shard in self._shards:
            for action in shard.store.actions():
                yield action._replace(seq=shard.base + action.seq) if shard.base else action

    def places(self) -> dict[str, int]:
        """Where each record stands, by its `rec_…` id; nothing is read."""
        return {
            record: shard.base + seq for shard in self._shards for record, seq in shard.store.places().items()
        }

    def kind(self, seq: int) -> Kind:
        """The kind of one entry, without reading it."""
        shard = self._of(seq)
        return shard.store.kind(seq - shard.base)

    def slot(self, seq: int) -> Slot:
        """The key slot of an entry; errors as `Store.slot`."""
        shard = self._of(seq)
        return shard.store.slot(seq - shard.base)

    def wrapped(self, seq: int) -> tuple[Slot, BatchRecord | None]:
        """The key slot of an entry with its batch, whose first entry is counted among all; as `Store.wrapped`."""
        shard = self._of(seq)
        slot, batch = shard.store.wrapped(seq - shard.base)
        return slot, replace(batch, first=shard.base + batch.first) if batch and shard.base else batch

    def epochs(self) -> frozenset[int]:
        """The epochs that the key files of all shards name."""
        return frozenset[int]().union(*(shard.store.epochs() for shard in self._shards))

    def destroy_key(self, *sequences: int) -> None:
        """Destroy the keys of records and their segments, durably; RefusedError without an order for each."""
        if len(self._shards) == 1:
            self.last.store.destroy_key(*sequences)
        else:
            named = [shard.store.id(seq - shard.base) for seq in sequences for shard in (self._of(seq),)]
            self._destroy([each for record in named for each in self._concerned(record)])

    def unclaimed(self) -> frozenset[int]:
        """The segments of which no record in any shard is the whole, erased ones too."""
        if len(self._shards) == 1:
            return self.last.store.unclaimed()
        if not self.segment_count:
            return frozenset()
        whole = (shard.store.id(seq - shard.base) for seq, shard in self._of_kind(Kind.RECORD))
        claimed = {part for record in whole for part in segments.sequences(self.sequence, record)}
        return frozenset(seq for seq, _ in self._of_kind(Kind.SEGMENT)) - claimed

    def erasable(self) -> tuple[Erasable, ...]:
        """What compaction could win; packs of later shards are counted from their shard's million on."""
        return tuple(
            each._replace(pack=each.pack + _millions(shard))
            for shard in self._shards
            for each in shard.store.erasable()
        )

    def compact(self, number: int, going: Going = lambda: True) -> Rewritten:
        """Compact one pack, counted as in `erasable`; errors as `Store.compact`."""
        shard = self._numbered(number // PACKS + 1)
        done = shard.store.compact(number % PACKS, going)
        return done._replace(pack=number, first=shard.base + done.first)

    def segment(self, record: RecordId, number: int) -> int | None:
        """The entry that holds one segment of a record, counted from 0; None if there is none."""
        return self.sequence(segments.segment_id(record, number))

    def segments(self, seq: int) -> tuple[int, ...]:
        """The entries that hold the segments of a record, in order; none where it has none."""
        shard = self._of(seq)
        return tuple(segments.sequences(self.sequence, shard.store.id(seq - shard.base)))

    def erasure_ordered(self, seq: int) -> bool:
        """Whether the ledger holds an order to erase this entry."""
        shard = self._of(seq)
        return shard.store.erasure_ordered(seq - shard.base)

    def find(self, record: RecordId) -> int:
        """The place of a record or action; WrongUseError if unknown."""
        seq = self.sequence(record)
        if seq is None:
            raise WrongUseError(f"{record_text(record)} is not in the ledger.")
        return seq

    def sequence(self, entry: RecordId) -> int | None:
        """The place of an entry, by its identifier; None if it is not here."""
        for shard in reversed(self._shards):
            seq = shard.store.sequence(entry)
            if seq is not None:
                return shard.base + seq
        return None

    def proof(self, seq: int) -> str:
        """The tlog-proof of an entry with its own shard's last checkpoint; errors as `Store.proof`."""
        shard = self._of(seq)
        return shard.store.proof(seq - shard.base)

    def shard_of(self, seq: int) -> Shard:
        """The shard that holds an entry; WrongUseError beyond `size`."""
        return self._of(seq)

    def leaves_from(self, seq: int) -> Iterator[ShardLeaves]:
        """What proves the shard of an entry and every later one, each whole under its checkpoint."""
        for shard in self._shards[self._shards.index(self._of(seq)) :]:
            store = shard.store
            leaves = store.leaf_data(store.checkpoint.size)
            yield ShardLeaves(shard.number, store.verifier.text, store.checkpoint_text, leaves)

    def head(self, old: int, shard: int = 0) -> tuple[Checkpoint, str, list[bytes]]:
        """The published head of a shard (0: the last), as `Store.published`; WrongUseError if it is not here."""
        return self._numbered(shard or self.last.number).store.published(old)

    def keep_anchor(self, note: str, data: bytes, source: str, ending: str, now: int) -> str:
        """Keep what came back from outside for the head in `note`, in its own shard; as `Store.keep_anchor`."""
        origin = note.partition("\n")[0]
        shard = self._numbered(shard_of(origin, self._organisation))
        return shard.store.keep_anchor(note, data, source, ending, now)

    def previous(self) -> Previous:
        """The last shard as its successor names it."""
        store = self.last.store
        return Previous(store.verifier.origin, store.size, store.root.hex())

    def _of(self, seq: int) -> Shard:
        if not 0 <= seq < self.size:
            raise WrongUseError(f"The ledger has {self.size} entries; there is no entry {seq}.")
        return self._shards[bisect_right(self._bases, seq) - 1]

    def _of_kind(self, kind: Kind) -> Iterator[tuple[int, Shard]]:
        for shard in self._shards:
            for seq in range(shard.store.size):
                if shard.store.kind(seq) is kind:
                    yield shard.base + seq, shard

    def _numbered(self, number: int) -> Shard:
        found = next((shard for shard in self._shards if shard.number == number), None)
        if found is None:
            raise WrongUseError(f"There is no shard {number} here.")
        return found

    def _see_end(self) -> None:
        store = self.last.store
        self.frozen = read_frozen(store.entry(store.size - 1).clear) if store.size else None

    def _check(self) -> None:
        if len(self._shards) == 1:
            return
        _require_chain([_span(shard.store) for shard in self._shards], self._organisation)
        for shard in self._shards[:-1]:
            if shard.store.checkpoint.size != shard.store.size:
                raise FaultFoundError(f"The head of shard {shard.number} was never signed.", remedy=REMEDY)

    def _carry_out(self, destroy: "Callable[[Sequence[int]], None] | None") -> None:
        """Note every order in the shard where it takes effect, and destroy keys that are still there."""
        if len(self._shards) == 1:
            return
        for order in _orders(action.clear for action in self.actions()):
            self._note(order)
            if destroy is not None:
                destroy(self._concerned(order))

    def _note(self, record: RecordId) -> None:
        for shard, here in self._by_shard(self._concerned(record)):
            shard.store.order(here)

    def _destroy(self, sequences: Sequence[int]) -> None:
        for shard, here in self._by_shard(sequences):
            shard.store.destroy_keys(here)

    def _concerned(self, record: RecordId) -> list[int]:
        """A record and its segments, wherever they stand; none if it is not here."""
        seq = self.sequence(record)
        return [] if seq is None else [seq, *segments.sequences(self.sequence, record)]

    def _by_shard(self, sequences: Sequence[int]) -> Iterator[tuple[Shard, list[int]]]:
        for shard in self._shards:
            end = shard.base + shard.store.size
            here = [seq - shard.base for seq in sequences if shard.base <= seq < end]
            if here:
                yield shard, here


def _sign_again(
    stores: dict[int, Store], path: Path, organisation: str, signer: Signers, *, read_only: bool, disk: Disk
) -> None:
    """Open the frozen shard again as the last one: its successor was never begun."""
    number = max(stores)
    stores.pop(number).close()
    folder, name = shards.path(path, number), ledger_name(organisation, number)
    stores[number] = Store.open(folder, name, signer(number), read_only=read_only, disk=disk)


def _millions(shard: Shard) -> int:
    return (shard.number - 1) * PACKS


def _require_chain(spans: Sequence[Span], organisation: str) -> None:
    for _, why in breaks(spans, organisation):
        raise FaultFoundError("A shard does not follow the one before it.", why=f"{why}.", remedy=REMEDY)


def _span(store: Store) -> Span:
    size = store.size
    return Span(store.verifier, size, store.root, store.entry(0).clear, store.entry(size - 1).clear)


def _orders(clears: Iterator[bytes]) -> Iterator[RecordId]:
    for clear in clears:
        record = erased_record(clear)
        if record is not None:
            yield record
