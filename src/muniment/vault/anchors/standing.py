"""How an organisation's ledger stands with the outside: for `doctor`, the status page, and the worker."""

import os
from enum import StrEnum
from pathlib import Path

import msgspec

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.core.home import Home
from muniment.vault import shards
from muniment.vault.anchors import names
from muniment.vault.checkpoint import split_note
from muniment.vault.disk import Disk
from muniment.vault.layout import Layout


class Light(StrEnum):
    """How it stands, from good to bad."""

    WELL = "well"
    MISSING = "missing"
    """No head of this ledger is known outside."""
    OLD = "old"
    """The last one is older than the limit, and the ledger has grown."""
    CONTRADICTED = "contradicted"
    """Somebody outside has seen another ledger, or a longer one."""


class Trouble(msgspec.Struct, frozen=True):
    """What went wrong with one source, and when (seconds). `alarm`: it contradicts this ledger."""

    time: int
    says: str
    alarm: bool = False


class Standing(msgspec.Struct, frozen=True):
    """Where the last anchor stands: `size` leaves of `grown`, made at `time` (seconds), from `source`."""

    light: Light
    size: int = 0
    grown: int = 0
    time: int = 0
    source: str = ""
    troubles: dict[str, Trouble] = {}

    def says(self, now: int) -> str:
        """One sentence for a person."""
        alarms = [trouble.says for trouble in self.troubles.values() if trouble.alarm]
        if alarms:
            return alarms[0]
        if self.light is Light.MISSING:
            return "Anchor missing: nobody outside knows a head of this ledger."
        hours = max(0, now - self.time) // 3600
        return f"The last anchor, from {self.source}, covers {self.size} of {self.grown} entries and is {hours} hours old."


def standing(home: Home, organisation: str, *, limit: int, now: int) -> Standing:
    """How one ledger stands; `limit` in seconds is the age from which the last anchor is too old."""
    layout = shards.last(home.vault(organisation))
    troubles = read_troubles(home, organisation)
    anchors = names.listed(layout.anchors)
    grown = _published(layout)
    if any(trouble.alarm for trouble in troubles.values()):
        last = anchors[-1] if anchors else None
        size, time, source = (last.size, last.time, last.source) if last else (0, 0, "")
        return Standing(Light.CONTRADICTED, size, grown, time, source, troubles)
    if not anchors:
        return Standing(Light.MISSING, grown=grown, troubles=troubles)
    last = anchors[-1]
    old = now - last.time > limit and grown > last.size
    return Standing(Light.OLD if old else Light.WELL, last.size, grown, last.time, last.source, troubles)


def read_troubles(home: Home, organisation: str) -> dict[str, Trouble]:
    """What went wrong when each source was last asked; a file that cannot be read is itself an alarm."""
    path = _path(home, organisation)
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Trouble])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError):
        return {
            "": Trouble(0, f"What the sources of anchors said in {path.name} cannot be read.", alarm=True)
        }


def write_troubles(home: Home, organisation: str, troubles: dict[str, Trouble]) -> None:
    """Remember them, durably: an alarm must outlive a restart. NotAvailableError if the disk cannot."""
    path = _path(home, organisation)
    disk = Disk()
    try:
        for folder in (home.care, path.parent):
            disk.make_folder(folder)
        disk.replace(path, msgspec.json.encode(troubles), path.with_suffix(".aside"))
        disk.sync_folder(path.parent)
    except OSError as error:
        raise NotAvailableError(
            "The state of anchoring cannot be kept.", why=f"{os.strerror(error.errno or 0)}."
        ) from error


def _path(home: Home, organisation: str) -> Path:
    """Beside what the steward notes, and not in `system`, which the keeper's user alone may enter (level 1)."""
    return home.care / "anchoring" / f"{organisation}.json"


def _published(layout: Layout) -> int:
    try:
        return split_note(layout.checkpoint.read_bytes().decode())[0].size
    except (OSError, UnicodeDecodeError, FaultFoundError):
        return 0
