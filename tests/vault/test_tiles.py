"""Tile names and contents are those of c2sp.org/tlog-tiles."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError
from muniment.core.merkle import tree_root
from muniment.vault.tiles import (
    Bundles,
    changed,
    hash_tiles,
    pack_bundle,
    split_bundle,
    split_hashes,
    superseded,
    tile_name,
    widths,
)
from muniment.vault.tree import Tree


def test_names_as_in_the_specification():
    assert tile_name(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_name("entries", 0, 112) == "tile/entries/000.p/112"
    assert tile_name(1, 273) == "tile/1/273"


def test_the_example_of_a_tree_of_70000():
    assert widths(0, 70_000) == (273, 112)
    assert widths(1, 70_000) == (1, 17)
    assert widths(2, 70_000) == (0, 1)
    assert widths(1, 256) == (0, 1)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=6))
def test_after_any_growth_the_tiles_are_those_of_the_final_tree(steps: list[int]):
    tree, files, old = Tree(), dict[str, bytes](), 0
    for step in steps:
        tree.extend(sha256(str(n).encode()).digest() for n in range(old, old + step))
        files.update(hash_tiles(tree, old, tree.size))
        for folder in superseded(old, tree.size):
            files = {name: data for name, data in files.items() if not name.startswith(folder)}
        old = tree.size
        full, partial = widths(0, old)
        for number in range(full):
            assert files[tile_name(0, number)] == tree.hashes(0, number * 256, number * 256 + 256)
            above = files[tile_name(1, number // 256, min(256, full - number // 256 * 256))]
            assert split_hashes(above)[number % 256] == tree_root(split_hashes(files[tile_name(0, number)]))
        if partial:
            assert len(files[tile_name(0, full, partial)]) == partial * 32


def test_nothing_changes_where_nothing_grew():
    assert list(changed(0, 300, 300)) == []
    assert list(changed(0, 256, 256)) == []
    assert list(changed(0, 255, 257)) == [(0, 256), (1, 1)]


@given(st.lists(st.binary(max_size=300), max_size=30))
def test_bundles_are_read_back(entries: list[bytes]):
    assert split_bundle(pack_bundle(entries)) == entries


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x05abcd", b"\x00\x01a\xff"])
def test_bundles_with_wrong_lengths_are_refused(data: bytes):
    with pytest.raises(FaultFoundError):
        split_bundle(data)


@given(st.lists(st.binary(max_size=5), max_size=600), st.integers(1, 300))
def test_full_bundles_come_however_the_leaves_come(entries: list[bytes], step: int):
    bundles = Bundles(bytes)
    for at in range(0, len(entries), step):
        bundles.extend(entries[at : at + step])
    full = len(entries) // 256 * 256
    assert bundles.full == [pack_bundle(entries[at : at + 256]) for at in range(0, full, 256)]
