"""One association of DTLS with one peer, without a socket: datagrams in, datagrams out, keys at the end.

DTLS 1.2 is OpenSSL's, by way of pyOpenSSL. What must hold (RFC 5763, RFC 5764, RFC 6347):

1. No state is kept of an address before it has shown that it hears us: a stranger's hello is answered with
   a cookie, and forgotten (RFC 6347 section 4.2.1).
2. There are no keys before the peer has shown a certificate whose fingerprint signalling named.
3. Keys come from the handshake's exporter, under the label of RFC 5764 section 4.2.
"""

import hmac
import secrets
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key
from OpenSSL import SSL, crypto

from muniment.capture.calls.ports import Crypto, Fingerprint
from muniment.capture.calls.rtp.certificate import Credentials, fits
from muniment.capture.calls.rtp.srtp import SUITES
from muniment.core.errors import WrongUseError

MTU = 1200  # bytes of a datagram of ours: it passes every path
DTLS_1_2 = 0xFEFD
RECORD_HEAD = 13
LABEL = b"EXTRACTOR-dtls_srtp"
PROFILES = MappingProxyType(
    {
        b"SRTP_AEAD_AES_256_GCM": "AEAD_AES_256_GCM",
        b"SRTP_AEAD_AES_128_GCM": "AEAD_AES_128_GCM",
        b"SRTP_AES128_CM_SHA1_80": "AES_CM_128_HMAC_SHA1_80",
        b"SRTP_AES128_CM_SHA1_32": "AES_CM_128_HMAC_SHA1_32",
    }
)
"""OpenSSL's names of the protection profiles (RFC 5764, RFC 7714 section 14.2), the preferred first."""

CIPHERS = b"ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:ECDHE+AES"


class _About(NamedTuple):
    """What OpenSSL's questions are answered with."""

    cookie: bytes
    fingerprints: Sequence[Fingerprint]
    refused: list[str]


class Maker:
    """Makes associations under one certificate. One for each process: its secret makes the cookies."""

    def __init__(self, credentials: Credentials) -> None:
        """WrongUseError for a key of another kind."""
        key = load_der_private_key(credentials.key, None)
        if not isinstance(key, EllipticCurvePrivateKey):
            raise WrongUseError("The recorder's key is of another kind.")
        self._secret = secrets.token_bytes(32)
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_min_proto_version(DTLS_1_2)
        context.set_options(SSL.OP_NO_QUERY_MTU | SSL.OP_NO_RENEGOTIATION | SSL.OP_NO_TICKET)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        context.set_cipher_list(CIPHERS)
        context.set_tlsext_use_srtp(b":".join(PROFILES))
        context.use_certificate(x509.load_der_x509_certificate(credentials.certificate))
        context.use_privatekey(key)
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, _known)
        context.set_cookie_generate_callback(lambda connection: connection.get_app_data().cookie)
        context.set_cookie_verify_callback(
            lambda connection, cookie: hmac.compare_digest(connection.get_app_data().cookie, cookie)
        )
        self._context = context

    def connect(self, address: tuple[str, int], fingerprints: Sequence[Fingerprint]) -> "Association":
        """Begin as the active side: the hello waits to be sent."""
        connection = self._connection(address, fingerprints)
        connection.set_connect_state()
        made = Association(connection, fingerprints, active=True)
        made.step()
        return made

    def answer(
        self, hello: bytes, address: tuple[str, int], fingerprints: Sequence[Fingerprint]
    ) -> "tuple[Association | None, list[bytes]]":
        """The association of a peer whose hello bears our cookie; for any other None, and a cookie to send."""
        connection = self._connection(address, fingerprints)
        connection.set_accept_state()
        connection.bio_write(hello)
        try:
            connection.DTLSv1_listen()
        except SSL.Error:
            return None, _outgoing(connection)
        made = Association(connection, fingerprints, active=False)
        made.step()
        return made, made.outgoing()

    def _connection(self, address: tuple[str, int], fingerprints: Sequence[Fingerprint]) -> SSL.Connection:
        connection = SSL.Connection(self._context, None)
        connection.set_ciphertext_mtu(MTU)
        cookie = hmac.digest(self._secret, f"{address[0]} {address[1]}".encode(), "sha256")
        connection.set_app_data(_About(cookie, fingerprints, []))
        return connection


