"""Leaves that tiles give are those under the signed head, or nothing is given."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as draw

from muniment.core.errors import FaultFoundError
from muniment.vault.checkpoint import Checkpoint
from muniment.vault.layout import Layout
from muniment.vault.tile_tree import TileTree
from muniment.vault.tiles import hash_tiles
from muniment.vault.tree import Tree

SIZES = [0, 1, 2, 3, 255, 256, 257, 511, 512, 700, 65_535, 65_536, 65_537, 66_000]


def grown(path: Path, size: int) -> tuple[Layout, Tree, Checkpoint]:
    tree, layout = Tree(), Layout(path)
    tree.extend(number.to_bytes(32) for number in range(size))
    for name, data in hash_tiles(tree, 0, size):
        target = layout.tile(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return layout, tree, Checkpoint("origin", size, tree.root())


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_of_every_size(tmp_path: Path, size: int) -> None:
    layout, tree, head = grown(tmp_path, size)
    tiles = TileTree(layout, head)
    for seq in {0, 1, size // 2, 255, 256, size - 2, size - 1} & set(range(size)):
        assert tiles.leaf(seq) == tree.leaf(seq)


@settings(max_examples=60, deadline=None)
@given(draw.data())
def test_a_changed_byte_is_never_believed(
    tmp_path_factory: pytest.TempPathFactory, data: draw.DataObject
) -> None:
    size = data.draw(draw.integers(1, 1500))
    layout, tree, head = grown(tmp_path_factory.mktemp("log"), size)
    files = sorted(path for path in layout.log.rglob("*") if path.is_file())
    path = data.draw(draw.sampled_from(files))
    before = path.read_bytes()
    change = data.draw(draw.sampled_from(["flip", "cut", "longer", "gone"]))
    at = data.draw(draw.integers(0, len(before) - 1))
    if change == "flip":
        path.write_bytes(before[:at] + bytes([before[at] ^ 1]) + before[at + 1 :])
    elif change == "cut":
        path.write_bytes(before[:at])
    elif change == "longer":
        path.write_bytes(before + b"\0")
    else:
        path.unlink()
    refused = 0
    try:
        tiles = TileTree(layout, head)
    except FaultFoundError:
        return
    for seq in range(size):
        try:
            assert tiles.leaf(seq) == tree.leaf(seq)
        except FaultFoundError:
            refused += 1
    assert refused


def test_another_root_is_refused(tmp_path: Path) -> None:
    layout, _, head = grown(tmp_path, 300)
    with pytest.raises(FaultFoundError, match="signed root"):
        TileTree(layout, Checkpoint("origin", head.size, bytes(32)))
