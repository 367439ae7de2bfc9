"""Restoring a home from a backup, and proving that it is whole.

    1. A generation of keys is chosen; a signed head beyond it, from the backup or given, refuses the restore.
    2. Packs up to that generation's extent, its keys, keyring, settings and system tables go into the new home.
    3. Erasure orders are carried out: those in the ledger, and those in the part of the packs beyond it.
    4. The vault is opened, which recovers it, and verified with its keys.
    5. The ledger's next entry names the backup and what is known to be lost. Every analyser begins anew.

A restore that was cut short leaves a home without that entry: remove it and begin again.
"""

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from muniment.core import clock
from muniment.core.errors import (
    FaultFoundError,
    MunimentError,
    NotAvailableError,
    RefusedError,
    WrongUseError,
)
from muniment.core.home import Home
from muniment.core.ids import RecordId, record_text
from muniment.core.tags import EventTag
from muniment.vault import keyring_file, sealing, segments
from muniment.vault.backup import generations
from muniment.vault.backup.destination import Destination, Stored, text, whole
from muniment.vault.backup.folder import sync_folder, write
from muniment.vault.backup.generations import Generation, OrganisationPart
from muniment.vault.backup.joining import arriving
from muniment.vault.backup.making import SETTINGS, TABLES
from muniment.vault.backup.places import Where, place
from muniment.vault.checkpoint import LedgerVerifier, split_note
from muniment.vault.faults import Fault, FaultKind, FaultList
from muniment.vault.frames import HEADER_BYTES, Kind, parse_header
from muniment.vault.keeper import entries
from muniment.vault.keeper.entries import Clear, Entry, RestoredBody
from muniment.vault.keyring import Keyring, UnlockedKeyring
from muniment.vault.keyring_file import KeyringFile
from muniment.vault.layout import Layout
from muniment.vault.orders import erased_record
from muniment.vault.packs import Group, mapped, stored_length
from muniment.vault.slots import EMPTY_SLOT, SLOT_BYTES
from muniment.vault.store import Store
from muniment.vault.survey import survey
from muniment.vault.verify import verify


class RestoredOrganisation(msgspec.Struct, frozen=True):
    """One organisation as it was restored.

    `lost` is the first and last entry of which only the sealed packs are left: they came after the keys.
    `erased` are records whose erasure was ordered in that part: their keys were destroyed again.
    """

    organisation: str
    records: int
    entries: int
    lost: tuple[int, int] | None
    erased: tuple[str, ...]
    faults: tuple[Fault, ...]
    locked: str = ""
    """Why its keys could not be tried: it has one of its own that is not here. Empty where they were."""


