"""Bytes read piece by piece."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.readers.calls.source import Held, Windowed

DATA = bytes(range(256)) * 8


@given(st.lists(st.tuples(st.integers(0, 2100), st.integers(0, 300)), max_size=20), st.integers(1, 400))
def test_windows_give_the_same_bytes(reads: list[tuple[int, int]], window: int) -> None:
    windowed, plain = Windowed(Held(DATA), window), Held(DATA)
    for offset, length in reads:
        assert windowed.read(offset, length) == plain.read(offset, length)
    assert windowed.size == len(DATA)
