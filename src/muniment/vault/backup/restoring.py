"""Restoring a home from a backup, and proving that it is whole.

    1. A generation of keys is chosen; a signed head beyond it, from the backup or given, refuses the restore.
    2. Packs up to that generation's extent, its keys, keyring, settings and system tables go into the new home.
    3. Erasure orders are carried out: those in the ledger, and those in the part of the packs beyond it.
    4. The vault is opened, which recovers it, and verified with its keys.
    5. The ledger's next entry names the backup and what is known to be lost. Every analyser begins anew.

A restore that was cut short leaves a home without that entry: remove it and begin again.
"""

import shutil
from collections.abc import Iterable, Sequence
from mmap import mmap
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
from muniment.vault.backup import folder as files
from muniment.vault.backup.folder import BackupFolder, Generation, OrganisationPart
from muniment.vault.backup.making import SETTINGS, TABLES
from muniment.vault.checkpoint import LedgerVerifier, split_note
from muniment.vault.faults import Fault, FaultKind, FaultList
from muniment.vault.frames import HEADER_BYTES, Kind, parse_header
from muniment.vault.keeper import entries
from muniment.vault.keeper.entries import Clear, Entry, RestoredBody
from muniment.vault.keyring import Keyring, UnlockedKeyring
from muniment.vault.keyring_file import KeyringFile
from muniment.vault.layout import Layout
from muniment.vault.orders import erased_record
from muniment.vault.packs import Group, mapped, read_group, stored_length
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
    where: Path, home: Home, passphrase: bytes, choice: Choice | None = None, *, now: int = 0
) -> Restored:
    """Restore a backup into a home that is empty or missing, and verify it. `now` is the time, else the clock's.

    Faults that verifying finds are in the answer; then, as in a rehearsal, no entry is written.
    WrongUseError if the home is not empty; RefusedError for a wrong passphrase, expired keys, or a backup
    that ends before a head that is known to be signed; NotAvailableError if there is no backup.
    """
    choice, now = choice or Choice(), now or clock.seconds()
    backup = BackupFolder(where)
    if home.path.exists() and any(home.path.iterdir()):
        raise WrongUseError(f"{home.path} is not empty.", remedy="Restore into a new directory.")
    with backup.alone():
        chosen = _choose(backup, choice, now)
        for part in chosen.organisations:
            _require_newest(backup, part, choice.checkpoints)
        try:
            return _Restoring(backup, chosen, home, choice, now).run(passphrase)
        except OSError as error:
            raise NotAvailableError("The backup could not be restored.", why=f"{error}.") from error


class _Restoring:
    def __init__(
        self, backup: BackupFolder, chosen: Generation, home: Home, choice: Choice, now: int
    ) -> None:
        self._backup, self._chosen, self._home, self._choice = backup, chosen, home, choice
        self._now = now
        self._keys = backup.generation(chosen.id)

    def run(self, passphrase: bytes) -> Restored:
        home = self._home
        home.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (self._keys / SETTINGS).is_file():  # first: they may say how the keyring is opened
            files.write(home.settings, (self._keys / SETTINGS).read_bytes())
        keyring_file.write(home, self._keyring())
        try:
            keyring = Keyring.unlock(home, passphrase)
            for part in self._chosen.organisations:
                _require_epoch(keyring, part.organisation, self._chosen.id)
        except MunimentError:
            shutil.rmtree(home.keyring.parent)
            home.settings.unlink(missing_ok=True)
            raise
        if (self._keys / TABLES).is_file():
            files.write(home.catalogue, (self._keys / TABLES).read_bytes())
        done = tuple(self._organisation(part, keyring) for part in self._chosen.organisations)
        restored = Restored(self._chosen.id, self._chosen.made, done)
        if not restored.faults and not self._choice.rehearsal:
            for each in done:
                self._tell(each, keyring)
        return restored

    def _keyring(self) -> KeyringFile:
        """One keyring of those that were taken with each organisation's keys: each gives its own epochs."""
        taken = {
            part.organisation: _read_keyring(self._keys / part.organisation / "keyring")
            for part in self._chosen.organisations
        }
        if not taken:
            raise FaultFoundError("The backup holds no organisation.")
        newest = list(taken.values())[-1]
        own = {name: keyring_file.organisation_of(file, name) for name, file in taken.items()}
        return msgspec.structs.replace(newest, organisations=own)

    def _organisation(self, part: OrganisationPart, keyring: UnlockedKeyring) -> RestoredOrganisation:
        name = part.organisation
        layout, packs = Layout(self._home.vault(name)), self._backup.packs(name)
        verifier = LedgerVerifier.parse((packs / "ledger-key").read_text("utf-8"))
        if verifier != keyring.ledger_signer(name).verifier:
            raise FaultFoundError(f"The packs of {name} are of another ledger than its keys.")
        self._lay_out(part, layout, packs)
        tail, orders = _beyond(packs, part)
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

    def _lay_out(self, part: OrganisationPart, layout: Layout, packs: Path) -> None:
        for folder in (layout.packs, layout.keys, layout.log, layout.anchors):
            folder.mkdir(parents=True, mode=0o700)
        for number, length in enumerate(part.packs, 1):
            source = packs / layout.pack(number).name
            with mapped(source) as data:
                end = stored_length(data, length)
            for _ in files.append(source, layout.pack(number), 0, end):
                pass
        keys = layout.key_files(part.key_generation)
        for path in (keys.slots, keys.batches):
            files.write(path, (self._keys / part.organisation / path.name).read_bytes())
        files.write(layout.ledger_key, (packs / "ledger-key").read_bytes())
        files.write(layout.checkpoint, part.checkpoint.encode())
        for anchor in sorted((packs / "anchors").glob("*.checkpoint")):
            files.write(layout.anchors / anchor.name, anchor.read_bytes())

    def _tell(self, restored: RestoredOrganisation, keyring: UnlockedKeyring) -> None:
        name = restored.organisation
        expired = self._chosen.expires <= self._now
        clear = Clear(tag=EventTag.BACKUP_RESTORED, time=self._now, range=restored.lost)
        entry = Entry(clear, entries.write_body(RestoredBody(self._chosen.id, expired)))
        with Store.open(self._home.vault(name), name, keyring.ledger_signer(name)) as store:
            store.commit([sealing.seal_batch(keyring.current_epoch(name), [entries.document(entry)])])
            store.publish()


