"""The store of one shard: packs, key slots, ledger tiles and checkpoint, one writer.

What can be asked of it stands in `shard_reading`; here is what opens and changes it.

An organisation has one shard until its ledger key changes; `archive` goes over all of them. A store counts
its own entries, from 0, and is called by the name of its ledger: the organisation's id, later with a number.

Order of writing: entries, batches, key slots and commit frame; fdatasync of all three files at the same
time; only then is anything acknowledged. Tiles, index and checkpoint follow in `publish`. docs/format.md
has the bytes, `recovery` what happens after a crash.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from muniment.core.errors import FaultFoundError, NotAvailableError, RefusedError, WrongUseError
from muniment.core.merkle import EMPTY_ROOT
from muniment.vault import publishing
from muniment.vault.anchors.keeping import keep
from muniment.vault.checkpoint import LedgerSigner, LedgerVerifier, organisation_of, origin_of
from muniment.vault.compaction import Erasable, Going, Rewritten
from muniment.vault.disk import Disk
from muniment.vault.frames import Kind
from muniment.vault.grouping import clear_of, close, plan
from muniment.vault.layout import Layout
from muniment.vault.orders import erased_record
from muniment.vault.packs import Entry
from muniment.vault.recovery import REMEDY, Recovered, recover
from muniment.vault.sealing import EpochKey, SealedBatch
from muniment.vault.shard_reading import ShardReading
from muniment.vault.slots import Slot, State
from muniment.vault.tree import TILE_WIDTH
from muniment.vault.turning import Agree, Turning
from muniment.vault.writer import Writer, lock

__all__ = ["Commit", "Entry", "Slot", "Store"]

REAL_DISK = Disk()


@dataclass(frozen=True, slots=True)
class Commit:
    """What became durable together: `count` entries from `first`, and the ledger's root after them."""

    first: int
    count: int
    root: bytes


