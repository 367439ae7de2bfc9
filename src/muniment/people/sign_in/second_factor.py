"""allauth's second factors, with their secrets encrypted at rest."""

import base64
import secrets
from typing import Final

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.contrib.auth.base_user import AbstractBaseUser

from muniment.core.errors import FaultFoundError
from muniment.people import keys

NONCE_BYTES: Final = 12
MARK: Final = "m1."
PURPOSE: Final = b"muniment/second-factor/v1"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """TOTP secrets and recovery codes are kept under AES-256-GCM: allauth itself keeps plain base32."""

    def encrypt(self, text: str) -> str:
        """Seal one secret; each time with a fresh nonce."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(keys.totp_key()).encrypt(nonce, text.encode(), PURPOSE)
        return MARK + base64.urlsafe_b64encode(nonce + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret; FaultFoundError if it was changed or belongs to another key."""
        try:
            raw = base64.urlsafe_b64decode(encrypted_text.removeprefix(MARK))
            opened = AESGCM(keys.totp_key()).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], PURPOSE)
        except (InvalidTag, ValueError) as error:
            raise FaultFoundError(
                "A second factor cannot be read.",
                why="Its secret was changed, or was sealed under another key.",
                remedy="Remove the second factor of this account and set it up again.",
            ) from error
        return opened.decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002  allauth's own name
        """A first name for a passkey that says nothing technical."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return "My passkey" if count == 0 else f"My passkey {count + 1}"
