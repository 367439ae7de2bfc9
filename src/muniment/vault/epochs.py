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

from muniment.core.errors import FaultFoundError, NotAvailableError, RefusedError
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
from muniment.vault.wrapping import sources, wrapper
from muniment.vault.wrapping.transit import ServiceWrapper
from muniment.vault.wrapping.wrapper import ByService, KeyService

FIRST = 1


def derive(organisation: str, key: bytes) -> bytes:
    """The key that wraps an organisation's epochs, from the organisation's own."""
    info = f"muniment/keyring/v1/{organisation}/epochs".encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(key)


def make(organisation: str, epoch: int, key: bytes, service: KeyService | None = None) -> WrappedEpoch:
    """A new pair, wrapped; under a key of its own in the key service too, if one is given."""
    private = X25519PrivateKey.generate()
    public, name = private.public_key().public_bytes_raw(), _name(organisation, epoch)
    wrapped = wrap(key, name, private.private_bytes_raw())
    if service is None:
        return WrappedEpoch(public, wrapped)
    own = msgspec.structs.replace(service, key=f"{service.key}-{organisation}-{epoch}")
    return WrappedEpoch(public, wrapper.pack(ServiceWrapper(own).wrap(wrapped, name)), own.key)


def service_of(home: Home, file: KeyringFile) -> KeyService | None:
    """The key service that epochs are wrapped by too, as this machine reaches it; None where none is."""
    master = file.master
    if isinstance(master, ByService) and master.service.epochs:
        return sources.here(home, master.service)
    return None


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
        """Every private half, by epoch. An earlier one is left out if the key service has destroyed its key."""
        epochs = self._read()
        newest, opened = max(map(int, epochs)), {}
        for epoch, found in ((int(name), found) for name, found in epochs.items()):
            try:
                opened[epoch] = self._open(epoch, found)
            except RefusedError:
                if epoch == newest or not found.service:
                    raise
        return opened

    @property
    def by_service(self) -> bool:
        """Whether none of them opens without the key service."""
        return all(found.service for found in self._read().values())

    @property
    def retired(self) -> tuple[str, ...]:
        """Keys of the key service whose epochs are over, and that it has not destroyed yet."""
        return organisation_of(keyring_file.read(self._home), self._organisation).retired

    def destroy_retired(self) -> None:
        """Have the key service destroy them: with that, no copy of the keyring opens those epochs.

        NotAvailableError or RefusedError where it does not; again does no harm.
        """
        file = keyring_file.read(self._home)
        for packed in organisation_of(file, self._organisation).retired:
            service = msgspec.json.decode(packed, type=KeyService)
            ServiceWrapper(sources.here(self._home, service)).destroy()

            def strike(file: KeyringFile, done: str = packed) -> KeyringFile:
                own = organisation_of(file, self._organisation)
                left = tuple(each for each in own.retired if each != done)
                return self._with(file, msgspec.structs.replace(own, retired=left))

            keyring_file.change(self._home, strike)

    def add(self) -> int:
        """Begin the next epoch; durable on return. RefusedError while two are there already."""

        def begin(file: KeyringFile) -> KeyringFile:
            epochs = organisation_of(file, self._organisation).epochs
            if len(epochs) > 1:
                raise RefusedError("An epoch is being turned already.", remedy="Finish that turn first.")
            epoch = max(map(int, epochs)) + 1
            if epoch > LARGEST_EPOCH:
                raise RefusedError(f"There are at most {LARGEST_EPOCH} epochs.")
            made = make(self._organisation, epoch, self._key, service_of(self._home, file))
            return self._replaced(file, {**epochs, str(epoch): made})

        keyring_file.change(self._home, begin)
        return self.current.epoch

    def destroy_before(self, epoch: int) -> None:
        """Destroy the keys of every earlier epoch; durable on return, and for ever.

        The caller has seen to it that nothing that lives is wrapped under them.
        """

        def destroy(file: KeyringFile) -> KeyringFile:
            own = organisation_of(file, self._organisation)
            kept = {name: found for name, found in own.epochs.items() if int(name) >= epoch}
            over = (found for name, found in own.epochs.items() if int(name) < epoch and found.service)
            retired = (*own.retired, *map(_service_key, over))
            return self._with(file, msgspec.structs.replace(own, epochs=kept, retired=retired))

        keyring_file.change(self._home, destroy, shred=True)

    def _replaced(self, file: KeyringFile, epochs: dict[str, WrappedEpoch]) -> KeyringFile:
        own = organisation_of(file, self._organisation)
        return self._with(file, msgspec.structs.replace(own, epochs=epochs))

    def _with(self, file: KeyringFile, own: WrappedOrganisation) -> KeyringFile:
        return msgspec.structs.replace(file, organisations={**file.organisations, self._organisation: own})

    def _read(self) -> Mapping[str, WrappedEpoch]:
        return organisation_of(keyring_file.read(self._home), self._organisation).epochs

    def _open(self, epoch: int, found: WrappedEpoch) -> X25519PrivateKey:
        name, wrapped = _name(self._organisation, epoch), found.private
        if found.service:
            wrapping = wrapper.unpack(wrapped)
            if not isinstance(wrapping, ByService):
                raise FaultFoundError(f"The keyring's entry {name!r} is not of its kind.")
            wrapped = ServiceWrapper(sources.here(self._home, wrapping.service)).unwrap(wrapping, name)
        return X25519PrivateKey.from_private_bytes(unwrap(self._key, name, wrapped))


def _service_key(found: WrappedEpoch) -> str:
    """How to reach an epoch's key in the key service, to be kept until that has destroyed it."""
    wrapping = wrapper.unpack(found.private)
    return msgspec.json.encode(wrapping.service).decode() if isinstance(wrapping, ByService) else ""


def _name(organisation: str, epoch: int) -> str:
    return f"{organisation}/epoch/{epoch}"
