"""Rehearsing a restore: into a home that is removed again, verified, and measured."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.vault.backup.folder import Folder
from muniment.vault.backup.places import Where, place
from muniment.vault.backup.restoring import Choice, Restored, restore
from muniment.vault.backup.s3 import Bucket
from muniment.vault.faults import Fault, FaultKind, FaultList


class Drill(msgspec.Struct, frozen=True):
    """What a rehearsal found, and how many seconds it took: about what a restore in earnest would."""

    restored: Restored
    seconds: float
    lapsed: tuple[Fault, ...] = ()
    """Objects of packs that should be locked and are not."""

    @property
    def passed(self) -> bool:
        """Whether everything was restored, nothing in it is damaged, and what should be locked is."""
        return not self.restored.faults and not self.lapsed


def drill(
    where: Where, passphrase: bytes, *, scratch: Path | None = None, choice: Choice | None = None
) -> Drill:
    """Restore the newest backup into a scratch home under `scratch`, then remove it.

    Without `scratch` it is made beside a folder, and for a bucket where this machine keeps temporary files.

    Nothing is written to the ledger. Errors as `restore`.
    """
    begun = time.monotonic()
    source = place(where)
    beside = source.path.parent if isinstance(source, Folder) else None
    rehearsal = msgspec.structs.replace(choice or Choice(), rehearsal=True)
    try:
        with TemporaryDirectory(prefix=".drill-", dir=scratch or beside) as scratch_home:
            restored = restore(source, Home(Path(scratch_home) / "home"), passphrase, rehearsal)
    except OSError as error:
        raise NotAvailableError("There is no place for the rehearsal.", why=f"{error}.") from error
    lapsed = _lapsed(source) if isinstance(source, Bucket) and source.lock_days else ()
    return Drill(restored, round(time.monotonic() - begun, 3), lapsed)


def _lapsed(source: Bucket) -> tuple[Fault, ...]:
    faults = FaultList()
    for name in source.lapsed():
        faults.add(FaultKind.LOCK_LAPSED, name)
    return faults.all()
