"""Founding an installation, and adding organisations to it: keys, vault, first entry, first checkpoint."""

import hashlib
import secrets
import shutil
from collections.abc import Sequence

import msgspec

from muniment.core import clock, ids
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.core.ids import Prefix
from muniment.core.tags import EventTag
from muniment.vault import sealing
from muniment.vault.authority.register import FEWEST_AUTHORITIES, KeyKind, Power, RegisteredKey
from muniment.vault.keeper import entries
from muniment.vault.keeper.entries import Clear, Entry, Genesis, Token
from muniment.vault.keeper.lock import only_keeper
from muniment.vault.keyring import Cost, Keyring, UnlockedKeyring
from muniment.vault.store import Store
from muniment.vault.wrapping.wrapper import KeyWrapper

FIRST_POWERS = frozenset({Power.REGISTER})
"""What the first authorities may sign: only whose keys count. Together they may give themselves more."""
CUSTODIANS = ("Custodian 1", "Custodian 2", "Custodian 3")
_TOKEN_BYTES = 24


class Authority(msgspec.Struct, frozen=True):
    """One of the first authorities: by a public key that exists, or else by a one-time token."""

    person: str
    name: str
    key: RegisteredKey | None = None
    powers: frozenset[Power] = FIRST_POWERS


class Enrolment(msgspec.Struct, frozen=True):
    """A one-time token, for one authority's eyes: it is kept nowhere."""

    person: str
    name: str
    token: str


class RecoveryShare(msgspec.Struct, frozen=True):
    """One custodian's share of the master key, for their eyes: it is kept nowhere."""

    custodian: str
    text: str


class Founding(msgspec.Struct, frozen=True):
    """What was made, and what has to be shown once."""

    organisation: str
    name: str
    demo: bool
    authorities: tuple[Authority, ...]
    enrolments: tuple[Enrolment, ...]
    shares: tuple[RecoveryShare, ...]
    own_shares: tuple[RecoveryShare, ...] = ()
    """Of the organisation's own key, where it has one."""


def authority_with_key(name: str, key: str, public: bytes, *, demo: bool = False) -> Authority:
    """A first authority whose Ed25519 key exists already."""
    person = ids.new(Prefix.PERSON)
    registered = RegisteredKey(
        person=person, key=key, kind=KeyKind.ED25519, public=public, powers=FIRST_POWERS, demo=demo
    )
    return Authority(person, name, registered)


def create_installation(
    home: Home,
    *,
    name: str,
    passphrase: bytes = b"",
    organisation: str = "",
    authorities: Sequence[Authority] = (),
    keys: Sequence[RegisteredKey] = (),
    custodians: Sequence[str] = CUSTODIANS,
    demo: bool = False,
    cost: Cost | None = None,
    source: KeyWrapper | None = None,
    own: KeyWrapper | None = None,
) -> tuple[Founding, UnlockedKeyring]:
    """Found an installation with its first organisation.

    `source` wraps the master key instead of the passphrase; `own` the organisation's key besides. Fewer than two `authorities` are filled up with enrolments. `keys` are further registered keys, in a
    demo only. A majority of the `custodians` can recover the master key. WrongUseError if there is an
    installation; on any failure nothing of the new one is left.
    """
    if home.keyring.exists():
        raise WrongUseError(
            f"There is an installation at {home.path} already.",
            remedy="Choose another directory. If its founding was cut short, empty this one first.",
        )
    if home.path.exists() and any(home.path.iterdir()):
        raise WrongUseError(f"{home.path} is not empty.", remedy="Choose another directory.")
    try:
        home.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with only_keeper(home):
            keyring = Keyring.create(home, passphrase, cost=cost, source=source)
            founding = _found(home, keyring, name, organisation, authorities, keys, demo=demo, own=own)
    except BaseException:
        for made in (home.keyring.parent, home.path / "vault", home.path / "run"):
            shutil.rmtree(made, ignore_errors=True)
        raise
    shares = shares_for(keyring, custodians)
    own_shares = shares_for(keyring, custodians, founding.organisation) if own else ()
    return msgspec.structs.replace(founding, shares=shares, own_shares=own_shares), keyring


