"""How backups and verifications went: one small file for each, for doctor, the worker's mails, and the next round."""

import os
import re

import msgspec

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.vault.disk import Disk
from muniment.vault.faults import Fault

BACKUP, LOCKS = "backup", "locks"
NAME = re.compile(r"[a-z0-9_]+(\.[a-z]+)?")


class Outcome(msgspec.Struct, frozen=True):
    """The last run of a job, at `time` (seconds), and when it last went well and first went wrong since (0: never).

    `says` is a sentence for a person; `faults` is what a verification found, all of it.
    """

    time: int
    well: bool
    says: str
    seconds: float = 0.0
    faults: tuple[Fault, ...] = ()
    last_well: int = 0
    wrong_since: int = 0

    def after(self, before: "Outcome | None") -> "Outcome":
        """The same outcome, with what the one before it knew."""
        if self.well:
            return msgspec.structs.replace(self, last_well=self.time, wrong_since=0)
        last = before.last_well if before else 0
        since = (before.wrong_since if before else 0) or self.time
        return msgspec.structs.replace(self, last_well=last, wrong_since=since)


def job(organisation: str, mode: str) -> str:
    """The name of a verification of one organisation."""
    return f"{organisation}.{mode}"


def read(home: Home, name: str) -> Outcome | None:
    """The last outcome of a job; None if there is none, or it cannot be read: then the job is due."""
    try:
        return msgspec.json.decode((home.care / f"{name}.json").read_bytes(), type=Outcome)
    except (OSError, msgspec.MsgspecError):
        return None


def everything(home: Home) -> dict[str, Outcome]:
    """Every outcome that is there, by the name of its job."""
    names = [path.stem for path in home.care.glob("*.json")] if home.care.is_dir() else []
    found = {name: read(home, name) for name in sorted(names) if NAME.fullmatch(name)}
    return {name: outcome for name, outcome in found.items() if outcome}


def write(home: Home, name: str, outcome: Outcome) -> Outcome:
    """Keep an outcome, durably, as it is after the one before it. NotAvailableError if the disk cannot."""
    whole, disk = outcome.after(read(home, name)), Disk()
    path = home.care / f"{name}.json"
    try:
        disk.make_folder(home.care)
        disk.replace(path, msgspec.json.encode(whole), path.with_suffix(".aside"))
        disk.sync_folder(home.care)
    except OSError as error:
        raise NotAvailableError(
            "How it went cannot be kept.", why=f"{os.strerror(error.errno or 0)}."
        ) from error
    return whole
