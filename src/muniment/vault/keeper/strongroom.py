"""One organisation's store with its keys and its books: where things are written, opened and erased."""

import threading
from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from muniment.core.errors import FaultFoundError, MunimentError, NotAvailableError, RefusedError
from muniment.core.home import Home
from muniment.core.ids import RecordId
from muniment.vault import sealing, store
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.content import unpack_content
from muniment.vault.handover import OrganisationKeys
from muniment.vault.keeper import entries, receipts
from muniment.vault.keeper.books import Books
from muniment.vault.keeper.entries import Entry
from muniment.vault.keeper.writer import Job, Writer
from muniment.vault.messages import Receipt
from muniment.vault.sealing import EpochKey, SealedBatch
from muniment.vault.slots import State
from muniment.vault.store import Commit, Store


class Strongroom:
    """Opens the store, which recovers it and carries out what erasures a crash cut short; reads the books."""

    def __init__(self, home: Home, keys: OrganisationKeys, clock: Callable[[], int]) -> None:
        self.organisation = keys.organisation
        self.clock = clock
        self.signer = LedgerSigner(keys.organisation, Ed25519PrivateKey.from_private_bytes(keys.ledger))
        self._epochs = {n: X25519PrivateKey.from_private_bytes(raw) for n, raw in keys.epochs.items()}
        self._agreed_lock = threading.Lock()
        self._agreed: tuple[int, bytes] = (-1, b"")
        self.store = Store.open(home.vault(keys.organisation), keys.organisation, self.signer)
        self.books = Books(keys.organisation)
        try:
            self._read_books()
        except BaseException:
            self.store.close()
            raise
        self.writer = Writer(self.store, self._read_books)

    @property
    def epoch(self) -> EpochKey:
        """The newest epoch's public key."""
        newest = max(self._epochs)
        return EpochKey(self.organisation, newest, self._epochs[newest].public_key().public_bytes_raw())

    def close(self) -> None:
        """Finish what waits, publish, and give the store back."""
        self.writer.stop()
        self.store.close()

    def seal(self, batch: SealedBatch) -> Receipt:
        """Keep a batch of records; durable on return."""
        return self._submit(lambda _first: (batch,), self._receipt)

    def act(
        self,
        compose: Callable[[int], Sequence[Entry]],
        finish: Callable[[Receipt], None] | None = None,
    ) -> Receipt:
        """Write actions; durable on return.

        `compose` gets the time, checks, and gives the entries, in the writer's thread; the books have
        taken them in when it is next asked. `finish` runs before anything else is written.
        """

        def prepare(first: int) -> Sequence[SealedBatch]:
            composed = compose(self.clock())
            for place, entry in enumerate(composed):
                self.books.apply(first + place, entry)
            return (self.seal_entries(composed),) if composed else ()

        def conclude(commit: Commit) -> Receipt:
            receipt = self._receipt(commit)
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
        slot = self.store.slot(entry.seq)
        if slot.state is not State.LIVE:
            raise NotAvailableError(f"The key of entry {entry.seq} is not there.", why="Its slot is empty.")
        private = self._epochs.get(slot.epoch)
        if private is None:
            raise NotAvailableError(f"The key of epoch {slot.epoch} is not there.", why="It was destroyed.")
        batch = self.store.batch(slot.batch)
        with self._agreed_lock:
            number, agreed = self._agreed
        if number != slot.batch:
            agreed = sealing.agreed_key(private, self.organisation, slot.epoch, batch.ephemeral)
            with self._agreed_lock:
                self._agreed = (slot.batch, agreed)
        return sealing.unwrap_with(agreed, entry.seq - batch.first, entry.id, slot.wrapped)

    def plaintext(self, entry: store.Entry) -> bytes:
        """What an entry holds. Whoever calls this has seen to it that the ledger says so first."""
        return sealing.open_entry(self.key_of(entry), entry.head, entry.commitment, entry.ciphertext)

    def content(self, entry: store.Entry) -> tuple[bytes, bytes]:
        """A record's capture statement and original bytes."""
        return unpack_content(self.plaintext(entry))

    def _receipt(self, commit: Commit) -> Receipt:
        return receipts.write(self.signer, commit.first, commit.count, commit.root, self.clock())

    def _submit[T](self, prepare: Callable[[int], Sequence[SealedBatch]], finish: Callable[[Commit], T]) -> T:
        return self.writer.submit(Job(prepare, finish))  # type: ignore[return-value]  # finish's own

    def _read_books(self) -> None:
        books = Books(self.organisation)
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
