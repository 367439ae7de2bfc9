"""A backup's folder, and what each file in it is.

    packs/<organisation>/000001.pack     grows like the pack itself; kept for ever, also where that is compacted
    packs/<organisation>/ledger-key      public
    packs/<organisation>/checkpoint      the newest signed head that was backed up whole
    packs/<organisation>/anchors/        heads that came back from outside
    keys/<generation>/generation.json    written last: a generation without it counts for nothing
    keys/<generation>/muniment.toml, muniment.db     settings; people, rights and cases, encrypted
    keys/<generation>/<organisation>/    keyring, slots and batches of one moment

Packs hold nothing but ciphertext, and no wrapped key. A generation of keys opens them, with the passphrase,
so it expires and is removed; then an erased record is beyond anybody's reach.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from muniment.core.errors import FaultFoundError, NotAvailableError

PART = ".part"
_CHUNK = 4 << 20  # bytes copied at a time


class OrganisationPart(msgspec.Struct, frozen=True):
    """How far one organisation goes in a generation. Fields as in `vault.messages.KeysTaken`.

    `packs` are lengths as the packs were sealed: a compacted one is shorter and holds as much.
    """

    organisation: str
    size: int
    checkpoint: str
    packs: tuple[int, ...]
    key_generation: int


class Generation(msgspec.Struct, frozen=True):
    """One whole generation of keys; times are seconds since 1970. The id begins with a number that rises."""

    id: str
    made: int
    expires: int
    organisations: tuple[OrganisationPart, ...]


@dataclass(frozen=True)
class BackupFolder:
    """The paths of one backup."""

    path: Path

    def packs(self, organisation: str) -> Path:
        """The part of one organisation that is kept for ever."""
        return self.path / "packs" / organisation

    def generation(self, name: str) -> Path:
        """One generation of keys."""
        return self.path / "keys" / name

    def generations(self) -> tuple[Generation, ...]:
        """Every whole generation, oldest first; FaultFoundError if one is damaged."""
        found = (read_generation(path) for path in (self.path / "keys").glob("*/generation.json"))
        return tuple(sorted(found, key=lambda each: each.id))

    def unfinished(self) -> list[str]:
        """Generations that were never finished."""
        return sorted(path.name for path in (self.path / "keys").glob(f"*{PART}"))

    def remove(self, name: str) -> None:
        """Remove a generation, the file that makes it count first."""
        place = self.generation(name)
        (place / "generation.json").unlink(missing_ok=True)
        sync_folder(place)
        shutil.rmtree(place)
        sync_folder(place.parent)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the backup; NotAvailableError if another command writes it or there is no such folder."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise NotAvailableError(
                f"There is no backup at {self.path}.", why=f"{error.strerror}."
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise NotAvailableError(f"Another command is at work on {self.path}.") from error
        finally:
            os.close(descriptor)


def read_generation(path: Path) -> Generation:
    """What a generation's file says; FaultFoundError if it is damaged."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Generation)
    except msgspec.MsgspecError as error:
        raise FaultFoundError(f"{path} is damaged.", remedy="Use another generation of keys.") from error


def write(path: Path, data: bytes) -> None:
    """Write a whole file, synced, aside first; its folder is synced too."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f"{path.name}{PART}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    aside.rename(path)
    sync_folder(path.parent)


def append(source: Path, target: Path, start: int, end: int) -> Iterator[int]:
    """Copy the bytes from `start` to `end` to the same place of `target`, synced; yields as it goes on."""
    descriptor = os.open(target, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(descriptor, start)
        with source.open("rb") as stream:
            stream.seek(start)
            while start < end:
                data = stream.read(min(_CHUNK, end - start))
                if not data:
                    raise FaultFoundError(f"{source} is shorter than it was.")
                os.pwrite(descriptor, data, start)
                start += len(data)
                yield len(data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Return when the names in a folder are on stable storage."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