def shares_for(
    keyring: UnlockedKeyring, custodians: Sequence[str], organisation: str = ""
) -> tuple[RecoveryShare, ...]:
    """New shares of the master key, or of an organisation's own; a majority of the custodians is needed."""
    threshold = max(FEWEST_AUTHORITIES, len(custodians) // 2 + 1)
    texts = keyring.recovery_shares(threshold=threshold, count=len(custodians), organisation=organisation)
    return tuple(RecoveryShare(who, text) for who, text in zip(custodians, texts, strict=True))


def add_organisation(
    home: Home,
    keyring: UnlockedKeyring,
    *,
    name: str,
    organisation: str = "",
    authorities: Sequence[Authority] = (),
    keys: Sequence[RegisteredKey] = (),
    custodians: Sequence[str] = CUSTODIANS,
    demo: bool = False,
    own: KeyWrapper | None = None,
) -> Founding:
    """Add an organisation to an installation whose keeper is stopped (NotAvailableError if it runs).

    `own` wraps its key besides the master key: then the `custodians` get shares of it.
    """
    with only_keeper(home):
        founding = _found(home, keyring, name, organisation, authorities, keys, demo=demo, own=own)
    own_shares = shares_for(keyring, custodians, founding.organisation) if own else ()
    return msgspec.structs.replace(founding, own_shares=own_shares)


def _found(
    home: Home,
    keyring: UnlockedKeyring,
    name: str,
    organisation: str,
    given: Sequence[Authority],
    keys: Sequence[RegisteredKey],
    *,
    demo: bool,
    own: KeyWrapper | None,
) -> Founding:
    if keys and not demo:
        raise WrongUseError("Only a demo begins with more keys than its first authorities'.")
    organisation = organisation or ids.new(Prefix.ORGANISATION)
    missing = range(len(given) + 1, FEWEST_AUTHORITIES + 1)
    authorities = (*given, *(Authority(ids.new(Prefix.PERSON), f"Authority {n}") for n in missing))
    enrolments = tuple(
        Enrolment(each.person, each.name, secrets.token_urlsafe(_TOKEN_BYTES))
        for each in authorities
        if each.key is None
    )
    keyring.add_organisation(organisation, own)
    genesis = msgspec.structs.replace(
        _genesis(organisation, name, authorities, enrolments, keys),
        service=keyring.epochs_by_service(organisation),
    )
    _write_genesis(home, keyring, genesis, demo=demo)
    return Founding(organisation, name, demo, authorities, enrolments, ())


def _genesis(
    organisation: str,
    name: str,
    authorities: Sequence[Authority],
    enrolments: Sequence[Enrolment],
    keys: Sequence[RegisteredKey],
) -> Genesis:
    powers = {each.person: each.powers for each in authorities}
    tokens = tuple(
        Token(hashlib.sha256(each.token.encode()).hexdigest(), each.person, powers[each.person])
        for each in enrolments
    )
    own = tuple(each.key for each in authorities if each.key is not None)
    return Genesis(organisation, name, (*own, *keys), tokens)


def _write_genesis(home: Home, keyring: UnlockedKeyring, genesis: Genesis, *, demo: bool) -> None:
    organisation = genesis.organisation
    clear = Clear(tag=EventTag.GENESIS, time=clock.seconds(), demo=demo)
    entry = Entry(clear, entries.write_body(genesis))
    store = Store.create(home.vault(organisation), organisation, keyring.ledger_signer(organisation))
    try:
        store.commit([sealing.seal_batch(keyring.current_epoch(organisation), [entries.document(entry)])])
        store.publish()
    finally:
        store.close()
