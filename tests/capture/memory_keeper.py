"""A keeper in memory: holds the private key, opens what it is given, and can be told to fail."""

import threading
import time
from collections.abc import Callable
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from muniment.capture.statement import CaptureStatement, decode
from muniment.core.errors import NotAvailableError, StaleKeyError
from muniment.core.ids import RecordId, record_text
from muniment.vault.content import unpack_content
from muniment.vault.frames import read_head
from muniment.vault.messages import Receipt
from muniment.vault.sealing import EpochKey, SealedBatch, open_entry, unwrap_key

ORGANISATION = "org_aaaaaaaaaaaaaaaaaaaaaaaaaa"


class MemoryKeeper:
    """What the keeper does for capture, without a disk: sealed batches in, receipts out."""

    def __init__(self) -> None:
        self._private = X25519PrivateKey.generate()
        self._lock = threading.Lock()
        self.batches: list[SealedBatch] = []
        self.declined: list[str] = []
        self.tests: list[str] = []
        self.size = 1
        self.away = False
        self.taken = 1
        self.before_seal: Callable[[], None] = lambda: None
        self.pause = 0.0

    def epoch(self, organisation: str) -> EpochKey:
        """The public key, unless the keeper is away."""
        if self.away:
            raise NotAvailableError("The keeper is not running.")
        return EpochKey(organisation, self.taken, self._private.public_key().public_bytes_raw())

    def seal(self, batch: SealedBatch) -> Receipt:
        """Keep a batch."""
        if self.away:
            raise NotAvailableError("The keeper is not running.")
        self.before_seal()
        if batch.epoch != self.taken:
            raise StaleKeyError("The epoch has turned.")
        time.sleep(self.pause)
        with self._lock:
            first = self.size
            self.batches.append(batch)
            self.size += len(batch.entries)
        return Receipt(batch.organisation, first, len(batch.entries), sha256(b"").digest(), 0, b"")

    def decline_call(self, organisation: str, reason: str) -> Receipt:
        """Remember why nothing of a call is kept."""
        self.declined.append(reason)
        self.size += 1
        return Receipt(organisation, self.size - 1, 1, b"", 0, b"")

    def declare_test(self, organisation: str, record: RecordId) -> Receipt:
        """Remember under which identifier a test call will come."""
        assert record_text(record) not in self.records()
        self.tests.append(record_text(record))
        self.size += 1
        return Receipt(organisation, self.size - 1, 1, b"", 0, b"")

    def close(self) -> None:
        """Nothing to let go of."""

    def records(self) -> dict[str, tuple[CaptureStatement, bytes]]:
        """Everything that was sealed, opened again, by record id."""
        found = {}
        for batch in self.batches:
            for position, entry in enumerate(batch.entries):
                record = read_head(entry.head).id
                key = unwrap_key(
                    self._private,
                    batch.organisation,
                    batch.epoch,
                    batch.ephemeral,
                    position,
                    record,
                    entry.wrapped_key,
                )
                statement, original = unpack_content(
                    open_entry(key, entry.head, entry.commitment, entry.ciphertext)
                )
                found[record_text(record)] = (decode(statement), original)
        return found

    def originals(self) -> list[bytes]:
        """The bytes of every message, in order."""
        return [original for _, original in self.records().values()]
