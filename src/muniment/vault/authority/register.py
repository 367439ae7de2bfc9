"""The authority register: whose key may sign what, as the ledger says and no database does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import msgspec

from muniment.core.errors import RefusedError

FEWEST_AUTHORITIES = 2  # every change of the register takes two persons: fewer would lock it for ever


class Power(StrEnum):
    """What a registered key may sign."""

    CONTROLLER = "controller"
    DECIDE = "decide"
    HOLD = "hold"
    REGISTER = "register"
    REQUEST = "request"


class KeyKind(StrEnum):
    """How a key signs."""

    ED25519 = "ed25519"
    PASSKEY = "passkey"


class RegisteredKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One person's key. `public` is 32 raw bytes (Ed25519) or a COSE key (passkey).

    `credential`, `relying_party` and `origins` (such as `https://mail.example`) bind a passkey to the
    pages it may sign on; they are empty for Ed25519. `demo` marks a software key of a demo.
    """

    person: str
    key: str
    kind: KeyKind
    public: bytes
    powers: frozenset[Power]
    credential: bytes = b""
    relying_party: str = ""
    origins: tuple[str, ...] = ()
    demo: bool = False


@dataclass(frozen=True)
class Register:
    """The keys that count now, by their `key_…` ids; `serial` counts the changes."""

    keys: Mapping[str, RegisteredKey] = field(default_factory=lambda: MappingProxyType({}))
    serial: int = 0

    def key(self, name: str) -> RegisteredKey:
        """The registered key of this id; RefusedError if there is none (any more)."""
        found = self.keys.get(name)
        if found is None:
            raise RefusedError(
                f"The key {name} is not in the register.",
                why="It was never registered here, or it has been removed.",
                remedy="Sign with a key that two authorities have registered.",
            )
        return found

    def persons(self, power: Power) -> frozenset[str]:
        """Everybody who holds at least one key with this power."""
        return frozenset(key.person for key in self.keys.values() if power in key.powers)

    def changed(
        self, add: Iterable[RegisteredKey], remove: Iterable[str], *, counted: bool = True
    ) -> "Register":
        """The register after a change, which has been checked. Enrolments are not counted."""
        kept = {name: key for name, key in self.keys.items() if name not in set(remove)}
        kept.update((key.key, key) for key in add)
        return Register(MappingProxyType(kept), self.serial + counted)