def _choose(backup: BackupFolder, choice: Choice, now: int) -> Generation:
    whole = backup.generations()
    named = [each for each in whole if each.id == choice.generation] if choice.generation else whole[-1:]
    if not named:
        raise NotAvailableError(
            f"{backup.path} holds no {'such' if choice.generation else 'whole'} generation of keys.",
            why=f"Whole ones here: {', '.join(each.id for each in whole) or 'none'}.",
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


def _require_newest(backup: BackupFolder, part: OrganisationPart, given: Sequence[str]) -> None:
    """Refuse what would read as a rollback: a head beyond the backup is signed, so entries are known to be lost."""
    packs = backup.packs(part.organisation)
    verifier = LedgerVerifier.parse((packs / "ledger-key").read_text("utf-8"))
    heads = [(packs / "checkpoint").read_text("utf-8")] if (packs / "checkpoint").is_file() else []
    heads += [path.read_text("utf-8") for path in sorted((packs / "anchors").glob("*.checkpoint"))]
    heads += [note for note in given if split_note(note)[0].origin == verifier.origin]
    known = max((verifier.open(note).size for note in heads), default=0)
    if known > part.size:
        raise RefusedError(
            f"The backup of {part.organisation} ends before entry {part.size}; a head of {known} entries is signed.",
            why=f"Entries {part.size} to {known - 1} would be lost, and the ledger would contradict what it signed.",
            remedy="Restore a newer generation or another backup. A new shard after a loss is not made yet.",
        )


def _beyond(packs: Path, part: OrganisationPart) -> tuple[int, frozenset[RecordId]]:
    """How many entries the packs hold beyond the keys (a backup was cut short), and the erasures they order."""
    count, orders = 0, set[RecordId]()
    for path in sorted(packs.glob("*.pack")):
        number = int(path.name[:6])
        with mapped(path) as data:
            at = stored_length(data, part.packs[number - 1]) if number <= len(part.packs) else 0
            while group := read_group(data, at, number):
                count += len(group.places)
                orders |= _orders(data, group)
                at = group.end
    return count, frozenset(orders)


def _orders(data: bytes | mmap, group: Group) -> set[RecordId]:
    found = set[RecordId]()
    for place in group.places:
        header = parse_header(data, place.offset)
        if header and place.kind is Kind.ACTION:
            first = place.offset + HEADER_BYTES
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


def _read_keyring(path: Path) -> KeyringFile:
    try:
        return keyring_file.parse(path.read_bytes())
    except msgspec.MsgspecError as error:
        raise FaultFoundError(
            "The keyring in the backup is damaged.", remedy="Use another generation of keys."
        ) from error
