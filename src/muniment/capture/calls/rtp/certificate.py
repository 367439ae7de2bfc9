"""The recorder's own certificate for DTLS, and what fingerprints of others are worth (RFC 5763, RFC 8122).

Nobody signs it: its fingerprint stands in the signalling, and that is what it is checked against. It is made
when the recorder starts, and is in memory only.
"""

import datetime
import hmac
import secrets
from collections.abc import Sequence
from types import MappingProxyType

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.x509.oid import NameOID

from muniment.capture.calls.ports import Fingerprint
from muniment.core import clock

ALGORITHMS = MappingProxyType({"sha-256": SHA256, "sha-384": SHA384, "sha-512": SHA512})
"""What is believed; weaker ones are left unread (RFC 8122 section 5)."""

_AGE, _LIFE = datetime.timedelta(days=1), datetime.timedelta(days=3650)


class Credentials(msgspec.Struct, frozen=True):
    """A certificate and its key, as they go to a worker."""

    certificate: bytes
    """DER."""
    key: bytes
    """DER, PKCS #8."""

    def __repr__(self) -> str:
        return "Credentials(…)"

    @property
    def fingerprint(self) -> Fingerprint:
        """What our descriptions say of it."""
        return Fingerprint("sha-256", x509.load_der_x509_certificate(self.certificate).fingerprint(SHA256()))


def make() -> Credentials:
    """Fresh credentials; the name in them says nothing (RFC 8827 section 6.5: P-256)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, secrets.token_hex(8))])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _AGE)
        .not_valid_after(now + _LIFE)
        .sign(key, SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Credentials(certificate.public_bytes(serialization.Encoding.DER), private)


def fits(certificate: x509.Certificate, fingerprints: Sequence[Fingerprint]) -> bool:
    """Whether one of the fingerprints is that of the certificate."""
    found = False
    for each in fingerprints:
        algorithm: type[HashAlgorithm] | None = ALGORITHMS.get(each.algorithm)
        if algorithm is not None:
            found |= hmac.compare_digest(certificate.fingerprint(algorithm()), each.digest)
    return found
