"""Packs give whole groups or nothing, and single entries only as the ledger has them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.vault.frames import (
    COMMIT_BYTES,
    HEADER_BYTES,
    chain_start,
    entry_leaf,
    make_commit,
    pack_commit,
)
from muniment.vault.layout import Layout
from muniment.vault.packs import (
    find_group,
    held,
    read_group,
    read_groups,
    read_spans,
    sealed_length,
    stored_length,
)
from muniment.vault.sealing import SealedEntry
from tests.vault.compacting import closed, compacted
from tests.vault.conftest import Keys, Vault

__all__ = ["closed", "compacted"]  # fixtures


def group(entries: tuple[SealedEntry, ...], first: int = 0) -> bytes:
    body = b"".join(entry.head + entry.commitment + entry.ciphertext for entry in entries)
    leaves = [entry_leaf(entry.head, entry.commitment, entry.ciphertext) for entry in entries]
    return body + pack_commit(make_commit(first, len(body), bytes(32), chain_start("org_x"), leaves))


def test_groups_come_with_their_places(keys: Keys):
    one, two = group(keys.records(b"a", b"b").entries), group(keys.records(b"c").entries, 2)
    found = list(read_groups(one + two, 4, base=100))
    assert [len(each.places) for each in found] == [2, 1]
    assert [each.end for each in found] == [100 + len(one), 100 + len(one + two)]
    assert found[1].places[0].offset == 100 + len(one)
    assert found[1].places[0].pack == 4


def test_a_group_cut_or_changed_anywhere_is_none(keys: Keys):
    whole = group(keys.records(b"a" * 90, b"b").entries)
    assert read_group(whole, 0, 1)
    for at in range(len(whole)):
        assert read_group(whole[:at], 0, 1) is None
        assert read_group(whole[:at] + bytes((whole[at] ^ 1,)) + whole[at + 1 :], 0, 1) is None, at


def test_a_whole_group_after_damage_is_found(keys: Keys):
    one, two = group(keys.records(b"a").entries), group(keys.records(b"b").entries, 1)
    damaged = b"X" + one[1:] + two
    assert find_group(damaged, 0, 1) is not None
    assert find_group(damaged, len(one) + 1, 1) is None
    assert find_group(b"MNC1" * 50, 0, 1) is None


@given(st.binary(max_size=HEADER_BYTES + COMMIT_BYTES))
def test_no_bytes_break_the_reading(data: bytes):
    assert read_group(data, 0, 1) is None
    assert find_group(data, 0, 1) is None


def test_a_whole_group_is_found_behind_damage_also_where_it_begins_with_stubs(compacted: Vault):
    data = (compacted.path / "packs" / "000001.pack").read_bytes()
    spans = list(read_spans(data))
    for before, span in pairwise(spans):
        damaged = bytearray(data[: span.end])
        damaged[before.end - 1] ^= 1
        found = find_group(bytes(damaged), 1, 1)
        assert found
        assert found.end in {each.end for each in spans}
        cut = bytes(damaged[before.starts[0] + 1 : span.end])
        last = find_group(cut, len(before.starts), 1)
        assert last
        assert last.end == len(cut)


def test_lengths_as_sealed_and_as_they_lie_belong_to_each_other(closed: Vault):
    path = closed.path / "packs" / "000001.pack"
    longer = [span.end for span in read_spans(path.read_bytes())]
    with closed.open() as store:
        store.compact(1)
    data = path.read_bytes()
    shorter = [span.end for span in read_spans(data)]
    assert [sealed_length(data, end) for end in shorter] == longer
    assert [stored_length(data, end) for end in longer] == shorter
    assert (sealed_length(data, 0), stored_length(b"", 0)) == (0, 0)
    for wrong in (1, shorter[0] + 1):
        with pytest.raises(FaultFoundError):
            sealed_length(data, wrong)
        with pytest.raises(FaultFoundError):
            stored_length(data, wrong)


def test_who_reads_all_packs_shares_them_and_who_exchanges_one_is_alone(closed: Vault):
    layout = Layout(closed.path)
    with (
        held(layout, alone=False),
        held(layout, alone=False),
        pytest.raises(NotAvailableError),
        held(layout, alone=True),
    ):
        pass
    with held(layout, alone=True):
        pass
