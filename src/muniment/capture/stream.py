"""A recording as it comes in: segments go to the keeper one by one, and at its end the record itself."""

from collections.abc import Callable, Iterable, Iterator

from muniment.capture.batch import Keeping, check
from muniment.core.errors import StaleKeyError
from muniment.core.ids import RecordId
from muniment.vault.messages import Receipt
from muniment.vault.sealing import SealedBatch
from muniment.vault.segments import SEGMENT_BYTES, Extent, StreamSealer


def seal_stream(
    keeper: Keeping,
    organisation: str,
    parts: Iterable[bytes],
    statement: Callable[[Extent], bytes],
    record: RecordId | None = None,
) -> Receipt:
    """Keep a recording of any length, with little of it in memory; the receipt is for the record.

    `parts` may be of any length; `statement` is called at the end, with length and digest of the whole. Until
    then nobody can read any of it. NotAvailableError: it is not kept, or nobody knows; what was handed over
    stays unreadable, and the source begins anew under another identifier.
    """
    sealer = StreamSealer(organisation, record)
    for data, final in _segments(parts):
        hand_over(keeper, sealer, sealer.segment(keeper.epoch(organisation), data, final=final))
    batch = sealer.record(keeper.epoch(organisation), statement(sealer.extent))
    return hand_over(keeper, sealer, batch)


def hand_over(keeper: Keeping, sealer: StreamSealer, batch: SealedBatch) -> Receipt:
    """Keep one batch of a stream; where the epoch has turned meanwhile, its key is wrapped anew."""
    try:
        receipt = keeper.seal(batch)
    except StaleKeyError:  # the epoch has turned: the same ciphertext, its key wrapped anew
        batch = sealer.again(keeper.epoch(batch.organisation), batch)
        receipt = keeper.seal(batch)
    check(receipt, batch)
    return receipt


def _segments(parts: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The parts joined and cut into segments, each with whether it is the last."""
    waiting = bytearray()
    for part in parts:
        waiting += part
        while len(waiting) > SEGMENT_BYTES:  # not yet where it is full: it may be the last
            yield bytes(waiting[:SEGMENT_BYTES]), False
            del waiting[:SEGMENT_BYTES]
    yield bytes(waiting), True