class Association:
    """A handshake under way, and what remains of it: the peer may not have heard our last words."""

    def __init__(
        self, connection: SSL.Connection, fingerprints: Sequence[Fingerprint], *, active: bool
    ) -> None:
        self._connection, self._fingerprints, self._active = connection, fingerprints, active
        self.keys: tuple[Crypto, Crypto] | None = None
        """Theirs and ours, once the handshake is over."""
        self.failed = ""
        """Why it came to nothing."""

    def receive(self, datagram: bytes) -> None:
        """A datagram of this peer."""
        if self.failed:
            return
        self._connection.bio_write(datagram)
        self.step()

    def step(self) -> None:
        """Go on as far as it goes."""
        self._do(self._again if self.keys else self._shake)

    def pass_time(self) -> None:
        """Send again what was not answered in time."""
        if self.keys is None and not self.failed and self._connection.DTLSv1_get_timeout() == 0:
            self._do(self._connection.DTLSv1_handle_timeout)

    def outgoing(self) -> list[bytes]:
        """The datagrams that wait to be sent."""
        return _outgoing(self._connection)

    def _do(self, what: Callable[[], object]) -> None:
        try:
            what()
        except SSL.WantReadError:
            return
        except (SSL.ZeroReturnError, SSL.Error) as error:
            if self.keys is None:
                self.failed = self._reason(error)

    def _shake(self) -> None:
        self._connection.do_handshake()
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        if certificate is None or not fits(certificate, self._fingerprints):
            self.failed = "the certificate is not the one that signalling named"
            return
        suite = PROFILES.get(self._connection.get_selected_srtp_profile())
        if suite is None:
            self.failed = "the peer did not agree on how packets are protected"
            return
        form = SUITES[suite]
        material = self._connection.export_keying_material(LABEL, 2 * (form.key + form.salt))
        keys = material[: form.key], material[form.key : 2 * form.key]
        rest = material[2 * form.key :]
        client, server = (
            Crypto(0, suite, key, salt)
            for key, salt in zip(keys, (rest[: form.salt], rest[form.salt :]), strict=True)
        )
        self.keys = (server, client) if self._active else (client, server)

    def _again(self) -> None:
        """A repeated end of the handshake makes OpenSSL repeat ours; anything else is of no account."""
        self._connection.recv(MTU)

    def _reason(self, error: SSL.Error) -> str:
        about: _About = self._connection.get_app_data()
        if about.refused:
            return about.refused[0]
        rows = error.args[0] if error.args and isinstance(error.args[0], list) else []
        return f"the handshake failed: {rows[-1][-1] if rows else 'no answer'}"


def _known(
    connection: SSL.Connection, certificate: crypto.X509, _error: int, depth: int, _so_far: int
) -> bool:
    """Refuse a certificate while the peer can still be told; who signed it is of no account."""
    about: _About = connection.get_app_data()
    if depth or fits(certificate.to_cryptography(), about.fingerprints):
        return True
    about.refused.append("the certificate is not the one that signalling named")
    return False


def _outgoing(connection: SSL.Connection) -> list[bytes]:
    """What OpenSSL wrote, cut where records end: as many to a datagram as it holds."""
    written = bytearray()
    try:
        while True:
            written += connection.bio_read(1 << 16)
    except SSL.Error:
        pass
    found: list[bytes] = []
    while written:
        length = RECORD_HEAD + int.from_bytes(written[11:13])
        record = bytes(written[:length])
        del written[:length]
        if found and len(found[-1]) + len(record) <= MTU:
            found[-1] += record
        else:
            found.append(record)
    return found
