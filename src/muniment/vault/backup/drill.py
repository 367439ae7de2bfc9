"""Rehearsing a restore: into a home that is removed again, verified, and measured."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.vault.backup.restoring import Choice, Restored, restore


class Drill(msgspec.Struct, frozen=True):
    """What a rehearsal found, and how many seconds it took: about what a restore in earnest would."""

    restored: Restored
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether everything was restored and nothing in it is damaged."""
        return not self.restored.faults


def drill(
    where: Path, passphrase: bytes, *, scratch: Path | None = None, choice: Choice | None = None
) -> Drill:
    """Restore the newest backup into a scratch home under `scratch` (else beside the backup), then remove it.

    Nothing is written to the ledger. Errors as `restore`.
    """
    begun = time.monotonic()
    rehearsal = msgspec.structs.replace(choice or Choice(), rehearsal=True)
    try:
        with TemporaryDirectory(prefix=".drill-", dir=scratch or where.parent) as place:
            restored = restore(where, Home(Path(place) / "home"), passphrase, rehearsal)
    except OSError as error:
        raise NotAvailableError("There is no place for the rehearsal.", why=f"{error}.") from error
    return Drill(restored, round(time.monotonic() - begun, 3))
