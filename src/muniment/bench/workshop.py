"""A vault of made mails in a folder of its own, for measuring."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.frames import Kind
from muniment.vault.sealing import Document, EpochKey, SealedBatch, seal_batch
from muniment.vault.store import Store

ORGANISATION = "org_aaaaaaaaaaaaaaaaaaaaaaaaaa"


class Workshop(NamedTuple):
    """A new vault with fresh keys."""

    path: Path
    store: Store
    key: EpochKey

    def seal(self, mails: list[bytes]) -> SealedBatch:
        """One batch of records."""
        return seal_batch(self.key, [Document(Kind.RECORD, mail) for mail in mails])


@contextmanager
def workshop() -> Iterator[Workshop]:
    """A vault in the current folder, where the disk is that of the installation; gone afterwards."""
    with TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        path = Path(folder) / "vault"
        signer = LedgerSigner(ORGANISATION, Ed25519PrivateKey.generate())
        key = EpochKey(ORGANISATION, 1, X25519PrivateKey.generate().public_key().public_bytes_raw())
        with Store.create(path, ORGANISATION, signer) as store:
            yield Workshop(path, store, key)
