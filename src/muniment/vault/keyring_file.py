"""The keyring's file: what stands in it, and changing it whole, one process at a time."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.vault.wrapping.aead import KEY_BYTES, NONCE_BYTES, unwrap, wrap
from muniment.vault.wrapping.wrapper import ByPassphrase, Cost, Wrapping

__all__ = ["KEY_BYTES", "NONCE_BYTES", "Cost", "KeyringFile", "WrappedEpoch", "WrappedOrganisation"]
__all__ += ["change", "organisation_of", "parse", "read", "tidy", "unwrap", "wrap", "write"]

VERSION = 2


class WrappedEpoch(msgspec.Struct, frozen=True, omit_defaults=True):
    """One epoch: the public half in clear, the private half wrapped by the organisation's key.

    Where `service` names a key of the key service, that one wraps it too (a packed wrapping): it takes both.
    """

    public: bytes
    private: bytes
    service: str = ""


class WrappedOrganisation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One organisation's keys: its own wrapped by the master key, the others by its own.

    Where it has a key of its `own` ("passphrase", "key-service"), `key` is that wrapping, wrapped by the
    master key: it takes both to open. The ledger's key is then under the master key alone, so that the ledger
    goes on while the organisation is locked.

    `ledger` is the first shard's, empty once that is frozen; `ledgers` are those of later shards, by number.
    """

    key: bytes
    ledger: bytes
    index: bytes
    epochs: dict[str, WrappedEpoch]
    ledgers: dict[str, bytes] = {}
    own: str = ""
    retired: tuple[str, ...] = ()
    """Keys of the key service that wrapped epochs which are over, and are still to be destroyed there."""


class KeyringFile(msgspec.Struct, frozen=True):
    """What stands in the file."""

    version: int
    master: Wrapping
    system: dict[str, bytes]
    organisations: dict[str, WrappedOrganisation]


class _First(msgspec.Struct, frozen=True):
    """The file's first version: only a passphrase could wrap the master key."""

    cost: Cost
    salt: bytes
    master: bytes
    system: dict[str, bytes]
    organisations: dict[str, WrappedOrganisation]


def organisation_of(file: KeyringFile, organisation: str) -> WrappedOrganisation:
    """One organisation's keys; WrongUseError if it has none here."""
    found = file.organisations.get(organisation)
    if found is None:
        raise WrongUseError(f"There is no organisation {organisation} here.")
    return found


def read(home: Home) -> KeyringFile:
    """The keyring of a home; NotAvailableError if it has none, FaultFoundError if it is damaged."""
    try:
        while True:
            with home.keyring.open("rb") as stream:
                data, seen = stream.read(), os.fstat(stream.fileno())
            try:
                return parse(data)
            except msgspec.MsgspecError as error:
                # One that was replaced, and destroyed while it was read, says nothing of the one that is there now.
                if os.path.samestat(seen, home.keyring.stat()):
                    raise FaultFoundError(
                        "The keyring is damaged.", remedy="Restore it from a backup of keys."
                    ) from error
    except FileNotFoundError as error:
        raise NotAvailableError(
            f"There is no installation at {home.path}.", remedy="Make one with muniment init."
        ) from error


def parse(data: bytes) -> KeyringFile:
    """The keyring in these bytes, of this version or the first; msgspec.MsgspecError if they are none."""
    version = msgspec.json.decode(data, type=dict[str, msgspec.Raw]).get("version", b"")
    if bytes(version) != b"1":
        return msgspec.json.decode(data, type=KeyringFile)
    old = msgspec.json.decode(data, type=_First)
    return KeyringFile(VERSION, ByPassphrase(old.cost, old.salt, old.master), old.system, old.organisations)


def write(home: Home, file: KeyringFile) -> None:
    """Write aside, sync, rename, sync the directory: there is always one whole keyring."""
    home.keyring.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = home.keyring.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        if os.geteuid() == 0 and home.keyring.exists():  # it stays its owner's, whoever changed it
            owner = home.keyring.stat()
            os.fchown(stream.fileno(), owner.st_uid, owner.st_gid)
        stream.write(msgspec.json.format(msgspec.json.encode(file)))
        stream.flush()
        os.fsync(stream.fileno())
    aside.rename(home.keyring)
    _sync_folder(home.keyring.parent)


def change(home: Home, how: Callable[[KeyringFile], KeyringFile], *, shred: bool = False) -> KeyringFile:
    """Change the keyring as it now stands, durably; nobody else changes it meanwhile.

    `shred` overwrites the bytes of the file that was replaced: what was destroyed must not lie about in
    free blocks (as far as file system and disk write in place). What a crash left of that, the next change
    or `tidy` finishes: until then the old file has a name of its own.
    """
    with _alone(home):
        _finish(home)
        changed = how(read(home))
        old = home.keyring.with_suffix(".old")
        if shred:
            old.hardlink_to(home.keyring)
        write(home, changed)
        _finish(home)
    return changed


def tidy(home: Home) -> None:
    """Finish what a crash left of a change: an old keyring that is to be destroyed, a new one half written."""
    if any(path.exists() for path in _left(home)):
        with _alone(home):
            _finish(home)


def _left(home: Home) -> tuple[Path, Path]:
    return home.keyring.with_suffix(".old"), home.keyring.with_suffix(".new")


def _finish(home: Home) -> None:
    """Destroy what counts no more. A name that is the keyring's own second one is only taken away."""
    for path in _left(home):
        if not path.exists():
            continue
        if not (home.keyring.exists() and path.samefile(home.keyring)):
            with path.open("r+b") as stream:
                stream.write(bytes(os.fstat(stream.fileno()).st_size))
                stream.flush()
                os.fdatasync(stream.fileno())
        path.unlink()
    _sync_folder(home.keyring.parent)


def _sync_folder(path: Path) -> None:
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    path = home.keyring.with_suffix(".lock")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
