"""A passkey in software: an ES256 credential that answers WebAuthn assertions as a browser would."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url, encode_cbor

from muniment.vault.authority.register import KeyKind, Power, RegisteredKey
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.authority.statements import digest

ORIGIN = "https://mail.example"
RELYING_PARTY = "mail.example"
PRESENT, VERIFIED = 0x01, 0x04


def _new_private() -> EllipticCurvePrivateKey:
    return generate_private_key(SECP256R1())


@dataclass
class SoftKey:
    """One credential of one person."""

    person: str
    key: str
    private: EllipticCurvePrivateKey = field(default_factory=_new_private)
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def registered(self, *powers: Power) -> RegisteredKey:
        """The credential as the register lists it."""
        numbers = self.private.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        return RegisteredKey(
            person=self.person,
            key=self.key,
            kind=KeyKind.PASSKEY,
            public=encode_cbor(cose),
            powers=frozenset(powers),
            credential=self.credential,
            relying_party=RELYING_PARTY,
            origins=(ORIGIN,),
        )

    def sign(
        self,
        statement: bytes,
        *,
        flags: int = PRESENT | VERIFIED,
        origin: str = ORIGIN,
        relying_party: str = RELYING_PARTY,
        challenge: bytes | None = None,
        cross_origin: bool = False,
        kind: str = "webauthn.get",
    ) -> SignedStatement:
        """An assertion over a statement; every deviation that an attacker might try can be asked for."""
        client_data = json.dumps(
            {
                "type": kind,
                "challenge": bytes_to_base64url(digest(statement) if challenge is None else challenge),
                "origin": origin,
                "crossOrigin": cross_origin,
            }
        ).encode()
        authenticator_data = hashlib.sha256(relying_party.encode()).digest() + bytes([flags]) + bytes(4)
        signature = self.private.sign(
            authenticator_data + hashlib.sha256(client_data).digest(), ECDSA(SHA256())
        )
        return SignedStatement(
            statement=statement,
            person=self.person,
            key=self.key,
            kind=KeyKind.PASSKEY,
            signature=signature,
            authenticator_data=authenticator_data,
            client_data=client_data,
        )
