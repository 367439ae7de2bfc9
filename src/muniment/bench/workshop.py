"""A vault of made mails in a folder of its own, for measuring."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from muniment.core import canonical
from muniment.core.errors import FaultFoundError
from muniment.core.ids import RecordId, record_text
from muniment.core.tags import EventTag
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.frames import Kind, read_head
from muniment.vault.sealing import Document, EpochKey, SealedBatch, agreed_key, seal_batch, unwrap_with
from muniment.vault.store import Entry, Store

ORGANISATION = "org_aaaaaaaaaaaaaaaaaaaaaaaaaa"


class Workshop(NamedTuple):
    """A new vault with fresh keys."""

    path: Path
    store: Store
    key: EpochKey
    agree: Callable[[bytes], bytes]
    """The key that a batch has agreed on; those of the last batches are at hand, as the keeper has them."""
    signer: LedgerSigner

    def seal(self, mails: list[bytes]) -> SealedBatch:
        """One batch of records."""
        return seal_batch(self.key, [Document(Kind.RECORD, mail) for mail in mails])

    def act(self, tag: EventTag, record: RecordId) -> SealedBatch:
        """One action that names a record, with a body of the usual length."""
        clear = canonical.dumps({"tag": tag, "time": 1_800_000_000, "record": record_text(record)})
        return seal_batch(self.key, [Document(Kind.ACTION, canonical.dumps({"signed": "x" * 600}), clear)])

    def first_of(self, batch: SealedBatch) -> RecordId:
        """The identifier of a batch's first entry."""
        return read_head(batch.entries[0].head).id

    def data_key(self, entry: Entry) -> bytes:
        """The data key of an entry."""
        slot, batch = self.store.wrapped(entry.seq)
        if batch is None:
            raise FaultFoundError("The key that was made for measuring is gone.")
        agreed = self.agree(batch.ephemeral)
        return unwrap_with(agreed, entry.seq - batch.first, entry.id, slot.wrapped)


@contextmanager
def workshop() -> Iterator[Workshop]:
    """A vault in the current folder, where the disk is that of the installation; gone afterwards."""
    with TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        path = Path(folder) / "vault"
        signer = LedgerSigner(ORGANISATION, Ed25519PrivateKey.generate())
        private = X25519PrivateKey.generate()
        key = EpochKey(ORGANISATION, 1, private.public_key().public_bytes_raw())

        @lru_cache(64)
        def agree(ephemeral: bytes) -> bytes:
            return agreed_key(private, ORGANISATION, 1, ephemeral)

        with Store.create(path, ORGANISATION, signer) as store:
            yield Workshop(path, store, key, agree, signer)
