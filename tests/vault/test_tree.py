"""The growing tree gives the same roots and proofs as RFC 6962's definitions, written out plainly."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import WrongUseError
from muniment.core.merkle import EMPTY_ROOT, leaf_hash, tree_root
from muniment.vault.proof import root_from_inclusion, roots_from_consistency
from muniment.vault.tree import Tree


def plain_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word, over leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + plain_root(leaves[:split]) + plain_root(leaves[split:])).digest()


def plain_path(at: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if at < split:
        return [*plain_path(at, leaves[:split]), plain_root(leaves[split:])]
    return [*plain_path(at - split, leaves[split:]), plain_root(leaves[:split])]


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def grown(count: int) -> Tree:
    tree = Tree()
    tree.extend(leaves(count))
    return tree


LARGE = grown(1500)


@given(st.integers(1, 1500), st.data())
def test_roots_of_every_earlier_size_and_every_inclusion_proof(size: int, data: st.DataObject):
    all_leaves = leaves(size)
    assert LARGE.root(size) == plain_root(all_leaves) == tree_root(all_leaves)
    at = data.draw(st.integers(0, size - 1))
    path = LARGE.inclusion(at, size)
    assert path == plain_path(at, all_leaves)
    assert root_from_inclusion(all_leaves[at], at, size, path) == LARGE.root(size)


@given(st.integers(1, 1500), st.integers(1, 1500))
def test_consistency_between_any_two_sizes(one: int, two: int):
    old, new = sorted((one, two))
    path = LARGE.consistency(old, new)
    before, after = roots_from_consistency(old, new, LARGE.root(old), path)
    assert (before, after) == (LARGE.root(old), LARGE.root(new) if old != new else LARGE.root(old))
    if old != new:
        forged = roots_from_consistency(old, new, LARGE.root(old), [bytes(32), *path[1:]]) if path else None
        assert forged != (LARGE.root(old), LARGE.root(new))


@given(st.lists(st.integers(0, 300), max_size=6))
def test_growing_in_pieces_gives_the_same_tree(pieces: list[int]):
    total, tree = leaves(sum(pieces)), Tree()
    for count in pieces:
        tree.extend(total[tree.size : tree.size + count])
    whole = grown(len(total))
    assert tree.levels == whole.levels
    assert tree.root() == whole.root()


@given(st.integers(0, 700), st.integers(0, 700))
def test_going_back_leaves_no_trace(before: int, more: int):
    tree = grown(before)
    mark = tree.mark()
    tree.extend(leaves(more))
    tree.revert(mark)
    same = grown(before)
    assert (tree.size, tree.root()) == (same.size, same.root())
    assert [level for level in tree.levels if level] == [level for level in same.levels if level]
    tree.extend(leaves(3))
    same.extend(leaves(3))
    assert tree.root() == same.root()


def test_an_empty_tree_and_sizes_beyond_it():
    assert Tree().root() == EMPTY_ROOT == LARGE.root(0)
    with pytest.raises(WrongUseError):
        LARGE.root(1501)
    with pytest.raises(WrongUseError):
        LARGE.inclusion(7, 7)
    with pytest.raises(WrongUseError):
        LARGE.consistency(0, 7)
