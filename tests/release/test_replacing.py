"""A record that stands for another: short or long, and also where the epoch turns meanwhile."""

import pytest

from muniment.core.errors import StaleKeyError
from muniment.release.replacing import Replacement
from muniment.vault.frames import Kind, read_head
from muniment.vault.messages import Erasure
from muniment.vault.sealing import SealedBatch
from muniment.vault.segments import SEGMENT_BYTES
from tests.capture.memory_keeper import ORGANISATION, MemoryKeeper
from tests.readers.calls.test_reading import statement


def replaced(keeper: MemoryKeeper, batch: SealedBatch) -> Erasure:
    return Erasure(keeper.seal(batch), 0)


def made(keeper: MemoryKeeper, data: bytes, step: int = 1_000_000) -> Replacement:
    found = Replacement(keeper, ORGANISATION)
    for at in range(0, len(data), step):
        found.take(data[at : at + step])
    return found


def test_a_short_one_is_one_entry_of_its_own_name() -> None:
    keeper = MemoryKeeper()
    found = made(keeper, b"short")
    digests = []

    def said(digest: str) -> bytes:
        digests.append(digest)
        return statement("audio")

    found.complete(said, lambda batch: replaced(keeper, batch))
    ((name, (_, original)),) = keeper.records().items()
    assert (name, original) == (found.record, b"short")
    assert digests == ["f9b0078b5df596d2ea19010c001bbd009e651de2c57e8fb7e355f31eb9d3f739"]


@pytest.mark.parametrize(
    ("size", "segments"), [(SEGMENT_BYTES, 0), (SEGMENT_BYTES + 1, 2), (2 * SEGMENT_BYTES, 2)]
)
def test_of_a_long_one_the_segments_come_first(size: int, segments: int) -> None:
    keeper = MemoryKeeper()
    made(keeper, bytes(size)).complete(lambda _: statement("audio"), lambda batch: replaced(keeper, batch))
    kinds = [read_head(batch.entries[0].head).kind for batch in keeper.batches]
    assert kinds == [Kind.SEGMENT] * segments + [Kind.RECORD]


@pytest.mark.parametrize("size", [5, SEGMENT_BYTES + 1])
def test_where_the_epoch_turns_it_is_wrapped_anew_once(size: int) -> None:
    keeper = MemoryKeeper()
    tried: list[SealedBatch] = []

    def replace(batch: SealedBatch) -> Erasure:
        tried.append(batch)
        if len(tried) == 1:
            keeper.taken += 1
        return replaced(keeper, batch)

    found = made(keeper, bytes(size))
    found.complete(lambda _: statement("audio"), replace)
    assert [batch.epoch for batch in tried] == [1, 2]
    assert {read_head(batch.entries[0].head).id for batch in tried} == {
        read_head(tried[0].entries[0].head).id
    }

    def never(_batch: SealedBatch) -> Erasure:
        raise StaleKeyError("Again.")

    with pytest.raises(StaleKeyError):
        made(keeper, bytes(size)).complete(lambda _: statement("audio"), never)
