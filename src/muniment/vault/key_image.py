"""Both files of the generation of keys that counts, read as they are."""

from pathlib import Path
from typing import NamedTuple

from muniment.vault.layout import KeyFiles, Layout


class KeyImage(NamedTuple):
    """One generation of key files as it is now; empty where a file is missing."""

    files: KeyFiles
    slots: bytes
    batches: bytes


def read_keys(layout: Layout) -> KeyImage:
    """The key files that count now, both of one generation."""
    files = layout.key_files()
    image = KeyImage(files, _read(files.slots), _read(files.batches))
    return image if layout.key_files() == files else read_keys(layout)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