class Store(ShardReading):
    """One shard of a vault. Opening it for writing locks it and recovers it.

    Safe to use from several threads: commits and publications each go one after another.
    """

    def __init__(
        self,
        layout: Layout,
        organisation: str,
        found: Recovered,
        verifier: LedgerVerifier,
        signer: LedgerSigner | None,
    ) -> None:
        """Used by `create` and `open`."""
        super().__init__(layout, organisation, found)
        self._organisation = organisation
        self._signer, self.verifier = signer, verifier
        self._lock: int | None = None
        self._disk = REAL_DISK
        self._frozen = False

    @classmethod
    def create(cls, path: Path, organisation: str, signer: LedgerSigner, *, disk: Disk = REAL_DISK) -> Self:
        """Make an empty vault at `path` with a signed checkpoint of size 0, and open it.

        WrongUseError if there is one already.
        """
        layout = Layout(path)
        if layout.checkpoint.exists():
            raise WrongUseError(f"There is a vault at {path} already.")
        try:
            for folder in (layout.packs, layout.keys, layout.log, layout.anchors):
                disk.make_folder(folder)
            disk.replace(layout.ledger_key, f"{signer.verifier.text}\n".encode(), layout.aside)
            disk.replace(layout.checkpoint, signer.sign(0, EMPTY_ROOT).encode(), layout.aside)
            disk.sync_folder(layout.log)
        except OSError as error:
            raise NotAvailableError(f"No vault can be made at {path}.", why=f"{error.strerror}.") from error
        return cls.open(path, organisation, signer, disk=disk)

    @classmethod
    def open(
        cls,
        path: Path,
        organisation: str,
        signer: LedgerSigner | None,
        *,
        read_only: bool = False,
        disk: Disk = REAL_DISK,
    ) -> Self:
        """Lock, recover and open. `read_only` takes no lock and changes nothing.

        Recovery cuts a torn tail, destroys keys whose erasure was ordered, and publishes. Without a
        signer nothing can be published. FaultFoundError if the vault is damaged or rolled back,
        NotAvailableError if it is locked, missing or cannot be written.
        """
        layout = Layout(path)
        verifier = signer.verifier if signer else read_ledger_key(layout)
        if verifier.origin != origin_of(organisation):
            raise WrongUseError(f"The ledger key is not that of {organisation}.")
        held, store = None if read_only else lock(layout), None
        try:
            found = recover(layout, organisation, verifier)
            store = cls(layout, organisation, found, verifier, signer)
            store._find_orders()
            if held is not None:
                store._take_over(found, held, disk)
        except BaseException:
            if store is not None:
                store._reader.close()
                store._keys.close()
            if held is not None:
                os.close(held)
            raise
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the lock and the files back. What is committed stays so, published or not."""
        with self._publishing, self._committing:
            self._reader.close()
            self._keys.close()
            if self._writer:
                self._writer.close()
                self._writer = None
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None

    def commit(self, batches: Sequence[SealedBatch]) -> Commit:
        """Append sealed batches as one group; durable on return.

        NotAvailableError with nothing kept if the disk cannot; RefusedError if an identifier is
        already taken or a batch is for another organisation; FaultFoundError if one is malformed.
        """
        with self._committing:
            writer = self._writing()
            if self._frozen:
                raise WrongUseError("This shard is frozen: entries go to the one that follows.")
            planned = plan(self._ledger, organisation_of(self._organisation), writer.batches, batches)
            try:
                closed = writer.append(planned, lambda: close(self._ledger, self._codec, planned))
            except BaseException:
                self._ledger.tree.revert(planned.before)
                raise
            self._ledger.adopt(closed.group, planned.pack, closed.index)
            first, group = planned.before.size, closed.group
            self._recent.update(enumerate(closed.leaf_data, first))
            for header, head in zip(planned.headers, planned.parts[::3], strict=True):
                if header.kind is Kind.ACTION:
                    self._note_order(clear_of(head))
                self.segment_count += header.kind is Kind.SEGMENT
            self.size = self._ledger.tree.size
            return Commit(first, group.commit.count, group.commit.root)

    def publish(self) -> None:
        """Write tiles, index and signed checkpoint up to `size`; NotAvailableError if the disk cannot."""
        with self._publishing:
            self._writing()
            with self._committing:
                if self.size == self.checkpoint.size:
                    return
                if self._signer is None:
                    raise NotAvailableError("The ledger key is not here, so no checkpoint can be signed.")
                edition = publishing.prepare(
                    self._ledger, self.checkpoint.size, self.size, self.verifier.origin, self._leaf_data
                )
            note = self._signer.sign(edition.head.size, edition.head.root)
            try:
                publishing.write(self._layout, self._disk, edition, note)
            except OSError as error:
                raise NotAvailableError(
                    "The checkpoint cannot be published.", why=f"{error.strerror}."
                ) from error
            with self._committing:
                self.checkpoint, self.checkpoint_text = edition.head, note
                keep = edition.head.size - edition.head.size % TILE_WIDTH
                self._recent = {seq: data for seq, data in self._recent.items() if seq >= keep}

    def rebuild(self) -> None:
        """Write tiles and index anew from the packs, under the same checkpoint.

        FaultFoundError if a pack is damaged; NotAvailableError if the disk cannot.
        """
        with self._publishing, self._committing:
            self._writing()
            size = self.checkpoint.size
            bundles: dict[int, list[bytes]] = {}
            edition = publishing.every_tile(
                self._ledger, 0, size, self.verifier.origin, lambda seq: self._published_leaf(seq, bundles)
            )
            try:
                edition = publishing.without_what_stands(self._layout, edition)
                publishing.write(self._layout, self._disk, edition, self.checkpoint_text)
                self._ledger.bundles = None
            except OSError as error:
                raise NotAvailableError("The log cannot be rebuilt.", why=f"{error.strerror}.") from error

    def epochs(self) -> frozenset[int]:
        """The epochs that the batches of the present key files name. FaultFoundError if one is damaged."""
        count = self._writing().batches
        return frozenset(self.batch(number).epoch for number in range(count))

    def begin_turn(self, key: EpochKey, agree: Agree) -> Turning:
        """Begin to wrap every key anew under `key`; commits and erasures may go on meanwhile.

        Call `advance` on it as far as `size`, then `finish_turn`; or `abandon`. NotAvailableError if the
        disk refuses.
        """
        self._writing()
        try:
            return Turning(
                self._layout,
                self._disk,
                key,
                agree,
                lambda seq: self._ledger.index.place(seq).id,
                ledger=self._organisation,
            )
        except OSError as error:
            raise NotAvailableError("The epoch cannot be turned now.", why=f"{error.strerror}.") from error

    def finish_turn(self, turning: Turning) -> None:
        """Go over to the new key files, with all that happened meanwhile; durable on return.

        Nothing that lives is wrapped under an earlier epoch afterwards. Errors as `Writer.turn`, and
        FaultFoundError if a slot is damaged.
        """
        with self._committing:
            self._writing().turn(turning, sorted(self._ordered))
            self._keys.close()  # those that count now are opened when somebody asks

    def pack_lengths(self) -> tuple[int, ...]:
        """How many bytes of each pack, in order, hold what is durable now, counted as they were sealed.

        So a number stays what it is when its pack is compacted.
        """
        self._compactor.sealed_lengths(self._open_pack, tuple(self._ordered))  # slow only the first time
        with self._committing:
            closed = self._compactor.sealed_lengths(self._open_pack, tuple(self._ordered))
            return (*closed, *(() if self._frozen else (self._ledger.end,)))

    @property
    def _open_pack(self) -> int:
        """The pack that the next commit may go to: of a frozen shard there is none, and all are closed."""
        return self._ledger.pack + 1 if self._frozen else self._ledger.pack

    def erasable(self) -> tuple[Erasable, ...]:
        """What compaction could win, in each closed pack that holds erased entries."""
        return self._compactor.erasable(self._erased(range(1, self._open_pack)))

    def compact(self, number: int, going: Going = lambda: True) -> Rewritten:
        """Write a closed pack again with stubs of what was erased; durable on return, every proof holds.

        Commits, erasures and openings go on meanwhile. NotAvailableError, and no entry is lost, if the disk
        refuses, `going` says no, or somebody reads all packs; FaultFoundError if the pack is damaged.
        """
        self._writing()
        if not 0 < number < self._open_pack:
            raise WrongUseError(f"Pack {number} is not closed yet, or there is none.")
        self.publish()  # the stored index must have all of the pack
        pack = range(number, number + 1)
        return self._compactor.compact(self._disk, number, lambda: frozenset(self._erased(pack)), going)

    def _erased(self, packs: range) -> list[int]:
        """Entries in these packs whose order stands and whose key is destroyed. An action is never one."""
        index = self._ledger.index
        return [
            seq
            for seq in sorted(self._ordered)
            if index.pack(seq) in packs
            and index.kind(seq) != Kind.ACTION
            and self.slot(seq).state is State.EMPTY
        ]

    def destroy_key(self, *sequences: int) -> None:
        """Zero the slot of each, and those of the record's segments, durably.

        RefusedError unless the ledger holds the order to erase this record: without it an erased
        record would look lost.
        """
        with self._committing:
            for seq in sequences:
                if self._within(seq) not in self._ordered:
                    raise RefusedError(f"Entry {seq} cannot be erased: the ledger holds no order for it.")
            parts = (part for seq in sequences for part in self.segments(seq))
            self._writing().erase(*sequences, *parts)

    def order(self, sequences: Iterable[int]) -> None:
        """Take note of an order to erase these entries that stands in a later shard.

        Keys that are still there are destroyed where `destroy_keys` is called next.
        """
        with self._committing:
            self._ordered |= set(sequences)

    def destroy_keys(self, sequences: Sequence[int]) -> None:
        """Zero those of these slots that are not empty, durably; RefusedError for one without an order."""
        with self._committing:
            if not self._ordered.issuperset(sequences):
                raise RefusedError("An entry cannot be erased: the ledger holds no order for it.")
            if live := [seq for seq in sequences if not self._keys.empty(seq)]:
                self._writing().erase(*live)

    def retire(self) -> None:
        """Publish what is there, for the last time, and let go of the ledger key."""
        self.publish()
        with self._publishing:
            self._signer = None

    def freeze(self) -> None:
        """Take no commit any more: another shard follows, so the last pack is closed as well."""
        with self._committing:
            self._frozen = True

    def keep_anchor(self, note: str, data: bytes, source: str, ending: str, now: int) -> str:
        """Keep what came back from outside for the head in `note`; the file's name, durable on return.

        FaultFoundError unless the ledger key has signed the note, and the ledger had this head.
        """
        self._writing()
        head = self.verifier.open(note)
        if not self.holds(head):
            raise FaultFoundError("This ledger never had that head.", remedy=REMEDY)
        with self._publishing:
            return keep(self._layout, self._disk, head, note, data, source, ending, now)

    def _writing(self) -> Writer:
        if self._writer is None:
            raise WrongUseError("This vault is open for reading only.")
        return self._writer

    def _find_orders(self) -> None:
        for action in self.actions():
            self._note_order(action.clear)

    def _note_order(self, clear: bytes) -> None:
        record = erased_record(clear)
        seq = self._ledger.index.sequence(record) if record else None
        if seq is not None:
            self._ordered |= {seq, *self.segments(seq)}

    def _take_over(self, found: Recovered, held: int, disk: Disk) -> None:
        self._writer = Writer(self._layout, disk, found)
        self._disk, self._lock = disk, held
        for seq in sorted(self._ordered):
            if not self._keys.empty(seq):
                self._writer.erase(seq)
        if not found.indexed:
            self.rebuild()
        index, published = found.ledger.index, found.checkpoint.size
        for leaves in map(index.within, found.renewed):
            publishing.renew_index(
                self._layout, disk, index, range(leaves.start, min(leaves.stop, published))
            )
        if self._signer is not None:
            self.publish()


def read_ledger_key(layout: Layout) -> LedgerVerifier:
    """The ledger key that stands in the vault itself. Trust it only as far as the vault."""
    try:
        return LedgerVerifier.parse(layout.ledger_key.read_text("utf-8"))
    except OSError as error:
        raise NotAvailableError("The vault's ledger key cannot be read.", why=f"{error.strerror}.") from error
    except (UnicodeDecodeError, WrongUseError) as error:
        raise FaultFoundError("The vault's ledger key is damaged.", remedy=REMEDY) from error
