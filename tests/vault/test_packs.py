"""Packs give whole groups or nothing, and single entries only as the ledger has them."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.vault.frames import (
    COMMIT_BYTES,
    HEADER_BYTES,
    chain_start,
    entry_leaf,
    make_commit,
    pack_commit,
)
from muniment.vault.packs import find_group, read_group, read_groups
from muniment.vault.sealing import SealedEntry
from tests.vault.conftest import Keys


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
