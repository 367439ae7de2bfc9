"""A table of identifiers finds what a dictionary of them would, however it has grown."""

import os
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from muniment.vault.id_table import IdTable

SIXTEEN = st.binary(min_size=16, max_size=16)


@given(st.lists(SIXTEEN, unique=True, max_size=300), st.lists(st.integers(0, 80), max_size=20), SIXTEEN)
def test_it_finds_what_a_dictionary_finds(ids: Sequence[bytes], steps: Sequence[int], other: bytes):
    table = IdTable(ids.__getitem__)
    count = 0
    for step in (*steps, len(ids)):
        count = min(len(ids), count + step)
        table.grow(count)
        assert [table.find(one) for one in ids[:count]] == list(range(count))
        assert all(table.find(one) is None for one in (*ids[count:], other) if one not in ids[:count])


def test_it_grows_one_by_one_and_never_fills():
    ids = [os.urandom(16) for _ in range(5000)]
    table = IdTable(ids.__getitem__)
    for count in range(1, len(ids) + 1):
        table.grow(count)
        assert len(table._table) * 2 > count * 3, "more than two thirds full"
        assert table.find(ids[count - 1]) == count - 1
    assert [table.find(one) for one in ids] == list(range(len(ids)))


def test_of_two_the_same_the_first_is_found():
    table = IdTable([b"a" * 16, b"b" * 16, b"a" * 16].__getitem__)
    table.grow(3)
    assert table.find(b"a" * 16) == 0
