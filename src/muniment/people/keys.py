"""The two keys that sign-in needs: in this process's memory, and nowhere else.

The web process receives them from the supervisor by an inherited pipe; a command receives them from
the unlocked keyring. They are never in settings files, arguments, the environment or a log.
"""

import secrets
from dataclasses import dataclass

from muniment.core.errors import NotAvailableError, WrongUseError

TOTP_KEY_BYTES = 32


@dataclass(frozen=True, repr=False)
class SignInKeys:
    """Signs cookies and forms (`django_secret`); encrypts TOTP secrets at rest (`totp_key`, AES-256)."""

    django_secret: str
    totp_key: bytes


_held: list[SignInKeys] = []


def hold(keys: SignInKeys) -> None:
    """Keep the keys for this process; WrongUseError unless the TOTP key is 32 bytes long."""
    if len(keys.totp_key) != TOTP_KEY_BYTES:
        raise WrongUseError(f"The TOTP key is {TOTP_KEY_BYTES} bytes, not {len(keys.totp_key)}.")
    _held[:] = [keys]


def django_secret() -> str:
    """Django's secret key; a fresh one in a process that was given none and so serves no pages."""
    return _held[0].django_secret if _held else secrets.token_urlsafe(50)


def totp_key() -> bytes:
    """The key of the TOTP secrets; NotAvailableError while this process holds none."""
    if not _held:
        raise NotAvailableError(
            "Codes from an authenticator app cannot be checked.",
            why="This process was not given its keys.",
            remedy="Start it with `muniment serve`.",
        )
    return _held[0].totp_key


def forget() -> None:
    """Drop both keys."""
    _held.clear()
