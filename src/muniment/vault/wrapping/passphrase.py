"""A key under a passphrase: argon2id (RFC 9106), then AES-256-GCM."""

import secrets

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from muniment.core.errors import FaultFoundError, RefusedError, WrongUseError
from muniment.vault.wrapping import aead
from muniment.vault.wrapping.wrapper import ByPassphrase, Cost, Wrapping

_SALT_BYTES = 16


class PassphraseWrapper:
    """Whoever knows the passphrase says yes. `opens` names what it is for, in messages."""

    name = "a passphrase"

    def __init__(
        self, passphrase: bytes, cost: Cost | None = None, *, opens: str = "this installation"
    ) -> None:
        self._passphrase, self._cost, self._opens = passphrase, cost or Cost(), opens

    def wrap(self, secret: bytes, bound: str) -> ByPassphrase:
        """Wrap with a new salt."""
        if not self._passphrase:
            raise WrongUseError("An empty passphrase protects nothing.")
        salt = secrets.token_bytes(_SALT_BYTES)
        stretched = _stretch(self._passphrase, salt, self._cost)
        return ByPassphrase(self._cost, salt, aead.wrap(stretched, bound, secret))

    def unwrap(self, wrapping: Wrapping, bound: str) -> bytes:
        """Unwrap; RefusedError for another passphrase, or a wrapping of another kind."""
        if not isinstance(wrapping, ByPassphrase):
            raise RefusedError(f"No passphrase opens {self._opens}.", why="A key service has its key.")
        stretched = _stretch(self._passphrase, wrapping.salt, wrapping.cost)
        try:
            return aead.unwrap(stretched, bound, wrapping.wrapped)
        except FaultFoundError as error:
            raise RefusedError(
                f"The passphrase does not open {self._opens}.",
                remedy="Check the passphrase file, or recover with the custodians' shares.",
            ) from error


def _stretch(passphrase: bytes, salt: bytes, cost: Cost) -> bytes:
    return Argon2id(
        salt=salt, length=aead.KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory
    ).derive(passphrase)