class Restored(msgspec.Struct, frozen=True):
    """A restored home: from which generation of keys, made when (seconds), and what it holds."""

    generation: str
    made: int
    organisations: tuple[RestoredOrganisation, ...]

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that verifying found, of all organisations."""
        return tuple(fault for each in self.organisations for fault in each.faults)


class Choice(msgspec.Struct, frozen=True):
    """What to restore: by default the newest whole generation that has not expired.

    `checkpoints` are signed heads that were kept elsewhere. `rehearsal` writes nothing to the ledger.
    """

    generation: str = ""
    expired: bool = False
    checkpoints: tuple[str, ...] = ()
    rehearsal: bool = False


def restore(
    where: Where, home: Home, passphrase: bytes, choice: Choice | None = None, *, now: int = 0
) -> Restored:
    """Restore a backup into a home that is empty or missing, and verify it. `now` is the time, else the clock's.

    Faults that verifying finds are in the answer; then, as in a rehearsal, no entry is written.
    WrongUseError if the home is not empty; RefusedError for a wrong passphrase, expired keys, or a backup
    that ends before a head that is known to be signed; NotAvailableError if there is no backup.
    """
    choice, now, source = choice or Choice(), now or clock.seconds(), place(where)
    if home.path.exists() and any(home.path.iterdir()):
        raise WrongUseError(f"{home.path} is not empty.", remedy="Restore into a new directory.")
    with source.alone(writing=False):
        chosen = _choose(source, choice, now)
        for part in chosen.organisations:
            _require_newest(source, part, choice.checkpoints)
        try:
            return _Restoring(source, chosen, home, choice, now).run(passphrase)
        except OSError as error:
            raise NotAvailableError("The backup could not be restored.", why=f"{error}.") from error


class _Restoring:
    def __init__(self, source: Destination, chosen: Generation, home: Home, choice: Choice, now: int) -> None:
        self._source, self._chosen, self._home, self._choice = source, chosen, home, choice
        self._now = now
        self._keys = generations.keys(chosen.id)

    def run(self, passphrase: bytes) -> Restored:
        home = self._home
        home.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        names = {each.name for each in self._source.listed(self._keys)}
        if self._keys + SETTINGS in names:  # first: they may say how the keyring is opened
            _fetch(self._source, self._keys + SETTINGS, home.settings)
        keyring_file.write(home, self._keyring())
        try:
            keyring = Keyring.unlock(home, passphrase)
            for part in self._chosen.organisations:
                _require_epoch(keyring, part.organisation, self._chosen.id)
        except MunimentError:
            shutil.rmtree(home.keyring.parent)
            home.settings.unlink(missing_ok=True)
            raise
        if self._keys + TABLES in names:
            _fetch(self._source, self._keys + TABLES, home.catalogue)
        done = tuple(self._organisation(part, keyring) for part in self._chosen.organisations)
        restored = Restored(self._chosen.id, self._chosen.made, done)
        if not restored.faults and not self._choice.rehearsal:
            for each in done:
                self._tell(each, keyring)
        return restored

    def _keyring(self) -> KeyringFile:
        """One keyring of those that were taken with each organisation's keys: each gives its own epochs."""
        taken = {
            part.organisation: _read_keyring(
                whole(self._source, generations.keys(self._chosen.id, part.organisation) + "keyring")
            )
            for part in self._chosen.organisations
        }
        if not taken:
            raise FaultFoundError("The backup holds no organisation.")
        newest = list(taken.values())[-1]
        own = {name: keyring_file.organisation_of(file, name) for name, file in taken.items()}
        return msgspec.structs.replace(newest, organisations=own)

    def _organisation(self, part: OrganisationPart, keyring: UnlockedKeyring) -> RestoredOrganisation:
        name = part.organisation
        layout, packs = Layout(self._home.vault(name)), generations.packs(name)
        verifier = LedgerVerifier.parse(text(self._source, packs + "ledger-key"))
        if verifier != keyring.ledger_signer(name).verifier:
            raise FaultFoundError(f"The packs of {name} are of another ledger than its keys.")
        stored = self._source.listed(packs)
        ends = self._lay_out(part, layout, stored)
        tail, orders = _beyond(self._source, name, stored, ends)
        erased = _erase(layout, name, orders)
        with Store.open(layout.path, name, keyring.ledger_signer(name)):
            pass  # recovers: carries out the orders in the ledger, makes tiles and index
        report = verify(
            layout.path,
            name,
            keys=None if keyring.locked(name) else lambda epoch: keyring.epoch_private(name, epoch),
            ledger_key=verifier,
            outside=(part.checkpoint,),
        )
        expected = {(FaultKind.LOST_KEY, record) for record in erased}
        faults = tuple(each for each in report.faults if (each.kind, each.record) not in expected)
        lost = (part.size, part.size + tail - 1) if tail else None
        return RestoredOrganisation(
            name, report.records, report.leaves, lost, erased, faults, keyring.locked(name)
        )

    def _lay_out(self, part: OrganisationPart, layout: Layout, stored: list[Stored]) -> list[int]:
        """Put an organisation's files in their places; how many bytes of each stored pack belong to its keys."""
        packs, ends = generations.packs(part.organisation), list[int]()
        for folder in (layout.packs, layout.keys, layout.log, layout.anchors):
            folder.mkdir(parents=True, mode=0o700)
        for number, length in enumerate(part.packs, 1):
            path = layout.pack(number)
            _fetch(self._source, packs + path.name, path)
            ends.append(_cut(path, length))
        files = layout.key_files(part.key_generation)
        for path in (files.slots, files.batches):
            _fetch(self._source, generations.keys(self._chosen.id, part.organisation) + path.name, path)
        _fetch(self._source, packs + "ledger-key", layout.ledger_key)
        write(layout.checkpoint, part.checkpoint.encode())
        for each in stored:
            if each.name.startswith(f"{packs}anchors/") and each.name.endswith(".checkpoint"):
                _fetch(self._source, each.name, layout.anchors / each.name.rpartition("/")[2])
        return ends

    def _tell(self, restored: RestoredOrganisation, keyring: UnlockedKeyring) -> None:
        name = restored.organisation
        expired = self._chosen.expires <= self._now
        clear = Clear(tag=EventTag.BACKUP_RESTORED, time=self._now, range=restored.lost)
        entry = Entry(clear, entries.write_body(RestoredBody(self._chosen.id, expired)))
        with Store.open(self._home.vault(name), name, keyring.ledger_signer(name)) as store:
            store.commit([sealing.seal_batch(keyring.current_epoch(name), [entries.document(entry)])])
            store.publish()


