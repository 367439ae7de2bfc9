"""The ledger keys of one organisation, one for each shard that is not frozen, kept wrapped in the keyring.

The first shard's is made with the organisation and handed to the keeper. Those after it are made by the keeper
when a shard is frozen, wrapped by a key that comes from the master key, and read from the file each time: so one
that was destroyed signs nothing any more, whoever is started again; and one that counts signs also while an
organisation's own key is not there.
"""

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muniment.core.home import Home
from muniment.vault import keyring_file
from muniment.vault.checkpoint import LedgerSigner, ledger_name
from muniment.vault.keyring_file import (
    KEY_BYTES,
    KeyringFile,
    WrappedOrganisation,
    organisation_of,
    unwrap,
    wrap,
)
from muniment.vault.shards import FIRST


def derive(organisation: str, master: bytes) -> bytes:
    """The key that wraps an organisation's later ledger keys."""
    info = f"muniment/keyring/v1/{organisation}/ledgers".encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(master)


class LedgerRing:
    """The ledger keys of one organisation in a home's keyring.

    `key` wraps those of later shards; `first` is the first shard's seed, as whoever unlocked the keyring
    handed it over.
    """

    def __init__(self, home: Home, organisation: str, key: bytes, first: bytes) -> None:
        self._home, self._organisation, self._key, self._first = home, organisation, key, first

    def signer(self, shard: int) -> LedgerSigner | None:
        """What signs the ledger of one shard; None if its key was never made, or destroyed."""
        own = self._own(keyring_file.read(self._home))
        if shard == FIRST:
            seed = self._first if own.ledger else b""
        else:
            wrapped = own.ledgers.get(str(shard), b"")
            seed = unwrap(self._key, self._name(shard), wrapped) if wrapped else b""
        return self._signer(shard, seed) if seed else None

    def shards(self) -> tuple[int, ...]:
        """The shards whose keys are there: two while one is being frozen, or after that was cut short."""
        own = self._own(keyring_file.read(self._home))
        return tuple([FIRST] * bool(own.ledger) + sorted(map(int, own.ledgers)))

    def keep(self, shard: int, private: Ed25519PrivateKey) -> None:
        """Keep the key of the next shard, durably; one that was made for it before was never used."""
        wrapped = wrap(self._key, self._name(shard), private.private_bytes_raw())

        def add(file: KeyringFile) -> KeyringFile:
            own = self._own(file)
            kept = {name: key for name, key in own.ledgers.items() if int(name) < shard}
            return self._replaced(file, msgspec.structs.replace(own, ledgers={**kept, str(shard): wrapped}))

        keyring_file.change(self._home, add)

    def destroy_before(self, shard: int) -> None:
        """Destroy the keys of every earlier shard; durable on return, and for ever."""

        def destroy(file: KeyringFile) -> KeyringFile:
            own = self._own(file)
            kept = {name: key for name, key in own.ledgers.items() if int(name) >= shard}
            return self._replaced(file, msgspec.structs.replace(own, ledger=b"", ledgers=kept))

        if shard == FIRST:
            return
        if self.shards()[0] < shard:
            keyring_file.change(self._home, destroy, shred=True)
        self._first = b""

    def _signer(self, shard: int, seed: bytes) -> LedgerSigner:
        private = Ed25519PrivateKey.from_private_bytes(seed)
        return LedgerSigner(ledger_name(self._organisation, shard), private)

    def _own(self, file: KeyringFile) -> WrappedOrganisation:
        return organisation_of(file, self._organisation)

    def _replaced(self, file: KeyringFile, own: WrappedOrganisation) -> KeyringFile:
        return msgspec.structs.replace(file, organisations={**file.organisations, self._organisation: own})

    def _name(self, shard: int) -> str:
        return f"{self._organisation}/ledger/{shard}"
