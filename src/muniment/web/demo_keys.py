"""The software keys of a demo's personas, read from the home's `demo.json`; absent elsewhere."""

from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from muniment.core.errors import NotAvailableError, RefusedError
from muniment.vault.authority.signing import SignedStatement, sign_with_key

LARGEST: Final = 1024 * 1024  # bytes; a demo has a dozen personas


class SigningKey(msgspec.Struct, frozen=True):
    """A persona's key as the register names it, and its 32 secret bytes as base64."""

    key: str
    private: bytes


class Persona(msgspec.Struct, frozen=True):
    """One persona, as far as signing is concerned."""

    person: str
    signing_key: SigningKey | None = None


class DemoFile(msgspec.Struct, frozen=True):
    """What signing reads of `demo.json`; the rest of it is not looked at."""

    personas: tuple[Persona, ...] = ()


def key_of(person: str) -> SigningKey | None:
    """The persona's software key; None where there is no demo or no such persona."""
    path = settings.HOME.demo
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return None
        found = msgspec.json.decode(path.read_bytes(), type=DemoFile)
    except (OSError, msgspec.MsgspecError) as error:
        raise NotAvailableError("The file of the demo's personas cannot be read.") from error
    return next((one.signing_key for one in found.personas if one.person == person), None)


def sign(person: str, statement: bytes) -> SignedStatement:
    """Sign with the persona's software key; RefusedError where there is none.

    The register marks these keys as a demo's, and so every signature that they make.
    """
    found = key_of(person)
    if found is None:
        raise RefusedError("There is no demo key for this person.")
    private = Ed25519PrivateKey.from_private_bytes(found.private)
    return sign_with_key(private, statement, person=person, key=found.key)
