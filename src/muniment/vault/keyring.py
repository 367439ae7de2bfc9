"""Every key of an installation, wrapped: passphrase → master → organisation → epoch, ledger, index.

The file holds nothing in clear but public keys. Whoever unlocks it hands each process the keys that it
needs and no others (`keeper_keys`, `librarian_keys` …), by `vault.handover`.
"""

import base64
import secrets
from collections.abc import Mapping, Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from muniment.core.errors import FaultFoundError, RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.vault import epochs, keyring_file, shares
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.epochs import EpochRing
from muniment.vault.handover import (
    KeeperKeys,
    LibrarianKeys,
    OrganisationKeys,
    StewardKeys,
    WebKeys,
    WorkerKeys,
)
from muniment.vault.keyring_file import (
    KEY_BYTES,
    Cost,
    KeyringFile,
    WrappedOrganisation,
    organisation_of,
    unwrap,
    wrap,
)
from muniment.vault.sealing import EpochKey

__all__ = ["Cost", "Keyring", "UnlockedKeyring", "public_epochs"]

_SALT_BYTES = 16
_SYSTEM_KEYS = ("catalogue", "django", "totp")


class UnlockedKeyring:
    """The keys themselves, in the memory of whoever unlocked them."""

    def __init__(self, home: Home, file: KeyringFile, master: bytes) -> None:
        self._home = home
        self._file = file
        self._master = master

    @property
    def organisations(self) -> tuple[str, ...]:
        """The organisations that have keys here, by their ids."""
        return tuple(self._file.organisations)

    def epoch_private(self, organisation: str, epoch: int) -> X25519PrivateKey:
        """The private half of an epoch's key."""
        return self._epochs(organisation).private(epoch)

    def current_epoch(self, organisation: str) -> EpochKey:
        """The public half of the newest epoch's key, which capture seals with."""
        return self._epochs(organisation).current

    def ledger_signer(self, organisation: str) -> LedgerSigner:
        """What signs this organisation's checkpoints and receipts."""
        private = Ed25519PrivateKey.from_private_bytes(self._ledger_seed(organisation))
        return LedgerSigner(organisation, private)

    def index_key(self, organisation: str) -> bytes:
        """The 32 bytes that seal this organisation's index segments."""
        return self._unwrap_below(organisation, "index", self._of(organisation).index)

    def catalogue_key(self) -> bytes:
        """The 32 raw bytes of the SQLCipher database's key."""
        return self._system("catalogue")

    def django_secret(self) -> str:
        """Django's SECRET_KEY."""
        return base64.urlsafe_b64encode(self._system("django")).decode()

    def totp_key(self) -> bytes:
        """The 32 bytes that wrap people's TOTP secrets."""
        return self._system("totp")

    def keeper_keys(self, *, private: bool = False) -> KeeperKeys:
        """What the keeper gets."""
        return KeeperKeys(tuple(map(self._organisation_keys, self.organisations)), private)

    def librarian_keys(self) -> LibrarianKeys:
        """What the librarian gets."""
        return LibrarianKeys({each: self.index_key(each) for each in self.organisations})

    def worker_keys(self) -> WorkerKeys:
        """What the worker gets."""
        return WorkerKeys(self.catalogue_key(), self.django_secret(), self.totp_key())

    def steward_keys(self) -> StewardKeys:
        """What the steward gets."""
        return StewardKeys(self.catalogue_key())

    def web_keys(self) -> WebKeys:
        """What the web process gets."""
        return WebKeys(self.catalogue_key(), self.django_secret(), self.totp_key())

    def add_organisation(self, organisation: str) -> None:
        """Make and keep the keys of a new organisation; durable on return."""
        if organisation in self._file.organisations:
            raise WrongUseError(f"{organisation} has its keys already.")
        key = secrets.token_bytes(KEY_BYTES)
        first = epochs.make(organisation, epochs.FIRST, epochs.derive(organisation, key))
        wrapped = WrappedOrganisation(
            key=wrap(self._master, organisation, key),
            ledger=wrap(key, f"{organisation}/ledger", secrets.token_bytes(KEY_BYTES)),
            index=wrap(key, f"{organisation}/index", secrets.token_bytes(KEY_BYTES)),
            epochs={str(epochs.FIRST): first},
        )

        def add(file: KeyringFile) -> KeyringFile:
            return msgspec.structs.replace(file, organisations={**file.organisations, organisation: wrapped})

        self._file = keyring_file.change(self._home, add)

    def change_passphrase(self, passphrase: bytes) -> None:
        """Wrap the master key with another passphrase; the old one is worthless on return."""
        salt = secrets.token_bytes(_SALT_BYTES)
        master = wrap(_stretch(passphrase, salt, self._file.cost), "master", self._master)
        self._file = keyring_file.change(
            self._home, lambda file: msgspec.structs.replace(file, salt=salt, master=master)
        )

    def recovery_shares(self, *, threshold: int, count: int) -> tuple[str, ...]:
        """Split the master key anew, one written share for each custodian. They are kept nowhere."""
        return tuple(
            shares.write(share) for share in shares.split(self._master, threshold=threshold, count=count)
        )

    def _organisation_keys(self, organisation: str) -> OrganisationKeys:
        key = epochs.derive(organisation, self._key(organisation))
        return OrganisationKeys(organisation, key, self._ledger_seed(organisation))

    def _epochs(self, organisation: str) -> EpochRing:
        return EpochRing(self._home, organisation, epochs.derive(organisation, self._key(organisation)))

    def _key(self, organisation: str) -> bytes:
        return unwrap(self._master, organisation, self._of(organisation).key)

    def _ledger_seed(self, organisation: str) -> bytes:
        return self._unwrap_below(organisation, "ledger", self._of(organisation).ledger)

    def _unwrap_below(self, organisation: str, name: str, wrapped: bytes) -> bytes:
        return unwrap(self._key(organisation), f"{organisation}/{name}", wrapped)

    def _of(self, organisation: str) -> WrappedOrganisation:
        return organisation_of(self._file, organisation)

    def _system(self, name: str) -> bytes:
        return unwrap(self._master, f"system/{name}", self._file.system[name])


