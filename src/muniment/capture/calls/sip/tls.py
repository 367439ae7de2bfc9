"""TLS for SIP: who we are, and who a client proves to be (RFC 7866 section 12, RFC 5922)."""

import ssl
from typing import Any

from muniment.core.call_settings import CallListener
from muniment.core.errors import NotAvailableError


def server_context(listener: CallListener) -> ssl.SSLContext | None:
    """The server's side of TLS, 1.2 at least (RFC 7866 section 12); client certificates where asked for."""
    if listener.transport != "tls" or not listener.certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(listener.certificate, listener.key or None)
        if listener.client_authority:
            context.load_verify_locations(listener.client_authority)
            context.verify_mode = ssl.CERT_REQUIRED
    except OSError as error:
        raise NotAvailableError(
            "The certificate for SIP cannot be used.",
            why=f"{error}.",
            remedy="Check [[calls.listeners]] in muniment.toml.",
        ) from error
    return context


def client_context(listener: CallListener) -> ssl.SSLContext:
    """For connections of ours to a client: the same authority vouches, the same certificate is shown."""
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=listener.client_authority)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False  # a client is known by its address and its authority
    context.load_cert_chain(listener.certificate, listener.key or None)
    return context


def proven_names(certificate: dict[str, Any] | None) -> tuple[str, ...]:
    """Every name that a certificate proves (RFC 5922 section 7.1): alternative names, else the subject."""
    if not certificate:
        return ()
    alternatives = [value for _, value in certificate.get("subjectAltName", ())]
    subject = [
        value for part in certificate.get("subject", ()) for name, value in part if name == "commonName"
    ]
    return tuple(value.removeprefix("sip:").lower() for value in alternatives or subject)
