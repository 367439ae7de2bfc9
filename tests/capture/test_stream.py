"""A recording is handed over as it comes in."""

import os
from collections.abc import Iterator

import pytest

from muniment.capture.stream import seal_stream
from muniment.core.errors import NotAvailableError
from muniment.vault.frames import Kind, read_head
from muniment.vault.segments import Extent
from tests.capture.memory_keeper import ORGANISATION, MemoryKeeper
from tests.vault.small_segments import small

__all__ = ["small"]
pytestmark = pytest.mark.usefixtures("small")


def kinds(keeper: MemoryKeeper) -> list[Kind]:
    return [read_head(entry.head).kind for batch in keeper.batches for entry in batch.entries]


@pytest.mark.parametrize(("size", "parts"), [(0, 1), (999, 1), (1000, 1), (1001, 2), (4000, 4)])
def test_segments_first_and_then_the_record(size: int, parts: int) -> None:
    keeper, told = MemoryKeeper(), list[Extent]()
    data = os.urandom(size)

    def pieces() -> Iterator[bytes]:
        for at in range(0, size, 333):
            yield data[at : at + 333]

    def statement(extent: Extent) -> bytes:
        told.append(extent)
        return b"{}"

    receipt = seal_stream(keeper, ORGANISATION, pieces(), statement)
    assert receipt.count == 1
    assert kinds(keeper) == [Kind.SEGMENT] * parts + [Kind.RECORD]
    assert (told[0].length, told[0].segments) == (size, parts)


def test_a_turn_in_the_middle_costs_nothing() -> None:
    keeper = MemoryKeeper()

    def pieces() -> Iterator[bytes]:
        yield bytes(1500)
        keeper.before_seal = turn
        yield bytes(1500)

    def turn() -> None:
        keeper.taken, keeper.before_seal = 2, lambda: None

    seal_stream(keeper, ORGANISATION, pieces(), lambda _: b"{}")
    assert kinds(keeper) == [Kind.SEGMENT] * 3 + [Kind.RECORD]
    assert {batch.epoch for batch in keeper.batches} == {1, 2}


def test_what_breaks_off_has_no_record() -> None:
    keeper = MemoryKeeper()

    def pieces() -> Iterator[bytes]:
        yield bytes(1500)
        keeper.away = True
        yield bytes(1500)

    with pytest.raises(NotAvailableError):
        seal_stream(keeper, ORGANISATION, pieces(), lambda _: b"{}")
    assert Kind.RECORD not in kinds(keeper)
