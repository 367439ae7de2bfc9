"""Where shards lie, and which there are."""

from pathlib import Path

from muniment.vault import shards
from muniment.vault.layout import Layout


def make(vault: Path, *names: str) -> None:
    for name in names:
        layout = Layout(vault / "shards" / name)
        layout.log.mkdir(parents=True)
        layout.checkpoint.touch()


def test_the_first_shard_is_the_vault_itself(tmp_path: Path) -> None:
    assert shards.numbers(tmp_path / "nothing") == [1]
    assert shards.path(tmp_path, 1) == tmp_path
    assert shards.last(tmp_path).path == tmp_path


def test_later_ones_are_counted_in_order_and_may_leave_gaps(tmp_path: Path) -> None:
    make(tmp_path, "0010", "0002", "0005")
    assert shards.numbers(tmp_path) == [1, 2, 5, 10]
    assert shards.last(tmp_path).path == tmp_path / "shards" / "0010"
    assert list(shards.layouts(tmp_path)) == [1, 2, 5, 10]
    assert shards.path(tmp_path, 5) == tmp_path / "shards" / "0005"


def test_what_is_no_shard_is_none(tmp_path: Path) -> None:
    make(tmp_path, "0002", "0000", "0001", "2", "00003", "x")
    (tmp_path / "shards" / "0004" / "log").mkdir(parents=True)  # begun, and cut short
    assert shards.numbers(tmp_path) == [1, 2]
