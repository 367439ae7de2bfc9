"""Every key of an installation, wrapped: passphrase or key service → master → organisation → epoch, ledger, index.

The file holds nothing in clear but public keys. Whoever unlocks it hands each process the keys that it
needs and no others (`keeper_keys`, `librarian_keys` …), by `vault.handover`. An organisation with a key of its
own is *locked* as long as nobody has given its passphrase: then it has a ledger key and public epochs here.
"""

import base64
import secrets
from collections.abc import Mapping, Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from muniment.core.errors import FaultFoundError, LockedError, MunimentError, RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.vault import epochs, keyring_file, ledgers, shares
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
    VERSION,
    Cost,
    KeyringFile,
    WrappedOrganisation,
    organisation_of,
    unwrap,
    wrap,
)
from muniment.vault.ledgers import LedgerRing
from muniment.vault.sealing import EpochKey
from muniment.vault.wrapping import sources, wrapper
from muniment.vault.wrapping.passphrase import PassphraseWrapper
from muniment.vault.wrapping.wrapper import KeyWrapper, Wrapping

__all__ = ["Cost", "Keyring", "UnlockedKeyring", "public_epochs", "wrapping_of"]

_SYSTEM_KEYS = ("catalogue", "django", "totp")


class UnlockedKeyring:
    """The keys themselves, in the memory of whoever unlocked them."""

    def __init__(self, home: Home, file: KeyringFile, master: bytes) -> None:
        self._home = home
        self._file = file
        self._master = master
        self._opened: dict[str, bytes] = {}  # keys of organisations that have one of their own
        self._shut: dict[str, LockedError] = {}
        self._privates: dict[tuple[str, int], X25519PrivateKey] = {}

    @property
    def organisations(self) -> tuple[str, ...]:
        """The organisations that have keys here, by their ids."""
        return tuple(self._file.organisations)

    def epoch_private(self, organisation: str, epoch: int) -> X25519PrivateKey:
        """The private half of an epoch's key."""
        ring, place = self._epochs(organisation), (organisation, epoch)
        if not ring.by_service:
            return ring.private(epoch)
        if place not in self._privates:  # a key service would be asked each time
            self._privates[place] = ring.private(epoch)
        return self._privates[place]

    def current_epoch(self, organisation: str) -> EpochKey:
        """The public half of the newest epoch's key, which capture seals with."""
        return epochs.current(self._home, organisation)

    def ledger_signer(self, organisation: str) -> LedgerSigner:
        """What signs this organisation's checkpoints and receipts: the key of the shard that takes entries.

        While a shard is being frozen, its key. FaultFoundError if there is none.
        """
        ring = self.ledgers(organisation)
        signer = ring.signer(min(ring.shards(), default=0))
        if signer is None:
            raise FaultFoundError(f"{organisation} has no ledger key.", remedy="Restore the keyring.")
        return signer

    def ledgers(self, organisation: str) -> LedgerRing:
        """The ledger keys of this organisation's shards."""
        key = ledgers.derive(organisation, self._master)
        return LedgerRing(self._home, organisation, key, self._ledger_seed(organisation))

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
        return LibrarianKeys(
            {each: self.index_key(each) for each in self.organisations if not self.locked(each)}
        )

    def worker_keys(self) -> WorkerKeys:
        """What the worker gets."""
        return WorkerKeys(self.catalogue_key(), self.django_secret(), self.totp_key())

    def steward_keys(self) -> StewardKeys:
        """What the steward gets."""
        return StewardKeys(self.catalogue_key())

    def web_keys(self) -> WebKeys:
        """What the web process gets."""
        return WebKeys(self.catalogue_key(), self.django_secret(), self.totp_key())

    def own(self, organisation: str) -> str:
        """What an organisation's key is under besides the master key: "passphrase", "key-service" or nothing."""
        return self._of(organisation).own

    def locked(self, organisation: str) -> str:
        """Why an organisation's own key is not here; empty where it is."""
        try:
            self._key(organisation)
        except LockedError as error:
            return error.why
        return ""

    def unlock_organisation(self, organisation: str, passphrase: bytes = b"") -> None:
        """Open an organisation's own key, with the passphrase given or with what the settings name.

        LockedError where nothing is named; RefusedError for a wrong passphrase or a key service that says no.
        """
        packed = self._own_wrapping(organisation)
        if packed:
            wrapping = wrapper.unpack(packed)
            opener = sources.of_organisation(self._home, organisation, wrapping, passphrase)
            self._opened[organisation] = opener.unwrap(wrapping, organisation)
            self._shut.pop(organisation, None)

    def epochs_by_service(self, organisation: str) -> bool:
        """Whether none of an organisation's epochs opens without the key service."""
        return EpochRing(self._home, organisation, b"").by_service

    def add_organisation(self, organisation: str, own: KeyWrapper | None = None) -> None:
        """Make and keep the keys of a new organisation, under `own` too if given; durable on return."""
        if organisation in self._file.organisations:
            raise WrongUseError(f"{organisation} has its keys already.")
        key = secrets.token_bytes(KEY_BYTES)
        service = epochs.service_of(self._home, self._file)
        first = epochs.make(organisation, epochs.FIRST, epochs.derive(organisation, key), service)
        wrapped = WrappedOrganisation(
            key=b"",
            ledger=b"",
            index=wrap(key, f"{organisation}/index", secrets.token_bytes(KEY_BYTES)),
            epochs={str(epochs.FIRST): first},
        )
        wrapped = self._wrapped(organisation, wrapped, key, secrets.token_bytes(KEY_BYTES), own)

        def add(file: KeyringFile) -> KeyringFile:
            return msgspec.structs.replace(file, organisations={**file.organisations, organisation: wrapped})

        self._file = keyring_file.change(self._home, add)
        if own:
            self._opened[organisation] = key

    def protect(self, organisation: str, own: KeyWrapper | None) -> None:
        """Put an organisation's key under another passphrase or key service, or under the master key alone.

        The earlier wrapping is destroyed on return. LockedError where its key is not open here.
        """
        self._put_under(organisation, self._key(organisation), own)

    def recover_organisation(self, organisation: str, written: Sequence[str], own: KeyWrapper) -> None:
        """The same with enough of the organisation's own recovery shares instead of its passphrase."""
        self._put_under(organisation, self.checked_shares(written, organisation), own)

    def checked_shares(self, written: Sequence[str], organisation: str = "") -> bytes:
        """The key that shares give together, if it is this installation's (or that organisation's own).

        WrongUseError for shares that are too few or have a slip; RefusedError if they give another key.
        """
        key = shares.combine([shares.read(text) for text in written])
        try:
            if organisation:
                unwrap(key, f"{organisation}/index", self._of(organisation).index)
            else:
                unwrap(key, f"system/{_SYSTEM_KEYS[0]}", self._file.system[_SYSTEM_KEYS[0]])
        except FaultFoundError as error:
            named = f"the key of {organisation}" if organisation else "this installation"
            raise RefusedError(f"These shares do not open {named}.") from error
        return key

    def change_wrapper(self, source: KeyWrapper) -> None:
        """Wrap the master key by another source; the wrapping before is destroyed on return."""
        master = source.wrap(self._master, "master")
        if source.unwrap(master, "master") != self._master:
            raise FaultFoundError(f"What {source.name} wrapped does not open again. Nothing was changed.")
        self._file = keyring_file.change(
            self._home, lambda file: msgspec.structs.replace(file, master=master), shred=True
        )

    def change_passphrase(self, passphrase: bytes) -> None:
        """Wrap the master key with another passphrase; the old one is worthless on return."""
        self.change_wrapper(PassphraseWrapper(passphrase, _cost(self._file.master)))

    def recovery_shares(self, *, threshold: int, count: int, organisation: str = "") -> tuple[str, ...]:
        """Split the master key, or an organisation's own, anew: one written share for each custodian.

        They are kept nowhere.
        """
        secret = self._key(organisation) if organisation else self._master
        return tuple(shares.write(share) for share in shares.split(secret, threshold=threshold, count=count))

    def _organisation_keys(self, organisation: str) -> OrganisationKeys:
        why = self.locked(organisation)
        return OrganisationKeys(
            organisation,
            b"" if why else epochs.derive(organisation, self._key(organisation)),
            self._ledger_seed(organisation),
            self._own_wrapping(organisation),
            why,
            ledgers.derive(organisation, self._master),
        )

    def _own_wrapping(self, organisation: str) -> bytes:
        of = self._of(organisation)
        return unwrap(self._master, f"{organisation}/own", of.key) if of.own else b""

    def _put_under(self, organisation: str, key: bytes, own: KeyWrapper | None) -> None:
        seed = self._ledger_seed_under(organisation, key)

        def put(file: KeyringFile) -> KeyringFile:
            wrapped = self._wrapped(organisation, organisation_of(file, organisation), key, seed, own)
            return msgspec.structs.replace(file, organisations={**file.organisations, organisation: wrapped})

        self._file = keyring_file.change(self._home, put, shred=True)
        self._opened[organisation] = key
        self._shut.pop(organisation, None)

    def _wrapped(
        self, name: str, keys: WrappedOrganisation, key: bytes, ledger: bytes, own: KeyWrapper | None
    ) -> WrappedOrganisation:
        """An organisation's keys with its own key under the master key, and under `own` first if given."""
        seal = self._master if own else key
        sealed = wrap(seal, f"{name}/ledger", ledger) if ledger else b""
        if own is None:
            return msgspec.structs.replace(keys, key=wrap(self._master, name, key), ledger=sealed, own="")
        wrapping = own.wrap(key, name)
        if own.unwrap(wrapping, name) != key:
            raise FaultFoundError(f"What {own.name} wrapped does not open again. Nothing was changed.")
        return msgspec.structs.replace(
            keys,
            key=wrap(self._master, f"{name}/own", wrapper.pack(wrapping)),
            ledger=sealed,
            own=str(wrapping.__struct_config__.tag),
        )

    def _epochs(self, organisation: str) -> EpochRing:
        return EpochRing(self._home, organisation, epochs.derive(organisation, self._key(organisation)))

    def _key(self, organisation: str) -> bytes:
        of = self._of(organisation)
        if not of.own:
            return unwrap(self._master, organisation, of.key)
        if organisation in self._shut:
            raise self._shut[organisation]
        try:
            if organisation not in self._opened:
                self.unlock_organisation(organisation)
        except MunimentError as error:
            shut = error if isinstance(error, LockedError) else sources.locked(organisation, str(error))
            self._shut[organisation] = shut
            raise shut from error
        return self._opened[organisation]

    def _ledger_seed(self, organisation: str) -> bytes:
        """The first shard's, as the file has it now: the keeper may have destroyed it since it was unlocked."""
        own = self._of(organisation).own
        return self._ledger_seed_under(organisation, b"" if own else self._key(organisation))

    def _ledger_seed_under(self, organisation: str, key: bytes) -> bytes:
        of = organisation_of(keyring_file.read(self._home), organisation)
        seal = self._master if of.own else key
        return unwrap(seal, f"{organisation}/ledger", of.ledger) if of.ledger else b""

    def _unwrap_below(self, organisation: str, name: str, wrapped: bytes) -> bytes:
        return unwrap(self._key(organisation), f"{organisation}/{name}", wrapped)

    def _of(self, organisation: str) -> WrappedOrganisation:
        return organisation_of(self._file, organisation)

    def _system(self, name: str) -> bytes:
        return unwrap(self._master, f"system/{name}", self._file.system[name])


