"""From captured messages to a sealed batch, and what a receipt must say before anybody is told "taken"."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from muniment.core.errors import NotAvailableError, StaleKeyError
from muniment.core.ids import RecordId
from muniment.vault.content import pack_content
from muniment.vault.frames import Kind
from muniment.vault.messages import Receipt
from muniment.vault.sealing import Document, EpochKey, SealedBatch, seal_batch

LARGEST_BATCH = 256  # messages: beyond this a durable commit is no longer what costs
HEAVIEST_BATCH = 16 * 1024 * 1024  # bytes, unless one message alone is heavier


class Captured(NamedTuple):
    """One message as it came in, with the identifier that it will have for ever."""

    record: RecordId
    statement: bytes
    original: bytes


class Keeping(Protocol):
    """What capture asks of the keeper; `vault.client.CaptureDoor` is one."""

    def epoch(self, organisation: str) -> EpochKey:
        """The public key to seal with, now."""
        ...

    def seal(self, batch: SealedBatch) -> Receipt:
        """Keep a batch; on return it is on stable storage."""
        ...

    def close(self) -> None:
        """Let go of idle connections."""
        ...


def sealed(key: EpochKey, messages: Sequence[Captured]) -> SealedBatch:
    """Compress and encrypt; only the holder of the epoch's private key can undo it."""
    return seal_batch(
        key,
        [
            Document(Kind.RECORD, pack_content(message.statement, message.original), id=message.record)
            for message in messages
        ],
    )


def keep(
    keeper: Keeping, organisation: str, messages: Sequence[Captured], batch: SealedBatch | None = None
) -> Receipt:
    """Hand messages over, already sealed as `batch` or not; the receipt is checked.

    Where the epoch has turned between sealing and handing over, they are sealed anew and handed over
    again. NotAvailableError: they are not kept, or nobody knows.
    """
    batch = batch or sealed(keeper.epoch(organisation), messages)
    try:
        receipt = keeper.seal(batch)
    except StaleKeyError:
        batch = sealed(keeper.epoch(organisation), messages)
        receipt = keeper.seal(batch)
    check(receipt, batch)
    return receipt


def check(receipt: Receipt, batch: SealedBatch) -> None:
    """NotAvailableError unless the receipt is for exactly this batch."""
    if (receipt.organisation, receipt.count) != (batch.organisation, len(batch.entries)):
        raise NotAvailableError(
            "The keeper's receipt is not for the batch that it was given.",
            remedy="The messages count as not kept; the source tries again.",
        )
