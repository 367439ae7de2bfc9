"""Files of signing keys: the private half for its owner alone, the public half to be registered."""

import os
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from muniment.core import ids
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.ids import Prefix


class PrivateKeyFile(msgspec.Struct, frozen=True, tag_field="type", tag="muniment/private-key/v1"):
    """A signing key: its id, its 32 private bytes, and whose it is, where that is known (else "")."""

    key: str
    private: bytes
    person: str = ""

    @property
    def signer(self) -> Ed25519PrivateKey:
        """The key itself."""
        return Ed25519PrivateKey.from_private_bytes(self.private)

    @property
    def public(self) -> "PublicKeyFile":
        """What may be shown to everybody."""
        return PublicKeyFile(self.key, self.signer.public_key().public_bytes_raw())


class PublicKeyFile(msgspec.Struct, frozen=True, tag_field="type", tag="muniment/public-key/v1"):
    """The public half of a signing key, by which two authorities register it."""

    key: str
    public: bytes


def generate(person: str = "") -> PrivateKeyFile:
    """A fresh key."""
    return PrivateKeyFile(ids.new(Prefix.KEY), Ed25519PrivateKey.generate().private_bytes_raw(), person)


def public_path(path: Path) -> Path:
    """Where the public half of the key at `path` stands."""
    return path.with_name(f"{path.name}.pub")


def write(path: Path, key: PrivateKeyFile) -> Path:
    """Write both halves, the private one for its owner alone; gives the public one's path.

    WrongUseError if there is a file at `path` already.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(_json(key))
        public_path(path).write_bytes(_json(key.public))
    except FileExistsError as error:
        raise WrongUseError(f"There is a file at {path} already.", remedy="Choose another name.") from error
    except OSError as error:
        raise NotAvailableError(f"{path} cannot be written.", why=f"{error.strerror}.") from error
    return public_path(path)


def read_private(path: Path) -> PrivateKeyFile:
    """Read a private key's file."""
    return _read(path, PrivateKeyFile)


def read_public(path: Path) -> PublicKeyFile:
    """Read a public key's file."""
    return _read(path, PublicKeyFile)


def parse_public(text: str) -> PublicKeyFile:
    """What stands in a public key's file; WrongUseError unless it is one Ed25519 key with its id."""
    try:
        found = msgspec.json.decode(text, type=PublicKeyFile)
        ids.decode(Prefix.KEY, found.key)
        Ed25519PublicKey.from_public_bytes(found.public)
    except (msgspec.MsgspecError, WrongUseError, ValueError) as error:
        raise WrongUseError("This is not the text of a public key file.") from error
    return found


def _read[T](path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise NotAvailableError(f"{path} cannot be read.", why=f"{error.strerror}.") from error
    except msgspec.MsgspecError as error:
        raise WrongUseError(f"{path} is not the key file that is needed here.") from error


def _json(value: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value)) + b"\n"
