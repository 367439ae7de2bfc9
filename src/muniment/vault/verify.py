"""Checking a vault: every byte of it, against its ledger, listing all damage.

Keyless, as an auditor does it, or deep, with the epoch keys. The order of the checks:

1. The checkpoint is signed by the ledger key, and each stands on disk in its only form.
2. Every pack holds the entries, in groups that follow one another, up to the signed root.
3. Every key slot is live, or empty with an order to erase it in the ledger.
4. Tiles, entry bundles and index are what the packs give; no file is of no one's.
5. Heads that were kept outside are heads of this ledger.
6. Shards follow one another, and none is missing.
7. With keys: every key opens its entry.
"""

import fcntl
import os
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from muniment.core.errors import FaultFoundError, MunimentError, NotAvailableError, WrongUseError
from muniment.vault import shards
from muniment.vault.anchors.checking import AnchorCheck, Trust
from muniment.vault.chain import Span
from muniment.vault.chain_check import Chain, Counter, Link
from muniment.vault.checkpoint import (
    Checkpoint,
    LedgerVerifier,
    ledger_name,
    origin_of,
    shard_of,
    split_note,
)
from muniment.vault.derived import Derived
from muniment.vault.faults import Fault, FaultKind, FaultList, Report
from muniment.vault.key_check import EpochKeys, KeyCheck, Reach
from muniment.vault.key_image import read_keys
from muniment.vault.layout import Layout
from muniment.vault.packs import PackReader, held
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

    `ledger_key` is the key of one of the shards from a trusted source, best the newest; else those in the
    vault are used.
    `outside` holds signed checkpoints that were kept elsewhere, `trust` who may have stamped or cosigned
    those in `anchors/`. `progress` hears, pack by pack, how many bytes of how many have been read.
    NotAvailableError if there is no vault.
    """
    layout = Layout(path)
    if not layout.packs.is_dir() or not layout.keys.is_dir() or not layout.log.is_dir():
        raise NotAvailableError(f"There is no vault at {path}.")
    asked = _Asked(path, organisation, keys, ledger_key, outside, trust, progress)
    with ExitStack() as stack:
        for each in shards.layouts(path).values():
            # Else a pack that is compacted meanwhile would look like a wrong index.
            stack.enter_context(held(each, alone=False))
        live, files_then = _written_now(path), _files(path)
        report = _verify(asked, live=live)
        if report.faults and ((not live and _written_now(path)) or _files(path) != files_then):
            # A server has started or the epoch or the shard has changed meanwhile: what was about to be
            # written, or a key that was about to be destroyed, may have looked like a fault.
            report = _verify(asked, live=True)
    return report


@dataclass(frozen=True)
class _Asked:
    """The arguments of `verify`."""

    path: Path
    organisation: str
    keys: EpochKeys | None
    ledger_key: LedgerVerifier | None
    outside: tuple[str, ...]
    trust: Trust
    progress: Progress


class _Part:
    """One shard while it is checked, in the order of the checks."""

    def __init__(self, asked: _Asked, number: int, layout: Layout, faults: FaultList, *, live: bool) -> None:
        self.number, self.layout, self.live = number, layout, live
        self.name, self.asked, self.faults = ledger_name(asked.organisation, number), asked, faults
        self.verifier = _ledger_key(layout, self.name, self._trusted(), faults)
        self.head = _head(layout, self.verifier, faults)
        self.anchors = AnchorCheck(layout, faults, asked.trust)
        self.before = read_keys(layout)

    def read(self, progress: Progress) -> None:
        """Read all packs."""
        self.found = survey(
            self.layout,
            self.name,
            self.head,
            self.faults,
            live=self.live,
            keys=self.before,
            progress=progress,
        )

    def check(self, reach: Reach, nested: frozenset[str]) -> list[str]:
        """Keys, and what is derived; the notes."""
        self.keys = KeyCheck(
            self.layout, self.name, self.found, self.faults, self.before, live=self.live, reach=reach
        )
        self.sound = self.keys.check()
        if not self.found.authentic:
            return [UNPROVED]
        size = self.head.size if self.head else 0
        Derived(self.layout, self.found, size, self.faults, live=self.live, nested=nested).check()
        return []

    def link(self) -> Link:
        """What the chain of shards needs of it."""
        tree, index = self.found.ledger.tree, self.found.index
        reader = PackReader(self.layout)
        ends: list[bytes] = []
        with suppress(MunimentError):
            ends = [reader.entry(seq, index.place(seq)).clear for seq in (0, tree.size - 1) if tree.size]
        reader.close()
        first, last = ends or (b"", b"")
        span = Span(self.verifier, tree.size, tree.root(), first, last)
        sound = self.found.authentic and bool(ends or not tree.size)
        return Link(self.number, span, sound, self.head.size if self.head else 0)

    def outside(self) -> tuple[str, ...]:
        """The heads from elsewhere that are of this shard; the first also gets those of nobody."""
        own = origin_of(self.name)
        return tuple(
            note
            for note in self.asked.outside
            if (origin := note.partition("\n")[0]) == own
            or (self.number == shards.FIRST and not shard_of(origin, self.asked.organisation))
        )

    def _trusted(self) -> LedgerVerifier | None:
        key = self.asked.ledger_key
        number = shard_of(key.origin, self.asked.organisation) if key else 0
        return key if self.number == (number or shards.FIRST) else None


def _verify(asked: _Asked, *, live: bool) -> Report:
    faults, notes = FaultList(), list[str]()
    layouts = shards.layouts(asked.path)
    parts = [
        _Part(asked, number, layout, faults.within(number) if len(layouts) > 1 else faults, live=live)
        for number, layout in layouts.items()
    ]
    done = Counter(asked.progress, [part.layout for part in parts])
    for part in parts:
        part.read(done.next())
    chain = Chain([part.link() for part in parts], asked.organisation)
    indices = tuple(part.found.index for part in parts)
    reach = Reach(frozenset(order for part in parts for order in part.found.orders), indices)
    for part in parts:
        nested = chain.folders if part.number == shards.FIRST else frozenset[str]()
        notes += part.check(reach, nested)
        notes += part.anchors.check(part.verifier, part.found, part.outside(), chain.excused)
    notes += parts[-1].anchors.missing(parts[-1].outside())
    notes += chain.check(faults, asked.outside, asked.ledger_key, live=live)
    if asked.keys is not None:
        for part in parts:
            part.keys.deep(part.sound, asked.keys)
    leaves = sum(map(len, indices))
    return Report(sum(part.found.records for part in parts), leaves, faults.all(), tuple(notes))


def _files(path: Path) -> object:
    return [(number, layout.key_files()) for number, layout in shards.layouts(path).items()]


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
    layout: Layout, ledger: str, trusted: LedgerVerifier | None, faults: FaultList
) -> LedgerVerifier | None:
    try:
        text = layout.ledger_key.read_bytes().decode()
        stored = LedgerVerifier.parse(text)
    except (OSError, UnicodeDecodeError, WrongUseError):
        faults.add(FaultKind.DAMAGED_LEDGER_KEY, "log/ledger-key")
        return trusted
    right = stored.origin == origin_of(ledger) and text == f"{stored.text}\n"
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
