"""Tables against ledger, for `muniment verify`: two truths are one too many.

Works whether the server runs on the home or not. The keeper gives the ledger's acts, opened; the rooms
compare their rows with them.
"""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.vault.archive import Archive
from muniment.vault.client import DeskDoor, connect
from muniment.vault.keyring import UnlockedKeyring

if TYPE_CHECKING:
    from muniment.people.comparing import RowFault

SETTLING_SECONDS = 2.0
"""While the server runs, an act may be met between its entry and its row: what is so still, is a fault."""


class TableFault(msgspec.Struct, frozen=True):
    """A row that the ledger does not bear out, as `muniment verify` tells it."""

    kind: str
    record: str
    advice: str


class Compared(msgspec.Struct, frozen=True):
    """The faults of each organisation, and why a comparison could not be made, if it could not."""

    faults: dict[str, tuple[TableFault, ...]]
    note: str = ""


def compare(home: Home, keyring: UnlockedKeyring, organisations: Iterable[str]) -> Compared:
    """Compare every table with the ledgers of these organisations, none of them locked; nothing is changed."""
    if not home.catalogue.is_file():
        return Compared({}, "There is no catalogue in this home: tables were not compared with the ledger.")
    from muniment.web import installation  # noqa: PLC0415  slow to load

    installation.start(home, keyring.worker_keys())
    try:
        with connect(home, b"", keyring) as doors:
            return Compared({each: _settled(home, doors.desk, each) for each in organisations})
    except MunimentError as error:
        return Compared({}, f"Tables were not compared with the ledger: {error}")


def _settled(home: Home, desk: DeskDoor, organisation: str) -> tuple[TableFault, ...]:
    found = _compare(home, desk, organisation)
    if not found:
        return ()
    time.sleep(SETTLING_SECONDS)
    still = set(_compare(home, desk, organisation))
    return tuple(fault for fault in found if fault in still)


def _compare(home: Home, desk: DeskDoor, organisation: str) -> tuple[TableFault, ...]:
    from muniment.catalogue import comparing as catalogue  # noqa: PLC0415  their models are loaded now
    from muniment.people import comparing as people  # noqa: PLC0415  the same
    from muniment.release import comparing as release  # noqa: PLC0415  the same

    with Archive.open(home.vault(organisation), organisation, read_only=True) as archive:
        places = archive.places()
    found = (
        *people.compare(desk, organisation),
        *release.compare(desk, organisation),
        *catalogue.compare(desk, organisation, places),
    )
    return tuple(_told(fault) for fault in dict.fromkeys(found))


def _told(fault: "RowFault") -> TableFault:
    where = f"{fault.table} {fault.row}".strip()
    entry = f", entry {fault.sequence}" if fault.sequence >= 0 else ""
    return TableFault(fault.kind.replace(" ", "-"), fault.record, f"{where}{entry}: {fault.advice}")
