"""The tree is RFC 6962's."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from muniment.core import ids, merkle


def by_the_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, written as the RFC writes it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return merkle.node_hash(by_the_definition(leaves[:split]), by_the_definition(leaves[split:]))


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_the_root_is_the_one_of_the_definition(leaves: list[bytes]) -> None:
    assert merkle.tree_root(leaves) == by_the_definition(leaves)


def test_known_roots_of_certificate_transparency() -> None:
    # The reference vectors that certificate transparency implementations share.
    leaves = [merkle.leaf_hash(data) for data in (b"", b"\x00", b"\x10")]
    assert merkle.tree_root(leaves[:1]).hex().startswith("6e340b9cffb37a98")
    assert merkle.tree_root(leaves[:2]).hex().startswith("fac54203e7cc696c")
    assert merkle.tree_root(leaves).hex().startswith("aeb6bcfe274b70a1")


@given(st.lists(st.binary(min_size=16, max_size=16).map(ids.RecordId), max_size=20))
def test_a_set_of_records_has_one_root(records: list[ids.RecordId]) -> None:
    assert merkle.root_of_records(records) == merkle.root_of_records([*reversed(records), *records])