class Keyring:
    """The wrapped keys on disk."""

    @classmethod
    def create(
        cls,
        home: Home,
        passphrase: bytes = b"",
        *,
        cost: Cost | None = None,
        source: KeyWrapper | None = None,
    ) -> UnlockedKeyring:
        """Make the keyring of a new installation, by a passphrase or by `source`; WrongUseError if there is one."""
        if home.keyring.exists():
            raise WrongUseError(f"There is an installation at {home.path} already.")
        master = secrets.token_bytes(KEY_BYTES)
        file = KeyringFile(
            version=VERSION,
            master=(source or PassphraseWrapper(passphrase, cost)).wrap(master, "master"),
            system={
                name: wrap(master, f"system/{name}", secrets.token_bytes(KEY_BYTES)) for name in _SYSTEM_KEYS
            },
            organisations={},
        )
        keyring_file.write(home, file)
        return UnlockedKeyring(home, file, master)

    @classmethod
    def unlock(cls, home: Home, passphrase: bytes) -> UnlockedKeyring:
        """Unwrap the master key, with the passphrase or by the key service that has it.

        RefusedError for a wrong passphrase or a service that says no, NotAvailableError for one that is down.
        """
        file = keyring_file.read(home)
        opener = sources.of_installation(home, file.master, passphrase)
        return UnlockedKeyring(home, file, opener.unwrap(file.master, "master"))

    @classmethod
    def recover(cls, home: Home, written: Sequence[str], passphrase: bytes) -> UnlockedKeyring:
        """Bring enough custodians' shares together and set a new passphrase, also in a key service's stead.

        WrongUseError for shares that are too few or have a slip; RefusedError if they give another key
        than this installation's. The shares stay good.
        """
        file = keyring_file.read(home)
        key = UnlockedKeyring(home, file, b"").checked_shares(written)
        keyring = UnlockedKeyring(home, file, key)
        keyring.change_passphrase(passphrase)
        return keyring

    @classmethod
    def rehearse(cls, home: Home, written: Sequence[str]) -> UnlockedKeyring:
        """See whether these shares would recover the installation. Nothing is changed; errors as `recover`."""
        file = keyring_file.read(home)
        return UnlockedKeyring(home, file, UnlockedKeyring(home, file, b"").checked_shares(written))


def public_epochs(home: Home) -> Mapping[str, int]:
    """The newest epoch of each organisation, without any passphrase."""
    return {each: max(map(int, keys.epochs)) for each, keys in keyring_file.read(home).organisations.items()}


def wrapping_of(home: Home) -> Wrapping:
    """How the master key is wrapped, without any passphrase."""
    return keyring_file.read(home).master


def _cost(wrapping: Wrapping) -> Cost:
    return wrapping.cost if isinstance(wrapping, wrapper.ByPassphrase) else Cost()
