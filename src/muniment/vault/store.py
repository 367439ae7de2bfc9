"""The store of one organisation: packs, key slots, ledger tiles and checkpoint, one writer."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Self

from muniment.core.ids import RecordId
from muniment.vault.checkpoint import Checkpoint, LedgerSigner
from muniment.vault.frames import Kind
from muniment.vault.sealing import SealedBatch
from muniment.vault.slots import BatchRecord, Slot


class Entry(NamedTuple):
    """One entry of the ledger as it lies in its pack, still sealed."""

    seq: int
    kind: Kind
    id: RecordId
    clear: bytes
    head: bytes
    commitment: bytes
    ciphertext: bytes


class Commit(NamedTuple):
    """What became durable together: `count` entries from `first`, and the ledger's root after them."""

    first: int
    count: int
    root: bytes


class Store:
    """One organisation's vault. Opening it for writing locks it and recovers it."""

    size: int
    """Number of leaves that are durable."""
    root: bytes
    """The Merkle root over them."""
    checkpoint: Checkpoint
    """The last signed head that was published."""
    checkpoint_text: str
    """The same as the signed note that stands on disk."""

    @classmethod
    def create(cls, path: Path, organisation: str, signer: LedgerSigner) -> Self:
        """Make an empty vault at `path` with a signed checkpoint of size 0, and open it."""
        raise NotImplementedError

    @classmethod
    def open(
        cls, path: Path, organisation: str, signer: LedgerSigner | None, *, read_only: bool = False
    ) -> Self:
        """Lock, recover and open; `read_only` takes no lock and changes nothing."""
        raise NotImplementedError

    def close(self) -> None:
        """Give the lock and the files back."""
        raise NotImplementedError

    def commit(self, batches: Sequence[SealedBatch]) -> Commit:
        """Append; durable on return. NotAvailableError with nothing kept when the disk cannot."""
        raise NotImplementedError

    def publish(self) -> None:
        """Write tiles, index and signed checkpoint up to `size`."""
        raise NotImplementedError

    def entry(self, seq: int) -> Entry:
        """One entry."""
        raise NotImplementedError

    def entries(self, first: int, last: int) -> Iterator[Entry]:
        """Entries `first` to `last`, both included, in order."""
        raise NotImplementedError

    def actions(self) -> Iterator[Entry]:
        """Every ACTION entry in order."""
        raise NotImplementedError

    def slot(self, seq: int) -> Slot:
        """The key slot of a leaf. FaultFoundError if it is damaged."""
        raise NotImplementedError

    def batch(self, number: int) -> BatchRecord:
        """The batch that a slot names: (ephemeral, first, count, epoch)."""
        raise NotImplementedError

    def destroy_key(self, seq: int) -> None:
        """Zero the slot, durably. The erasure order must already be in the ledger."""
        raise NotImplementedError

    def find(self, record: RecordId) -> int:
        """The sequence of a record. WrongUseError if unknown."""
        raise NotImplementedError

    def proof(self, seq: int) -> str:
        """The C2SP tlog-proof of a leaf, with the last published checkpoint."""
        raise NotImplementedError

    def leaf_data(self, last: int) -> tuple[bytes, ...]:
        """The data of the leaves 0 to `last` − 1, for an evidence bundle."""
        raise NotImplementedError
