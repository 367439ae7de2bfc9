"""Signatures over statements: made with an Ed25519 key, checked for Ed25519 and for passkeys."""

import base64
import binascii

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from muniment.core.errors import RefusedError, WrongUseError
from muniment.vault.authority.register import KeyKind, Register, RegisteredKey
from muniment.vault.authority.statements import digest


class SignedStatement(msgspec.Struct, frozen=True):
    """A statement's text with one person's signature over its SHA-256.

    For a passkey the digest was the challenge of a WebAuthn assertion; `authenticator_data` and
    `client_data` are what the browser gave with it, and empty for Ed25519.
    """

    statement: bytes
    person: str
    key: str
    kind: KeyKind
    signature: bytes
    authenticator_data: bytes = b""
    client_data: bytes = b""


def sign_with_key(private: Ed25519PrivateKey, statement: bytes, *, person: str, key: str) -> SignedStatement:
    """Sign a statement with an Ed25519 key that is registered as `key` for `person`."""
    return SignedStatement(
        statement=statement,
        person=person,
        key=key,
        kind=KeyKind.ED25519,
        signature=private.sign(digest(statement)),
    )


def verify(signed: SignedStatement, register: Register) -> RegisteredKey:
    """The registered key that made this signature; RefusedError if none did.

    A passkey must have verified its user, on one of the key's own origins and for its relying party
    (Web Authentication level 3, section 7.2).
    """
    key = register.key(signed.key)
    if key.person != signed.person or key.kind != signed.kind:
        raise RefusedError(
            f"The key {signed.key} is not a {signed.kind} key of {signed.person}.",
            remedy="Sign with your own key.",
        )
    if key.kind is KeyKind.ED25519:
        _verify_ed25519(signed, key)
    else:
        _verify_passkey(signed, key)
    return key


def to_json(signed: SignedStatement) -> bytes:
    """A signed statement as JSON, bytes as base64url without padding, for pages, API and files."""
    return msgspec.json.encode(
        _JsonForm(
            statement=_encode(signed.statement),
            person=signed.person,
            key=signed.key,
            kind=signed.kind,
            signature=_encode(signed.signature),
            authenticator_data=_encode(signed.authenticator_data),
            client_data=_encode(signed.client_data),
        )
    )


def from_json(data: bytes | str) -> SignedStatement:
    """The inverse of `to_json`; WrongUseError for anything else."""
    try:
        form = msgspec.json.decode(data, type=_JsonForm)
        return SignedStatement(
            statement=_decode(form.statement),
            person=form.person,
            key=form.key,
            kind=form.kind,
            signature=_decode(form.signature),
            authenticator_data=_decode(form.authenticator_data),
            client_data=_decode(form.client_data),
        )
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        raise WrongUseError("The text is not a signed statement.", why=f"{error}.") from error


class _JsonForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    statement: str
    person: str
    key: str
    kind: KeyKind
    signature: str
    authenticator_data: str = ""
    client_data: str = ""


def _verify_ed25519(signed: SignedStatement, key: RegisteredKey) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signed.signature, digest(signed.statement))
    except (InvalidSignature, ValueError) as error:
        raise _bad_signature(signed, "it does not match the text") from error


def _verify_passkey(signed: SignedStatement, key: RegisteredKey) -> None:
    # It takes a fifth of a process's whole start to load, and few processes ever check a passkey.
    import webauthn  # noqa: PLC0415
    from webauthn.helpers import exceptions, parse_client_data_json, structs  # noqa: PLC0415

    try:
        webauthn.verify_authentication_response(
            credential=structs.AuthenticationCredential(
                id=_encode(key.credential),
                raw_id=key.credential,
                response=structs.AuthenticatorAssertionResponse(
                    client_data_json=signed.client_data,
                    authenticator_data=signed.authenticator_data,
                    signature=signed.signature,
                ),
            ),
            expected_challenge=digest(signed.statement),
            expected_rp_id=key.relying_party,
            expected_origin=list(key.origins),
            credential_public_key=key.public,
            # Counters are not kept: synchronised passkeys always say 0, and every statement that
            # matters carries a nonce or a serial that the keeper accepts once.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
        framed = parse_client_data_json(signed.client_data).cross_origin
    except exceptions.WebAuthnException as error:
        raise _bad_signature(signed, str(error)) from error
    except Exception as error:  # hostile CBOR or key bytes raise whatever their parser raises
        raise _bad_signature(signed, "it cannot be read") from error
    if framed:
        raise _bad_signature(signed, "it was made inside another site's page")


def _bad_signature(signed: SignedStatement, why: str) -> RefusedError:
    return RefusedError(
        f"The signature of {signed.person} does not hold.",
        why=f"Checked against {signed.key}: {why}.",
        remedy="Sign the text again.",
    )


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
