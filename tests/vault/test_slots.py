"""Slots and batches are bound to their organisation, place and contents."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.vault.slots import EMPTY_SLOT, ERASED, BatchRecord, Slot, SlotCodec, State

CODEC = SlotCodec("org_x")
SEQUENCE = st.integers(0, 2**40)


@given(SEQUENCE, st.integers(1, 0xFFFF), st.integers(0, 2**32 - 1), st.binary(min_size=48, max_size=48))
def test_a_slot_comes_back_in_its_own_place_only(seq: int, epoch: int, batch: int, wrapped: bytes):
    data = CODEC.pack(seq, epoch, batch, wrapped)
    assert len(data) == 64
    assert CODEC.parse(seq, data) == Slot(State.LIVE, epoch, batch, wrapped)
    assert CODEC.parse(seq + 1, data) is None
    assert SlotCodec("org_y").parse(seq, data) is None


@given(st.integers(0, 63), st.integers(1, 255))
def test_any_changed_byte_of_a_slot_or_batch_shows(at: int, mask: int):
    batch = BatchRecord(b"e" * 32, 7, 3, 1)
    for data, read in (
        (CODEC.pack(7, 1, 2, b"w" * 48), lambda changed: CODEC.parse(7, changed)),
        (CODEC.pack_batch(2, batch), lambda changed: CODEC.parse_batch(2, changed)),
        (EMPTY_SLOT, lambda changed: CODEC.parse(7, changed)),
    ):
        changed = data[:at] + bytes((data[at] ^ mask,)) + data[at + 1 :]
        assert read(changed) is None


def test_zeros_are_an_erased_slot_and_no_batch():
    assert CODEC.parse(7, bytes(64)) == ERASED
    assert CODEC.parse_batch(0, bytes(64)) is None
    assert CODEC.parse(7, bytes(63)) is None


@given(SEQUENCE, st.integers(1, 2**32 - 1))
def test_a_batch_comes_back_in_its_own_place_only(first: int, count: int):
    batch = BatchRecord(b"e" * 32, first, count, 2)
    data = CODEC.pack_batch(9, batch)
    assert CODEC.parse_batch(9, data) == batch
    assert CODEC.parse_batch(8, data) is None
