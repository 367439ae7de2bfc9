"""One secret under one key, bound to a name: AES-256-GCM with a random nonce (NIST SP 800-38D)."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muniment.core.errors import FaultFoundError

KEY_BYTES = 32
NONCE_BYTES = 12


def wrap(key: bytes, name: str, secret: bytes) -> bytes:
    """A secret under a key, bound to its name."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret, f"muniment/keyring/v1/{name}".encode())


def unwrap(key: bytes, name: str, wrapped: bytes) -> bytes:
    """The inverse of `wrap`; FaultFoundError if key or name is another, or the bytes are damaged."""
    nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, sealed, f"muniment/keyring/v1/{name}".encode())
    except (InvalidTag, ValueError) as error:
        raise FaultFoundError(
            f"The keyring's entry {name!r} does not open.", why="It is damaged, or under another key."
        ) from error
