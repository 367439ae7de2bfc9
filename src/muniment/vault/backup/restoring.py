"""Restoring a home from a backup, and proving that it is whole.

    1. A generation of keys is chosen; a signed head beyond it, from the backup or given, refuses the restore,
       unless two authorities have signed that what lies between is lost (`loss`).
    2. Packs up to that generation's extent, its keys, keyring, settings and system tables go into the new home.
    3. Erasure orders are carried out: those in the ledger, and those in the part of the packs beyond it.
    4. The vault is opened, which recovers it, and verified with its keys.
    5. After a loss the shard is frozen, and another opened that says what was lost, and that two signed it.
    6. The ledger's next entry names the backup and what is known to be lost. Every analyser begins anew.

A restore that was cut short leaves a home without that entry: remove it and begin again.
"""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

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
from muniment.vault import keyring_file, sealing, shards
from muniment.vault.archive import Archive
from muniment.vault.authority import statements
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.backup import generations, loss
from muniment.vault.backup.destination import Destination, Stored, text, whole
from muniment.vault.backup.folder import sync_folder, write
from muniment.vault.backup.generations import Generation, OrganisationPart
from muniment.vault.backup.loss import Accepted
from muniment.vault.backup.making import SETTINGS, TABLES
from muniment.vault.backup.places import Where, place
from muniment.vault.checkpoint import ledger_name, split_note
from muniment.vault.faults import Fault, FaultKind, FaultList
from muniment.vault.keeper import entries
from muniment.vault.keeper.entries import Clear, Entry, RestoredBody
from muniment.vault.keeper.strongroom import Strongroom
from muniment.vault.key_check import Reach
from muniment.vault.keyring import Keyring, UnlockedKeyring
from muniment.vault.keyring_file import KeyringFile
from muniment.vault.layout import Layout
from muniment.vault.pack_bytes import opened
from muniment.vault.packs import stored_length
from muniment.vault.slots import EMPTY_SLOT, SLOT_BYTES
from muniment.vault.store import read_ledger_key
from muniment.vault.survey import survey
from muniment.vault.verify import verify


