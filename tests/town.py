"""Two organisations with a person for every role, each with a real key, and a real keeper behind them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.core import ids
from muniment.core.home import Home
from muniment.core.ids import Prefix
from muniment.people.powers import powers_of
from muniment.people.roles import Role
from muniment.vault import setup
from muniment.vault.authority.register import KeyKind, Power, RegisteredKey
from muniment.vault.authority.signing import SignedStatement, sign_with_key
from muniment.vault.client import DeskDoor, doors
from muniment.vault.keyring import Cost
from muniment.vault.private import private_keeper

CHEAP = Cost(memory=64, passes=1, lanes=1)
PASSPHRASE = b"correct horse battery staple"
AUTHORITIES = (Role.DIRECTOR, Role.DATA_CONTROLLER)


@dataclass(frozen=True)
class Inhabitant:
    """Somebody with one role and a key that the genesis entry lists."""

    role: Role
    id: str = field(default_factory=lambda: ids.new(Prefix.PERSON))
    key: str = field(default_factory=lambda: ids.new(Prefix.KEY))
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def name(self) -> str:
        return f"{self.role.label} Person"

    def email(self, domain: str) -> str:
        return f"{self.role.value}@{domain}"

    def registered(self) -> RegisteredKey:
        powers = powers_of([self.role]) | ({Power.REGISTER} if self.role in AUTHORITIES else set())
        return RegisteredKey(
            person=self.id,
            key=self.key,
            kind=KeyKind.ED25519,
            public=self.private.public_key().public_bytes_raw(),
            powers=frozenset(powers),
            demo=True,
        )

    def sign(self, statement: bytes) -> SignedStatement:
        return sign_with_key(self.private, statement, person=self.id, key=self.key)


@dataclass(frozen=True)
class Firm:
    """One organisation and its people, by their role."""

    id: str
    name: str
    domain: str
    people: dict[Role, Inhabitant]

    def __getitem__(self, role: Role) -> Inhabitant:
        return self.people[role]


@dataclass(frozen=True)
class Town:
    """An installation with two firms, and the keeper's desk door."""

    home: Home
    ours: Firm
    theirs: Firm
    desk: DeskDoor


@contextmanager
def build(path: Path, *, demo: bool = True) -> Iterator[Town]:
    """Found the installation and keep a keeper running on it."""
    home = Home(path / "home")
    ours, theirs = _people("Harbour Works", "harbour.example"), _people("Quay Street", "quay.example")
    _, keyring = setup.create_installation(
        home, passphrase=PASSPHRASE, cost=CHEAP, demo=demo, **_founding(ours, demo=demo)
    )
    setup.add_organisation(home, keyring, demo=demo, **_founding(theirs, demo=demo))
    with private_keeper(home, PASSPHRASE):
        opened = doors(home)
        try:
            yield Town(home, ours, theirs, opened.desk)
        finally:
            opened.close()


def _people(name: str, domain: str) -> Firm:
    return Firm(ids.new(Prefix.ORGANISATION), name, domain, {role: Inhabitant(role) for role in Role})


class _Founding(TypedDict):
    name: str
    organisation: str
    authorities: list[setup.Authority]
    keys: list[RegisteredKey]


def _founding(firm: Firm, *, demo: bool) -> _Founding:
    keys = {role: person.registered() for role, person in firm.people.items()}
    authorities = [
        setup.Authority(firm[role].id, firm[role].name, keys[role], keys[role].powers) for role in AUTHORITIES
    ]
    others = [key for role, key in keys.items() if role not in AUTHORITIES] if demo else []
    return {"name": firm.name, "organisation": firm.id, "authorities": authorities, "keys": others}
