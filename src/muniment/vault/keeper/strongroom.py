"""One organisation's store with its keys and its books: where things are written, opened and erased."""

import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from muniment.core.errors import (
    FaultFoundError,
    MunimentError,
    NotAvailableError,
    RefusedError,
    StaleKeyError,
    WrongUseError,
)
from muniment.core.home import Home
from muniment.core.ids import RecordId
from muniment.core.tags import EventTag
from muniment.vault import epochs, keyring_file, live_keys, sealing, store
from muniment.vault.archive import Archive, Shard
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.content import unpack_content
from muniment.vault.epochs import EpochRing
from muniment.vault.frames import read_head
from muniment.vault.handover import OrganisationKeys
from muniment.vault.keeper import entries, freezing, locked, receipts
from muniment.vault.keeper.books import Books
from muniment.vault.keeper.entries import Entry
from muniment.vault.keeper.locked import DomainList
from muniment.vault.keeper.sessions import Content, Whole
from muniment.vault.keeper.streams import Stream
from muniment.vault.keeper.writer import Job, Writer
from muniment.vault.ledgers import LedgerRing
from muniment.vault.live_keys import LiveHead
from muniment.vault.messages import Receipt
from muniment.vault.sealing import SealedBatch
from muniment.vault.segments import Extent
from muniment.vault.store import Commit
from muniment.vault.wrapping import sources, wrapper

EPOCH_LASTS = 30 * 24 * 3600  # seconds, at most: then a destroyed key's wrapping cannot be undone either
EPOCH_TURNS_AFTER = EPOCH_LASTS - 24 * 3600  # seconds, so that a failed turn can be tried again for a day

AGREED_AT_HAND = 64
"""Batches whose agreed key is kept until the epoch turns: what is read together was mostly sealed together."""

TURNED_AT_ONCE = 16_384  # entries between two looks at whether the keeper is to stop


