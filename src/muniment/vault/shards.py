"""Where the shards of an organisation's vault lie: the first in the vault's folder, later ones in `shards/`."""

import re
from pathlib import Path

from muniment.vault.layout import Layout

FIRST = 1
LAST = 9999
FOLDER = "shards"
NAME = re.compile(r"000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3}")


def path(vault: Path, shard: int) -> Path:
    """The folder of one shard."""
    return vault if shard == FIRST else vault / FOLDER / f"{shard:04d}"


def numbers(vault: Path) -> list[int]:
    """The shards that are there, in order: a folder without a checkpoint is none (yet)."""
    try:
        names = [entry.name for entry in (vault / FOLDER).iterdir() if NAME.fullmatch(entry.name)]
    except (FileNotFoundError, NotADirectoryError):
        names = []
    later = (int(name) for name in names)
    return [FIRST, *sorted(each for each in later if Layout(path(vault, each)).checkpoint.exists())]


def layouts(vault: Path) -> dict[int, Layout]:
    """The files of every shard that is there, by number, in order."""
    return {number: Layout(path(vault, number)) for number in numbers(vault)}


def last(vault: Path) -> Layout:
    """The files of the shard that takes entries now."""
    return Layout(path(vault, numbers(vault)[-1]))
