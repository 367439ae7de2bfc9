"""The epochs of one organisation: key pairs that come and go, kept wrapped in the keyring.

Whoever holds the organisation's epoch-wrapping key (the keeper, and whoever unlocks the keyring) reads
them from the file each time: so nobody else ever has an epoch's private half in memory, and one that was
destroyed is not handed out again.
"""

from collections.abc import Mapping

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muniment.core.errors import NotAvailableError, RefusedError
from muniment.core.home import Home
from muniment.vault import keyring_file
from muniment.vault.keyring_file import (
    KEY_BYTES,
    KeyringFile,
    WrappedEpoch,
    WrappedOrganisation,
    organisation_of,
    unwrap,
    wrap,
)
from muniment.vault.sealing import LARGEST_EPOCH, EpochKey

FIRST = 1


def derive(organisation: str, key: bytes) -> bytes:
    """The key that wraps an organisation's epochs, from the organisation's own."""
    info = f"muniment/keyring/v1/{organisation}/epochs".encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(key)


def make(organisation: str, epoch: int, key: bytes) -> WrappedEpoch:
    """A new pair, wrapped."""
    private = X25519PrivateKey.generate()
    wrapped = wrap(key, _name(organisation, epoch), private.private_bytes_raw())
    return WrappedEpoch(private.public_key().public_bytes_raw(), wrapped)


def current(home: Home, organisation: str) -> EpochKey:
    """The public half of an organisation's newest epoch, without any key."""
    return EpochRing(home, organisation, b"").current


class EpochRing:
    """The epochs of one organisation in a home's keyring."""

    def __init__(self, home: Home, organisation: str, key: bytes) -> None:
        self._home, self._organisation, self._key = home, organisation, key

    @property
    def current(self) -> EpochKey:
        """The public half of the newest, which everything new is sealed with."""
        epochs = self._read()
        newest = max(map(int, epochs))
        return EpochKey(self._organisation, newest, epochs[str(newest)].public)

    def file(self) -> bytes:
        """The whole keyring as it stands, every secret in it wrapped: for a backup."""
        return self._home.keyring.read_bytes()

    def private(self, epoch: int) -> X25519PrivateKey:
        """The private half of one; NotAvailableError if there is none (any more)."""
        found = self._read().get(str(epoch))
        if found is None:
            raise NotAvailableError(
                f"{self._organisation} has no key for epoch {epoch}.", why="It was destroyed."
            )
        return self._open(epoch, found)

    def privates(self) -> dict[int, X25519PrivateKey]:
        """Every private half, by epoch."""
        return {int(epoch): self._open(int(epoch), found) for epoch, found in self._read().items()}

    def add(self) -> int:
        """Begin the next epoch; durable on return. RefusedError while two are there already."""

        def begin(file: KeyringFile) -> KeyringFile:
            epochs = organisation_of(file, self._organisation).epochs
            if len(epochs) > 1:
                raise RefusedError("An epoch is being turned already.", remedy="Finish that turn first.")
            epoch = max(map(int, epochs)) + 1
            if epoch > LARGEST_EPOCH:
                raise RefusedError(f"There are at most {LARGEST_EPOCH} epochs.")
            made = make(self._organisation, epoch, self._key)
            return self._replaced(file, {**epochs, str(epoch): made})

        keyring_file.change(self._home, begin)
        return self.current.epoch

    def destroy_before(self, epoch: int) -> None:
        """Destroy the keys of every earlier epoch; durable on return, and for ever.

        The caller has seen to it that nothing that lives is wrapped under them.
        """

        def destroy(file: KeyringFile) -> KeyringFile:
            epochs = organisation_of(file, self._organisation).epochs
            return self._replaced(file, {name: kept for name, kept in epochs.items() if int(name) >= epoch})

        keyring_file.change(self._home, destroy, shred=True)

    def _replaced(self, file: KeyringFile, epochs: dict[str, WrappedEpoch]) -> KeyringFile:
        own: WrappedOrganisation = msgspec.structs.replace(
            organisation_of(file, self._organisation), epochs=epochs
        )
        return msgspec.structs.replace(file, organisations={**file.organisations, self._organisation: own})

    def _read(self) -> Mapping[str, WrappedEpoch]:
        return organisation_of(keyring_file.read(self._home), self._organisation).epochs

    def _open(self, epoch: int, found: WrappedEpoch) -> X25519PrivateKey:
        raw = unwrap(self._key, _name(self._organisation, epoch), found.private)
        return X25519PrivateKey.from_private_bytes(raw)


def _name(organisation: str, epoch: int) -> str:
    return f"{organisation}/epoch/{epoch}"
