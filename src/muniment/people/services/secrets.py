"""Tokens: made at random, shown once, kept only as a SHA-256."""

import hashlib
import secrets
from typing import Final

TOKEN_BYTES: Final = 32  # 256 bits: guessing is hopeless, so a plain hash is enough at rest


def new_secret(prefix: str) -> str:
    """A fresh secret in its written form, such as `mun_…`."""
    return f"{prefix}_{secrets.token_urlsafe(TOKEN_BYTES)}"


def digest(secret: str) -> str:
    """What the database keeps of a secret: hex SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()
