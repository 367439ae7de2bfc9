"""Where the actions are that say what was verified: one small file for each ledger, outside the vault.

Nothing is believed because of it: see `vault.incremental`.
"""

import os
from pathlib import Path

import msgspec

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.vault.disk import Disk
from muniment.vault.incremental import Mark


def read_mark(home: Home, organisation: str) -> Mark | None:
    """The mark; None where there is none or it cannot be read: then everything is read."""
    try:
        return msgspec.json.decode(_path(home, organisation).read_bytes(), type=Mark)
    except (OSError, msgspec.MsgspecError):
        return None


def write_mark(home: Home, organisation: str, mark: Mark) -> None:
    """Keep it. NotAvailableError if the disk cannot."""
    path, disk = _path(home, organisation), Disk()
    try:
        disk.make_folder(path.parent)
        disk.replace(path, msgspec.json.encode(mark), path.with_suffix(".aside"))
        disk.sync_folder(path.parent)
    except OSError as error:
        raise NotAvailableError(
            "What was verified cannot be noted.", why=f"{os.strerror(error.errno or 0)}."
        ) from error


def _path(home: Home, organisation: str) -> Path:
    return home.care / f"{organisation}.mark"