class Keyring:
    """The wrapped keys on disk."""

    @classmethod
    def create(cls, home: Home, passphrase: bytes, *, cost: Cost | None = None) -> UnlockedKeyring:
        """Make the keyring of a new installation; WrongUseError if there is one."""
        if home.keyring.exists():
            raise WrongUseError(f"There is an installation at {home.path} already.")
        cost = cost or Cost()
        master, salt = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(_SALT_BYTES)
        file = KeyringFile(
            version=1,
            cost=cost,
            salt=salt,
            master=wrap(_stretch(passphrase, salt, cost), "master", master),
            system={
                name: wrap(master, f"system/{name}", secrets.token_bytes(KEY_BYTES)) for name in _SYSTEM_KEYS
            },
            organisations={},
        )
        keyring_file.write(home, file)
        return UnlockedKeyring(home, file, master)

    @classmethod
    def unlock(cls, home: Home, passphrase: bytes) -> UnlockedKeyring:
        """Unwrap the master key; RefusedError for a wrong passphrase."""
        file = keyring_file.read(home)
        try:
            master = unwrap(_stretch(passphrase, file.salt, file.cost), "master", file.master)
        except FaultFoundError as error:
            raise RefusedError(
                "The passphrase does not open this installation.",
                remedy="Check the passphrase file, or recover with the custodians' shares.",
            ) from error
        return UnlockedKeyring(home, file, master)

    @classmethod
    def recover(cls, home: Home, written: Sequence[str], passphrase: bytes) -> UnlockedKeyring:
        """Bring enough custodians' shares together and set a new passphrase.

        WrongUseError for shares that are too few or have a slip; RefusedError if they give another key
        than this installation's. The shares stay good.
        """
        file = keyring_file.read(home)
        keyring = UnlockedKeyring(home, file, shares.combine([shares.read(text) for text in written]))
        try:
            keyring.catalogue_key()
        except FaultFoundError as error:
            raise RefusedError("These shares do not open this installation.") from error
        keyring.change_passphrase(passphrase)
        return keyring


def public_epochs(home: Home) -> Mapping[str, int]:
    """The newest epoch of each organisation, without any passphrase."""
    return {each: max(map(int, keys.epochs)) for each, keys in keyring_file.read(home).organisations.items()}


def _stretch(passphrase: bytes, salt: bytes, cost: Cost) -> bytes:
    return Argon2id(
        salt=salt, length=KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory
    ).derive(passphrase)
