"""Every key of an installation, wrapped: passphrase → master → organisation → epoch, ledger, index.

The file holds nothing in clear but public keys. Whoever unlocks it hands each process the keys that it
needs and no others (`keeper_keys`, `librarian_keys` …), by `vault.handover`.
"""

import base64
import os
import secrets
from collections.abc import Mapping, Sequence

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from muniment.core.errors import FaultFoundError, NotAvailableError, RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.vault import shares
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.handover import KeeperKeys, LibrarianKeys, OrganisationKeys, WebKeys, WorkerKeys
from muniment.vault.sealing import EpochKey

KEY_BYTES = 32
_NONCE_BYTES = 12
_SALT_BYTES = 16
_FIRST_EPOCH = 1
_SYSTEM_KEYS = ("catalogue", "django", "totp")


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
        return X25519PrivateKey.from_private_bytes(self._epoch_raw(organisation, epoch))

    def current_epoch(self, organisation: str) -> EpochKey:
        """The public half of the newest epoch's key, which capture seals with."""
        newest = max(map(int, self._of(organisation).epochs))
        return EpochKey(organisation, newest, self._of(organisation).epochs[str(newest)].public)

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

    def web_keys(self) -> WebKeys:
        """What the web process gets."""
        return WebKeys(self.catalogue_key(), self.django_secret(), self.totp_key())

    def add_organisation(self, organisation: str) -> None:
        """Make and keep the keys of a new organisation; durable on return."""
        if organisation in self._file.organisations:
            raise WrongUseError(f"{organisation} has its keys already.")
        key = secrets.token_bytes(KEY_BYTES)
        private = X25519PrivateKey.generate()
        wrapped = WrappedOrganisation(
            key=_wrap(self._master, organisation, key),
            ledger=_wrap(key, f"{organisation}/ledger", secrets.token_bytes(KEY_BYTES)),
            index=_wrap(key, f"{organisation}/index", secrets.token_bytes(KEY_BYTES)),
            epochs={
                str(_FIRST_EPOCH): WrappedEpoch(
                    private.public_key().public_bytes_raw(),
                    _wrap(key, f"{organisation}/epoch/{_FIRST_EPOCH}", private.private_bytes_raw()),
                )
            },
        )
        organisations = {**self._file.organisations, organisation: wrapped}
        self._keep(msgspec.structs.replace(self._file, organisations=organisations))

    def change_passphrase(self, passphrase: bytes) -> None:
        """Wrap the master key with another passphrase; the old one is worthless on return."""
        salt = secrets.token_bytes(_SALT_BYTES)
        master = _wrap(_stretch(passphrase, salt, self._file.cost), "master", self._master)
        self._keep(msgspec.structs.replace(self._file, salt=salt, master=master))

    def recovery_shares(self, *, threshold: int, count: int) -> tuple[str, ...]:
        """Split the master key anew, one written share for each custodian. They are kept nowhere."""
        return tuple(
            shares.write(share) for share in shares.split(self._master, threshold=threshold, count=count)
        )

    def _organisation_keys(self, organisation: str) -> OrganisationKeys:
        epochs = {
            int(each): self._epoch_raw(organisation, int(each)) for each in self._of(organisation).epochs
        }
        return OrganisationKeys(organisation, epochs, self._ledger_seed(organisation))

    def _epoch_raw(self, organisation: str, epoch: int) -> bytes:
        wrapped = self._of(organisation).epochs.get(str(epoch))
        if wrapped is None:
            raise NotAvailableError(f"{organisation} has no key for epoch {epoch}.", why="It was destroyed.")
        return self._unwrap_below(organisation, f"epoch/{epoch}", wrapped.private)

    def _ledger_seed(self, organisation: str) -> bytes:
        return self._unwrap_below(organisation, "ledger", self._of(organisation).ledger)

    def _unwrap_below(self, organisation: str, name: str, wrapped: bytes) -> bytes:
        key = _unwrap(self._master, organisation, self._of(organisation).key)
        return _unwrap(key, f"{organisation}/{name}", wrapped)

    def _of(self, organisation: str) -> WrappedOrganisation:
        found = self._file.organisations.get(organisation)
        if found is None:
            raise WrongUseError(f"There is no organisation {organisation} here.")
        return found

    def _system(self, name: str) -> bytes:
        return _unwrap(self._master, f"system/{name}", self._file.system[name])

    def _keep(self, file: KeyringFile) -> None:
        _write(self._home, file)
        self._file = file


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
            master=_wrap(_stretch(passphrase, salt, cost), "master", master),
            system={
                name: _wrap(master, f"system/{name}", secrets.token_bytes(KEY_BYTES)) for name in _SYSTEM_KEYS
            },
            organisations={},
        )
        _write(home, file)
        return UnlockedKeyring(home, file, master)

    @classmethod
    def unlock(cls, home: Home, passphrase: bytes) -> UnlockedKeyring:
        """Unwrap the master key; RefusedError for a wrong passphrase."""
        file = _read(home)
        try:
            master = _unwrap(_stretch(passphrase, file.salt, file.cost), "master", file.master)
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
        file = _read(home)
        keyring = UnlockedKeyring(home, file, shares.combine([shares.read(text) for text in written]))
        try:
            keyring.catalogue_key()
        except FaultFoundError as error:
            raise RefusedError("These shares do not open this installation.") from error
        keyring.change_passphrase(passphrase)
        return keyring


def public_epochs(home: Home) -> Mapping[str, int]:
    """The newest epoch of each organisation, without any passphrase."""
    return {each: max(map(int, keys.epochs)) for each, keys in _read(home).organisations.items()}


def _stretch(passphrase: bytes, salt: bytes, cost: Cost) -> bytes:
    return Argon2id(
        salt=salt, length=KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory
    ).derive(passphrase)


def _wrap(key: bytes, name: str, secret: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret, f"muniment/keyring/v1/{name}".encode())


def _unwrap(key: bytes, name: str, wrapped: bytes) -> bytes:
    nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, sealed, f"muniment/keyring/v1/{name}".encode())
    except (InvalidTag, ValueError) as error:
        raise FaultFoundError(
            f"The keyring's entry {name!r} does not open.", why="It is damaged, or under another key."
        ) from error


def _read(home: Home) -> KeyringFile:
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


def _write(home: Home, file: KeyringFile) -> None:
    """Write aside, sync, rename, sync the directory: there is always one whole keyring."""
    home.keyring.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = home.keyring.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(msgspec.json.format(msgspec.json.encode(file)))
        stream.flush()
        os.fsync(stream.fileno())
    aside.rename(home.keyring)
    directory = os.open(home.keyring.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