class RestoredOrganisation(msgspec.Struct, frozen=True):
    """One organisation as it was restored.

    `lost` is the first and last entry known to be lost: they came after the keys. `erased` are records whose
    erasure was ordered in that part: their keys were destroyed again. The ledger goes on in `shard`.
    """

    organisation: str
    records: int
    entries: int
    lost: tuple[int, int] | None
    erased: tuple[str, ...]
    faults: tuple[Fault, ...]
    locked: str = ""
    """Why its keys could not be tried: it has one of its own that is not here. Empty where they were."""
    shard: int = 1


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

    `checkpoints` are signed heads that were kept elsewhere. `signed` is what two authorities of each
    organisation signed that loses entries. `rehearsal` writes nothing to the ledger.
    """

    generation: str = ""
    expired: bool = False
    checkpoints: tuple[str, ...] = ()
    rehearsal: bool = False
    signed: tuple[SignedStatement, ...] = ()


def losses(where: Where, choice: Choice | None = None, *, now: int = 0) -> dict[str, bytes]:
    """What two authorities would have to sign so that this backup can be restored, by organisation.

    Empty where nothing is known to be lost. Errors as `restore`; no passphrase is needed.
    """
    choice, source = choice or Choice(), place(where)
    with source.alone(writing=False):
        found = loss.losses(source, _choose(source, choice, now or clock.seconds()), choice.checkpoints)
    return {each.organisation: statements.write(each) for each in found}


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
        lost = loss.accepted(loss.losses(source, chosen, choice.checkpoints), choice.signed)
        try:
            return _Restoring(source, chosen, home, choice, lost, now).run(passphrase)
        except OSError as error:
            raise NotAvailableError("The backup could not be restored.", why=f"{error}.") from error


class _Restoring:
    def __init__(
        self,
        source: Destination,
        chosen: Generation,
        home: Home,
        choice: Choice,
        lost: Mapping[str, Accepted],
        now: int,
    ) -> None:
        self._lost = lost
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
        named = dict.fromkeys(part.organisation for part in self._chosen.organisations)
        try:
            done = tuple(self._organisation(name, keyring) for name in named)
        except RefusedError:  # what was signed does not count: nothing of this home may be used
            for path in home.path.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            raise
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

    def _organisation(self, name: str, keyring: UnlockedKeyring) -> RestoredOrganisation:
        parts = [part for part in self._chosen.organisations if part.organisation == name]
        accepted, ring, vault = self._lost.get(name), keyring.ledgers(name), self._home.vault(name)
        ends = {part.ledger: self._lay_out(part) for part in parts}
        stored = self._source.listed(generations.packs(name))
        newest = Layout(shards.path(vault, parts[-1].shard))
        verifier, signer = read_ledger_key(newest), ring.signer(parts[-1].shard)
        if signer is None or signer.verifier != verifier:
            raise FaultFoundError(f"The packs of {name} are of another ledger than its keys.")
        self._anchors(parts, stored, beyond=False)
        tail, orders = loss.beyond(self._source, name, stored, ends)
        erased = _erase(vault, name, orders)
        with Archive.open(vault, name, ring.signer) as archive:
            frozen = (
                archive.frozen
            )  # opening recovers: carries out the orders in the ledger, makes tiles and index
        if frozen is not None:
            self._settle(name, keyring, accepted)
        report = verify(
            vault,
            name,
            keys=None if keyring.locked(name) else lambda epoch: keyring.epoch_private(name, epoch),
            ledger_key=verifier,
            outside=tuple(part.checkpoint for part in parts),
        )
        expected = {(FaultKind.LOST_KEY, record) for record in erased.entries}
        faults = tuple(each for each in report.faults if (each.kind, each.record) not in expected)
        if accepted and not faults:
            self._accept(name, keyring, accepted)
        self._anchors(parts, stored, beyond=True)
        if accepted and not faults:
            again = verify(vault, name, ledger_key=verifier, outside=self._choice.checkpoints)
            faults = tuple(each for each in again.faults if (each.kind, each.record) not in expected)
        first = sum(part.size for part in parts)
        lost = (first, first + tail - 1) if tail else None
        lost = (accepted.loss.first, accepted.loss.last) if accepted else lost
        shard = shards.numbers(vault)[-1]
        return RestoredOrganisation(
            name, report.records, report.leaves, lost, erased.records, faults, keyring.locked(name), shard
        )

    def _lay_out(self, part: OrganisationPart) -> list[int]:
        """Put a shard's files in their places; how many bytes of each stored pack belong to its keys."""
        layout = Layout(shards.path(self._home.vault(part.organisation), part.shard))
        packs, ends = generations.packs(part.ledger), list[int]()
        for folder in (layout.packs, layout.keys, layout.log, layout.anchors):
            folder.mkdir(parents=True, mode=0o700)
        for number, length in enumerate(part.packs, 1):
            path = layout.pack(number)
            _fetch(self._source, packs + path.name, path)
            ends.append(_cut(path, length))
        files = layout.key_files(part.key_generation)
        for path in (files.slots, files.batches):
            _fetch(self._source, generations.keys(self._chosen.id, part.ledger) + path.name, path)
        _fetch(self._source, packs + "ledger-key", layout.ledger_key)
        write(layout.checkpoint, part.checkpoint.encode())
        return ends

    def _anchors(self, parts: Sequence[OrganisationPart], stored: list[Stored], *, beyond: bool) -> None:
        """Heads that came back from outside; `beyond` those of entries that are lost, and all others first."""
        for part in parts:
            layout = Layout(shards.path(self._home.vault(part.organisation), part.shard))
            begin = f"{generations.packs(part.ledger)}anchors/"
            for name in (each.name for each in stored):
                if name.startswith(begin) and name.endswith(".checkpoint"):
                    note = text(self._source, name)
                    lost = part is parts[-1] and split_note(note)[0].size > part.size
                    if lost == beyond:
                        write(layout.anchors / name.removeprefix(begin), note.encode())

    def _settle(self, name: str, keyring: UnlockedKeyring, accepted: Accepted | None) -> None:
        """The backup was made while the ledger key was being changed: opening it as the keeper does ends that."""
        if accepted:
            raise RefusedError(
                "This backup was made while the ledger key was being changed, and later entries are lost.",
                remedy="Choose another generation of keys.",
            )
        self._room(name, keyring).close()

    def _accept(self, name: str, keyring: UnlockedKeyring, accepted: Accepted) -> None:
        room = self._room(name, keyring)
        try:
            room.freeze(statements.write(accepted.loss), accepted.signatures)
        finally:
            room.close()

    def _room(self, name: str, keyring: UnlockedKeyring) -> Strongroom:
        (keys,) = (each for each in keyring.keeper_keys().organisations if each.organisation == name)
        return Strongroom(self._home, keys, lambda: self._now)

    def _tell(self, restored: RestoredOrganisation, keyring: UnlockedKeyring) -> None:
        name = restored.organisation
        expired = self._chosen.expires <= self._now
        clear = Clear(tag=EventTag.BACKUP_RESTORED, time=self._now, range=restored.lost)
        entry = Entry(clear, entries.write_body(RestoredBody(self._chosen.id, expired)))
        with Archive.open(self._home.vault(name), name, keyring.ledgers(name).signer) as archive:
            archive.commit([sealing.seal_batch(keyring.current_epoch(name), [entries.document(entry)])])
            archive.publish()


class _Erased(NamedTuple):
    """Records whose keys were destroyed again, and all entries concerned, their segments too."""

    records: tuple[str, ...]
    entries: frozenset[str]


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


def _erase(vault: Path, organisation: str, orders: Iterable[RecordId]) -> _Erased:
    """Empty the slots of these records, before anybody opens the vault."""
    orders = set(orders)
    if not orders:
        return _Erased((), frozenset())
    found = [
        (layout, survey(layout, ledger_name(organisation, number), None, FaultList(), live=False).index)
        for number, layout in shards.layouts(vault).items()
    ]
    reach = Reach(frozenset(), tuple(index for _, index in found))
    records = [record for record in sorted(orders) if reach.holds(record)]
    named = [each for record in records for each in (record, *reach.parts(record))]
    for layout, index in found:
        with layout.slots.open("r+b") as slots:
            for seq in (at for each in named if (at := index.sequence(each)) is not None):
                slots.seek(seq * SLOT_BYTES)
                slots.write(EMPTY_SLOT)
    return _Erased(tuple(map(record_text, records)), frozenset(map(record_text, named)))


def _cut(pack: Path, sealed: int) -> int:
    """Leave of a pack the groups that were `sealed` bytes long together, whatever its form; their bytes now."""
    with opened(pack) as data:
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
