"""Checking a vault: every byte of it, against its ledger, listing all damage.

Keyless, as an auditor does it, or deep, with the epoch keys. The order of the checks:

1. The checkpoint is signed by the ledger key, and each stands on disk in its only form.
2. Every pack holds the entries, in groups that follow one another, up to the signed root.
3. Every key slot is live, or empty with an order to erase it in the ledger.
4. Tiles, entry bundles and index are what the packs give; no file is of no one's.
5. Heads that were kept outside are heads of this ledger.
6. With keys: every key opens its entry.
"""

import fcntl
import os
from pathlib import Path

from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.vault.anchors.checking import AnchorCheck, Trust
from muniment.vault.checkpoint import Checkpoint, LedgerVerifier, origin_of, split_note
from muniment.vault.derived import Derived
from muniment.vault.faults import Fault, FaultKind, FaultList, Report
from muniment.vault.key_check import EpochKeys, KeyCheck
from muniment.vault.key_image import read_keys
from muniment.vault.layout import Layout
from muniment.vault.packs import held
from muniment.vault.survey import Progress, survey, unwatched

__all__ = ["Fault", "FaultKind", "Report", "verify"]

NOBODY = Trust()
UNPROVED = "The damage is such that tiles and index could not be compared with the signed ledger."


def verify(
    path: Path,
    organisation: str,
    *,
    keys: EpochKeys | None = None,
    ledger_key: LedgerVerifier | None = None,
    outside: tuple[str, ...] = (),
    trust: Trust = NOBODY,
    progress: Progress = unwatched,
) -> Report:
    """Check the vault at `path`, also while its server runs; nothing is changed.

    `ledger_key` is the organisation's key from a trusted source, else the one in the vault is used.
    `outside` holds signed checkpoints that were kept elsewhere, `trust` who may have stamped or cosigned
    those in `anchors/`. `progress` hears, pack by pack, how many bytes of how many have been read.
    NotAvailableError if there is no vault.
    """
    layout = Layout(path)
    if not layout.packs.is_dir() or not layout.keys.is_dir() or not layout.log.is_dir():
        raise NotAvailableError(f"There is no vault at {path}.")
    with held(layout, alone=False):  # else a pack that is compacted meanwhile would look like a wrong index
        live, keys_then = _written_now(path), layout.key_files()
        report = _verify(layout, organisation, keys, ledger_key, outside, trust, live=live, progress=progress)
        if report.faults and ((not live and _written_now(path)) or layout.key_files() != keys_then):
            # A server has started or the epoch has turned meanwhile: what was about to be written, or a key
            # that was about to be destroyed, may have looked like a fault.
            report = _verify(
                layout, organisation, keys, ledger_key, outside, trust, live=True, progress=progress
            )
    return report


def _verify(
    layout: Layout,
    organisation: str,
    keys: EpochKeys | None,
    ledger_key: LedgerVerifier | None,
    outside: tuple[str, ...],
    trust: Trust,
    *,
    live: bool,
    progress: Progress,
) -> Report:
    faults = FaultList()
    verifier = _ledger_key(layout, organisation, ledger_key, faults)
    head = _head(layout, verifier, faults)
    anchors = AnchorCheck(layout, faults, trust)
    before = read_keys(layout)
    found = survey(layout, organisation, head, faults, live=live, keys=before, progress=progress)
    check = KeyCheck(layout, organisation, found, faults, before, live)
    sound = check.check()
    notes = []
    if found.authentic:
        Derived(layout, found, head.size if head else 0, faults, live=live).check()
    else:
        notes.append(UNPROVED)
    notes += anchors.check(verifier, found, outside)
    if keys is not None:
        check.deep(sound, keys)
    return Report(found.records, len(found.index), faults.all(), tuple(notes))


def _written_now(path: Path) -> bool:
    """Whether a writer has the vault. It is not kept out: a server must be able to start."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _ledger_key(
    layout: Layout, organisation: str, trusted: LedgerVerifier | None, faults: FaultList
) -> LedgerVerifier | None:
    try:
        text = layout.ledger_key.read_bytes().decode()
        stored = LedgerVerifier.parse(text)
    except (OSError, UnicodeDecodeError, WrongUseError):
        faults.add(FaultKind.DAMAGED_LEDGER_KEY, "log/ledger-key")
        return trusted
    right = stored.origin == origin_of(organisation) and text == f"{stored.text}\n"
    if not right or (trusted and trusted != stored):
        faults.add(FaultKind.DAMAGED_LEDGER_KEY, "log/ledger-key")
    return trusted or stored


def _head(layout: Layout, verifier: LedgerVerifier | None, faults: FaultList) -> Checkpoint | None:
    """The head that the vault states: also where its signature is bad, to name what else is wrong."""
    try:
        note = layout.checkpoint.read_bytes().decode()
        stated, signatures = split_note(note)
    except OSError:
        faults.add(FaultKind.MISSING_CHECKPOINT, "log/checkpoint")
        return None
    except (UnicodeDecodeError, FaultFoundError):
        faults.add(FaultKind.BAD_SIGNATURE, "log/checkpoint is no checkpoint")
        return None
    if verifier is None:
        faults.add(FaultKind.BAD_SIGNATURE, "log/checkpoint, for which no ledger key is known")
        return stated
    if len(signatures) != 1:
        faults.add(FaultKind.BAD_SIGNATURE, "log/checkpoint, which has more signatures than one")
    try:
        return verifier.open(note)
    except FaultFoundError as error:
        faults.add(FaultKind.BAD_SIGNATURE, f"log/checkpoint: {error}")
        return None
