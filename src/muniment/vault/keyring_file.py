"""The keyring's file: what stands in it, and changing it whole, one process at a time."""

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.core.home import Home

KEY_BYTES = 32
NONCE_BYTES = 12


class Cost(msgspec.Struct, frozen=True):
    """What one guess at the passphrase costs: KiB of memory, passes, lanes (RFC 9106 section 4)."""

    memory: int = 65536
    passes: int = 3
    lanes: int = 4


class WrappedEpoch(msgspec.Struct, frozen=True):
    """One epoch: the public half in clear, the private half wrapped by the organisation's key."""

    public: bytes
    private: bytes


class WrappedOrganisation(msgspec.Struct, frozen=True):
    """One organisation's keys: its own wrapped by the master key, the others by its own."""

    key: bytes
    ledger: bytes
    index: bytes
    epochs: dict[str, WrappedEpoch]


class KeyringFile(msgspec.Struct, frozen=True):
    """What stands in the file."""

    version: int
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


def wrap(key: bytes, name: str, secret: bytes) -> bytes:
    """A secret under a key, bound to its name."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret, f"muniment/keyring/v1/{name}".encode())


def unwrap(key: bytes, name: str, wrapped: bytes) -> bytes:
    """The inverse of `wrap`; FaultFoundError if key or name is another, or the bytes are damaged."""
    nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, sealed, f"muniment/keyring/v1/{name}".encode())
    except (InvalidTag, ValueError) as error:
        raise FaultFoundError(
            f"The keyring's entry {name!r} does not open.", why="It is damaged, or under another key."
        ) from error


def read(home: Home) -> KeyringFile:
    """The keyring of a home; NotAvailableError if it has none, FaultFoundError if it is damaged."""
    try:
        return msgspec.json.decode(home.keyring.read_bytes(), type=KeyringFile)
    except FileNotFoundError as error:
        raise NotAvailableError(
            f"There is no installation at {home.path}.", remedy="Make one with muniment init."
        ) from error
    except msgspec.MsgspecError as error:
        raise FaultFoundError(
            "The keyring is damaged.", remedy="Restore it from a backup of keys."
        ) from error


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
    directory = os.open(home.keyring.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def change(home: Home, how: Callable[[KeyringFile], KeyringFile], *, shred: bool = False) -> KeyringFile:
    """Change the keyring as it now stands, durably; nobody else changes it meanwhile.

    `shred` overwrites the bytes of the file that was replaced: what was destroyed must not lie about in
    free blocks (as far as file system and disk write in place).
    """
    with _alone(home):
        changed = how(read(home))
        old = os.open(home.keyring, os.O_RDWR | os.O_CLOEXEC) if shred else -1
        try:
            write(home, changed)
            if shred:
                os.pwrite(old, bytes(os.fstat(old).st_size), 0)
                os.fdatasync(old)
        finally:
            if shred:
                os.close(old)
    return changed


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    path = home.keyring.with_suffix(".lock")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