def _choose(source: Destination, choice: Choice, now: int) -> Generation:
    there = generations.listing(source).whole
    named = [each for each in there if each.id == choice.generation] if choice.generation else there[-1:]
    if not named:
        raise NotAvailableError(
            f"{source.title} holds no {'such' if choice.generation else 'whole'} generation of keys.",
            why=f"Whole ones here: {', '.join(each.id for each in there) or 'none'}.",
        )
    (chosen,) = named
    if chosen.expires <= now and not choice.expired:
        raise RefusedError(
            f"The keys {chosen.id} have expired.",
            why="Certificates of erasure say that nothing can be read with them any more.",
            remedy="Back up in time. If there is nothing else, --expired restores them, and the ledger says so.",
        )
    return chosen


def _require_epoch(keyring: UnlockedKeyring, organisation: str, generation: str) -> None:
    """Refuse a generation from before a turn after which a key service destroyed its part of the epoch's key."""
    if keyring.locked(organisation) or not keyring.epochs_by_service(organisation):
        return
    try:
        keyring.epoch_private(organisation, keyring.current_epoch(organisation).epoch)
    except RefusedError as error:
        raise RefusedError(
            f"The keys {generation} do not open {organisation}.",
            why=f"The key service destroys its key of an epoch that is over, as certificates say. {error}",
            remedy="Restore a generation that was made after the last turn.",
        ) from error


def _require_newest(source: Destination, part: OrganisationPart, given: Sequence[str]) -> None:
    """Refuse what would read as a rollback: a head beyond the backup is signed, so entries are known to be lost."""
    packs = generations.packs(part.organisation)
    verifier = LedgerVerifier.parse(text(source, packs + "ledger-key"))
    names = (each.name for each in source.listed(packs))
    heads = [
        text(source, name)
        for name in names
        if name == packs + "checkpoint"
        or (name.startswith(f"{packs}anchors/") and name.endswith(".checkpoint"))
    ]
    heads += [note for note in given if split_note(note)[0].origin == verifier.origin]
    known = max((verifier.open(note).size for note in heads), default=0)
    if known > part.size:
        raise RefusedError(
            f"The backup of {part.organisation} ends before entry {part.size}; a head of {known} entries is signed.",
            why=f"Entries {part.size} to {known - 1} would be lost, and the ledger would contradict what it signed.",
            remedy="Restore a newer generation or another backup. A new shard after a loss is not made yet.",
        )


def _beyond(
    source: Destination, organisation: str, stored: list[Stored], ends: list[int]
) -> tuple[int, frozenset[RecordId]]:
    """How many entries the packs hold beyond the keys (a backup was cut short), and the erasures they order."""
    count, orders = 0, set[RecordId]()
    for name, size in sorted(generations.pack_sizes(stored, organisation).items()):
        number = int(name[:6])
        start = ends[number - 1] if number <= len(ends) else 0
        for data, group in arriving(source.read(generations.packs(organisation) + name, start, size)):
            count += len(group.places)
            orders |= _orders(data, group)
    return count, frozenset(orders)


def _orders(data: bytes, group: Group) -> set[RecordId]:
    found = set[RecordId]()
    for each in group.places:
        header = parse_header(data, each.offset)
        if header and each.kind is Kind.ACTION:
            first = each.offset + HEADER_BYTES
            record = erased_record(data[first : first + header.clear_length])
            found |= {record} if record else set()
    return found


def _erase(layout: Layout, organisation: str, orders: Iterable[RecordId]) -> tuple[str, ...]:
    """Empty the slots of these records, before anybody opens the vault."""
    orders = set(orders)
    if not orders:
        return ()
    index = survey(layout, organisation, None, FaultList(), live=False).index
    emptied = []
    with layout.slots.open("r+b") as slots:
        for record in sorted(orders):
            seq = index.sequence(record)
            if seq is not None:
                for each in (seq, *segments.sequences(index.sequence, record)):
                    slots.seek(each * SLOT_BYTES)
                    slots.write(EMPTY_SLOT)
                emptied.append(record_text(record))
        slots.flush()
    return tuple(emptied)


def _cut(pack: Path, sealed: int) -> int:
    """Leave of a pack the groups that were `sealed` bytes long together, whatever its form; their bytes now."""
    with mapped(pack) as data:
        end = stored_length(data, sealed)
    with pack.open("r+b") as stream:
        stream.truncate(end)
        os.fsync(stream.fileno())
    return end


def _fetch(source: Destination, name: str, target: Path) -> None:
    """Copy a file of the backup into the new home, synced."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        for data in source.read(name):
            stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    sync_folder(target.parent)


def _read_keyring(data: bytes) -> KeyringFile:
    try:
        return keyring_file.parse(data)
    except msgspec.MsgspecError as error:
        raise FaultFoundError(
            "The keyring in the backup is damaged.", remedy="Use another generation of keys."
        ) from error