class Strongroom:
    """Opens the store, which recovers it and carries out what erasures a crash cut short; reads the books.

    While it is `locked` (the reason, else empty) it seals and signs; `keeper.locked` says what else it can do.
    """

    def __init__(self, home: Home, keys: OrganisationKeys, clock: Callable[[], int]) -> None:
        self.organisation = keys.organisation
        self.clock = clock
        self._calls = home.calls(keys.organisation)
        self._home, self.own, self.locked = home, keys.own, keys.locked
        self.ledgers = LedgerRing(home, keys.organisation, keys.ledgers, keys.ledger)
        self.domains = DomainList(home, keys.organisation, keys.ledgers)
        self.domains_known, self._domains_kept = True, -2  # no place that an entry can have
        self.ring = EpochRing(home, keys.organisation, keys.epochs)
        self._epochs = {} if self.locked else self.ring.privates()
        self.epoch = self.ring.current
        """The newest epoch's public key."""
        self._taken = frozenset({self.epoch.epoch})
        self._turning, self.closing = threading.Lock(), False
        self.compacting = threading.Lock()
        """Held while a pack is compacted."""
        self._agreed = lru_cache(AGREED_AT_HAND)(self._agree)
        self.store = Archive.open(home.vault(keys.organisation), keys.organisation, self._ledger_signer)
        self.books = Books(keys.organisation)
        self._unclaimed_at: tuple[int, frozenset[int]] = (0, frozenset())
        self._refused: frozenset[bytes] = frozenset()
        try:
            self.signer = self._ledger_signer(self.store.last.number)
            self.read_books()
            if not self.locked:
                freezing.settle(self)
        except BaseException:
            self.store.close()
            raise
        self.writer = Writer(self.store, self.read_books)

    def close(self) -> None:
        """Finish what waits, publish, and give the store back. A turn or a compaction under way is left unfinished."""
        self.closing = True
        self.writer.stop()
        with self._turning, self.compacting:  # they must not touch the files of whoever opens the store next
            self.store.close()

    def seal(self, batch: SealedBatch) -> Receipt:
        """Keep a batch of records; durable on return. StaleKeyError if its epoch is no longer taken."""

        def prepare(_first: int) -> Sequence[SealedBatch]:
            self._require_taken(batch)
            return (batch,)

        return self._submit(prepare, self._receipt)

    def _require_taken(self, batch: SealedBatch) -> None:
        """In the writer's thread and not earlier: the epoch may turn while the batch waits for it."""
        if batch.epoch not in self._taken:
            raise StaleKeyError(
                "The batch is sealed with the key of another epoch; nothing of it was kept.",
                why="The epoch has turned, and its key is destroyed.",
                remedy="Ask for the key, and seal it anew.",
            )
        if any(entry.commitment in self._refused for entry in batch.entries):
            raise RefusedError(
                "The recording broke off a day ago or earlier, and what there was of it is erased.",
                remedy="Seal it from its beginning, as another record.",
            )

    def refuse(self, commitments: Iterable[bytes]) -> None:
        """Take nothing more of recordings with these key commitments."""
        self._refused |= frozenset(commitments)

    def take_again(self, commitments: Iterable[bytes]) -> None:
        """Undo `refuse`."""
        self._refused -= frozenset(commitments)

    def act(
        self,
        compose: Callable[[int], Sequence[Entry]],
        finish: Callable[[Receipt], None] | None = None,
        beside: SealedBatch | None = None,
    ) -> Receipt:
        """Write actions; durable on return.

        `compose` gets the time, checks, and gives the entries, while nobody else writes; the books have
        taken them in when it is next asked. `finish` runs before anything else is written. The entries of
        `beside` become durable with them, or not at all; the receipt is for the actions.
        """
        others = () if beside is None else (beside,)
        count = sum(len(batch.entries) for batch in others)

        def prepare(first: int) -> Sequence[SealedBatch]:
            for batch in others:
                self._require_taken(batch)
            composed = compose(self.clock())
            self._take_in(first + count, composed)
            return (*others, self.seal_entries(composed)) if composed else ()

        def conclude(commit: Commit) -> Receipt:
            receipt = self._receipt(Commit(commit.first + count, commit.count - count, commit.root))
            self._keep_domains()
            if finish is not None:
                finish(receipt)
            return receipt

        return self._submit(prepare, conclude)

    def alone[T](self, work: Callable[[], T]) -> T:
        """Run something while nothing is written and the checkpoint is up to date."""

        def conclude(_commit: Commit) -> T:
            self.store.publish()
            return work()

        return self._submit(lambda _first: (), conclude)

    def freeze(self, statement: bytes, signatures: Sequence[SignedStatement]) -> Receipt:
        """Freeze the shard and go on in the next, with another ledger key. Errors as `freezing.freeze`.

        Commits wait meanwhile. NotAvailableError while the epoch is being turned.
        """
        if self.locked:
            raise sources.locked(self.organisation, self.locked)
        if not self._turning.acquire(blocking=False):
            raise NotAvailableError("The epoch is being turned just now.", remedy="Wait until that is done.")
        try:
            job = Job(lambda _: (), lambda _: freezing.freeze(self, statement, signatures), alone=True)
            return self.writer.submit(job)  # type: ignore[return-value]  # what the job's end gives
        finally:
            self._turning.release()

    def turn_due(self) -> bool:
        """Whether the epoch has lasted long enough, or a turn was cut short."""
        if self.locked:
            return False
        newest = max(self._epochs)
        unfinished = len(self._epochs) > 1 or self.books.epoch < newest
        return unfinished or self.clock() >= self.books.turned + EPOCH_TURNS_AFTER

    def turn(self) -> Receipt:
        """Turn the epoch, or finish a turn that was cut short; its entry in the ledger is durable on return.

        Commits, openings and erasures go on meanwhile. Order: the next epoch's key is in the keyring; every
        live key is wrapped under it in new key files; those count; the earlier epoch's key is destroyed;
        the ledger says so. A crash after any step is finished by the next call. NotAvailableError if one
        is under way, or a call that began in the earlier epoch is (the next call finishes it then);
        FaultFoundError if a slot is damaged, and the old epoch stays.
        """
        if not self._turning.acquire(blocking=False):
            raise NotAvailableError("The epoch is being turned already.", remedy="Wait until that is done.")
        try:
            newest = self._next_epoch()
            for shard in self.store.shards:
                if any(epoch < newest for epoch in shard.store.epochs()):
                    self._wrap_anew(shard)
            self._taken = frozenset({newest})
            self._require_no_call_before(newest)
            self.ring.destroy_before(newest)
            self._epochs = {newest: self._epochs[newest]}
            self._agreed.cache_clear()
            return self.act(self._turned)
        finally:
            self._turning.release()

    def _require_no_call_before(self, newest: int) -> None:
        """A call under way that names an earlier epoch would be lost by a crash: the turn waits for its end."""
        if any(head.epoch < newest for head in live_keys.heads(self._calls)):
            raise NotAvailableError(
                "The epoch's key cannot be destroyed yet.",
                why="A call under way, or one that a crash cut off, has its key wrapped with it.",
                remedy="Nothing: the turn is finished when the call has ended.",
            )

    def live_key(self, head: LiveHead) -> bytes:
        """The key of a call under way; NotAvailableError if its epoch's key is destroyed."""
        private = self._epochs.get(head.epoch)
        if private is None:
            raise NotAvailableError(f"The key of epoch {head.epoch} is not there.", why="It was destroyed.")
        return live_keys.unwrap_live(private, head)

    def retire(self) -> None:
        """Have the key service destroy its keys of epochs that are over, once a backup has keys of the new one.

        So there is always a copy that can be restored; without a backup it waits a day. NotAvailableError or
        RefusedError where the service does not: the next call tries again.
        """
        if self.locked or not self.ring.retired:
            return
        waited = self.clock() >= self.books.turned + (EPOCH_LASTS - EPOCH_TURNS_AFTER)
        if waited or self.books.backed_up_at > self.books.turned_at:
            self.ring.destroy_retired()

    def _next_epoch(self) -> int:
        if len(self._epochs) == 1 and self.books.epoch == max(self._epochs):
            epoch = self.ring.add()
            self._taken |= {epoch}
            self._epochs = {**self._epochs, epoch: self.ring.private(epoch)}
            self.epoch = self.ring.current
        return max(self._epochs)

    def _wrap_anew(self, shard: Shard) -> None:
        turning = shard.store.begin_turn(self.epoch, self._agree)

        def finish(_commit: Commit) -> None:
            shard.store.finish_turn(turning)
            if shard is self.store.last:
                self._taken = frozenset({self.epoch.epoch})  # before anything else can be prepared

        try:
            while turning.done < (size := shard.store.size) and not self.closing:
                turning.advance(min(size, turning.done + TURNED_AT_ONCE))
            self._submit(lambda _first: (), finish)
        finally:
            turning.abandon()

    def _ledger_signer(self, shard: int) -> LedgerSigner:
        found = self.ledgers.signer(shard)
        if found is None:
            raise FaultFoundError(
                f"The ledger key of shard {shard} of {self.organisation} was destroyed.",
                why="A later shard was begun, and is not here: the vault was set back.",
                remedy=freezing.REMEDY,
            )
        return found

    def _turned(self, now: int) -> Sequence[Entry]:
        if self.books.epoch == self.epoch.epoch:
            return ()
        body = entries.write_body(entries.EpochBody(self.epoch.epoch, self.ring.by_service))
        return (Entry(entries.Clear(tag=EventTag.EPOCH_TURNED, time=now), body),)

    def _agree(self, epoch: int, ephemeral: bytes) -> bytes:
        private = self._epochs.get(epoch)
        if private is None:
            raise NotAvailableError(f"The key of epoch {epoch} is not there.", why="It was destroyed.")
        return sealing.agreed_key(private, self.organisation, epoch, ephemeral)

    def seal_entries(self, composed: Sequence[Entry]) -> SealedBatch:
        """Actions sealed as the ledger takes them."""
        return sealing.seal_batch(self.epoch, [entries.document(entry) for entry in composed])

    def find(self, record: RecordId) -> int:
        """The place of a record that can still be opened; RefusedError if it has been erased."""
        if record in self.books.erased:
            raise RefusedError(
                "The record has been erased.", why="Its key was destroyed; nobody can read it."
            )
        return self.store.find(record)

    def key_of(self, entry: store.Entry) -> bytes:
        """The data key of an entry; NotAvailableError if its slot is empty."""
        try:
            return self._unwrapped(entry)
        except NotAvailableError:
            return self._unwrapped(entry)  # the epoch may have turned between the slot and its key

    def _unwrapped(self, entry: store.Entry) -> bytes:
        slot, batch = self.store.wrapped(entry.seq)
        if batch is None:
            raise NotAvailableError(f"The key of entry {entry.seq} is not there.", why="Its slot is empty.")
        agreed = self._agreed(slot.epoch, batch.ephemeral)
        return sealing.unwrap_with(agreed, entry.seq - batch.first, entry.id, slot.wrapped)

    def plaintext(self, entry: store.Entry) -> bytes:
        """What an entry holds. Whoever calls this has seen to it that the ledger says so first."""
        return sealing.open_entry(self.key_of(entry), entry.head, entry.commitment, entry.ciphertext)

    def content(self, entry: store.Entry) -> tuple[bytes, bytes]:
        """A record's capture statement and original bytes; of one in segments, its extent."""
        return unpack_content(self.plaintext(entry))

    def reading(self, entry: store.Entry) -> tuple[bytes, Content]:
        """A record's capture statement, and its original bytes to be read in parts."""
        statement, original = self.content(entry)
        if not read_head(entry.head).segmented:
            return statement, Whole(original)
        extent = Extent.parse(original)
        return statement, Stream(self.store, entry.id, self.key_of(entry), extent)

    def _receipt(self, commit: Commit) -> Receipt:
        return receipts.write(self.signer, commit.first, commit.count, commit.root, self.clock())

    def _submit[T](self, prepare: Callable[[int], Sequence[SealedBatch]], finish: Callable[[Commit], T]) -> T:
        return self.writer.submit(Job(prepare, finish))  # type: ignore[return-value]  # finish's own

    def _refuse_broken(self) -> None:
        broken = (self.store.entry(self.store.find(each)) for each in self.books.broken)
        self.refuse(entry.commitment for entry in broken)

    def _is_unclaimed(self, record: RecordId) -> bool:
        size = self.store.size
        if self._unclaimed_at[0] != size:
            self._unclaimed_at = (size, self.store.unclaimed())
        return self.store.find(record) in self._unclaimed_at[1]

    def unlock(self, passphrase: bytes) -> bytes:
        """Open the organisation's own key, and read the books; the key of its index.

        The ledger says that it was unlocked. RefusedError for a wrong passphrase or a key service that says
        no; WrongUseError if it has no key of its own. Where it is unlocked already, this checks and no more.
        """
        if not self.own:
            raise WrongUseError(f"{self.organisation} has no key of its own, and is never locked.")
        wrapping = wrapper.unpack(self.own)
        source = sources.of_organisation(self._home, self.organisation, wrapping, passphrase)
        key = source.unwrap(wrapping, self.organisation)
        keys = keyring_file.organisation_of(keyring_file.read(self._home), self.organisation)
        index = keyring_file.unwrap(key, f"{self.organisation}/index", keys.index)
        if self.alone(lambda: self._open_with(key)):
            clear = entries.Clear(tag=EventTag.ORGANISATION_UNLOCKED, time=self.clock())
            self.act(lambda _now: (Entry(clear, b"{}"),))
        return index

    def _open_with(self, key: bytes) -> bool:
        """Whether it was locked until now."""
        if not self.locked:
            return False
        ring = EpochRing(self._home, self.organisation, epochs.derive(self.organisation, key))
        self._epochs = ring.privates()
        try:
            self.read_books()
            freezing.settle(self)
        except BaseException:
            self._epochs = {}
            raise
        self.ring, self.locked, self.domains_known = ring, "", True
        return True

    def _take_in(self, first: int, composed: Sequence[Entry]) -> None:
        if self.locked:
            locked.require_writable(self.organisation, self.locked, [entry.clear for entry in composed])
        for seq, entry in enumerate(composed, first):
            if self.locked:
                locked.take_in(self.books, seq, entry.clear)
            else:
                self.books.apply(seq, entry)

    def _glance(self) -> None:
        books = Books(self.organisation)
        for sealed in self.store.actions():
            locked.take_in(books, sealed.seq, entries.read_clear(sealed.clear))
        self.domains_known = self.domains.recall(books)
        self.books = books
        self._refuse_broken()

    def _keep_domains(self) -> None:
        if self.locked or self._domains_kept == self.books.domains_as_of:
            return
        try:
            self.domains.keep(self.books)
        except OSError as error:  # while it is locked, shared listeners then wait: nothing goes astray
            why = f"the domains of {self.organisation} are not kept: {error.strerror}"
            print(f"keeper: {why}", file=sys.stderr)  # noqa: T201
        else:
            self._domains_kept = self.books.domains_as_of

    def read_books(self) -> None:
        """Read the books anew from the ledger; FaultFoundError if an entry cannot be believed."""
        if not self._epochs:
            self._glance()
            return
        books = Books(self.organisation, place=self.store.sequence, unclaimed=self._is_unclaimed)
        for sealed in self.store.actions():
            try:
                books.apply(sealed.seq, Entry(entries.read_clear(sealed.clear), self.plaintext(sealed)))
            except NotAvailableError:  # a key that is not there says nothing against the entry
                raise
            except MunimentError as error:
                raise FaultFoundError(
                    f"Entry {sealed.seq} of {self.organisation} cannot be believed.",
                    why=str(error),
                    remedy="Run muniment verify; do not use this copy until the cause is known.",
                ) from error
        self.books = books
        self._refuse_broken()
        self._keep_domains()
