"""A key under a key service with HashiCorp Vault's transit interface.

`POST /v1/<mount>/encrypt/<key>` and `…/decrypt/<key>` with `X-Vault-Token` and, where there is one,
`X-Vault-Namespace` (https://developer.hashicorp.com/vault/api-docs/secret/transit). The service gets a random
key that wraps ours, never ours.
"""

import base64
import secrets
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote, urlsplit

import msgspec

from muniment.core.errors import FaultFoundError, NotAvailableError, RefusedError, WrongUseError
from muniment.vault.anchors import posting
from muniment.vault.anchors.posting import Response
from muniment.vault.wrapping import aead
from muniment.vault.wrapping.wrapper import ByService, KeyService, Wrapping

_OK, _EMPTY, _BAD, _FORBIDDEN, _MISSING, _SEALED = 200, 204, 400, 403, 404, 503
_MOST_SAID = 200  # letters of the service's own words that are passed on
_MOST_TOKEN = 4096


class _Data(msgspec.Struct):
    ciphertext: str = ""
    plaintext: str = ""


class _Answer(msgspec.Struct):
    data: _Data = msgspec.field(default_factory=_Data)


class _Errors(msgspec.Struct):
    errors: list[str] = []


class ServiceWrapper:
    """The service says yes as long as it takes the token, and knows the key."""

    def __init__(self, service: KeyService) -> None:
        """WrongUseError for an address that would send token and keys through a network in clear."""
        parts = urlsplit(service.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username:
            raise WrongUseError(
                f"{service.url!r} is no address of a key service.", remedy="Write https://NAME."
            )
        if parts.scheme == "http" and not _is_loopback(parts.hostname):
            raise WrongUseError(
                "A key service on another machine is asked by https only.",
                why="Token and keys would go through the network in clear.",
            )
        self._service, self._host = service, parts.netloc

    @property
    def name(self) -> str:
        """The key and where it is kept."""
        return f"the key {self._service.key} of the key service at {self._host}"

    def wrap(self, secret: bytes, bound: str) -> ByService:
        """Wrap under a new random key, which the service seals."""
        between = secrets.token_bytes(aead.KEY_BYTES)
        sealed = self._ask("encrypt", plaintext=base64.b64encode(between).decode()).ciphertext
        if not sealed:
            raise _nonsense(self._host)
        return ByService(self._service, sealed, aead.wrap(between, bound, secret))

    def unwrap(self, wrapping: Wrapping, bound: str) -> bytes:
        """Let the service open its part. RefusedError where it says no."""
        if not isinstance(wrapping, ByService):
            raise RefusedError("No key service has this key.", why="It is under a passphrase.")
        try:
            between = base64.b64decode(
                self._ask("decrypt", ciphertext=wrapping.sealed).plaintext, validate=True
            )
        except ValueError as error:
            raise _nonsense(self._host) from error
        if len(between) != aead.KEY_BYTES:
            raise _nonsense(self._host)
        return aead.unwrap(between, bound, wrapping.wrapped)

    def destroy(self) -> None:
        """Have the service destroy its key: what it sealed with it opens for nobody. Again does no harm.

        RefusedError where the token may not, NotAvailableError where the key is still there afterwards.
        """
        if self._missing():
            return
        allow = self._send("POST", "keys", "/config", b'{"deletion_allowed": true}')
        gone = self._send("DELETE", "keys")
        if not self._missing():
            refused = next((each for each in (allow, gone) if each.status not in {_OK, _EMPTY}), gone)
            raise _refusal(self._host, refused)

    def _missing(self) -> bool:
        answer = self._send("GET", "keys")
        if answer.status not in {_OK, _MISSING}:
            raise _refusal(self._host, answer)
        return answer.status == _MISSING

    def _ask(self, what: str, **fields: str) -> _Data:
        answer = self._send("POST", what, body=msgspec.json.encode(fields))
        if answer.status != _OK:
            raise _refusal(self._host, answer)
        try:
            return msgspec.json.decode(answer.body, type=_Answer).data
        except msgspec.MsgspecError as error:
            raise _nonsense(self._host) from error

    def _send(self, method: str, what: str, more: str = "", body: bytes = b"") -> Response:
        service = self._service
        path = f"v1/{quote(service.mount.strip('/'))}/{what}/{quote(service.key, safe='')}{more}"
        headers = {"X-Vault-Token": read_token(service.token_file), "X-Vault-Request": "true"}
        if service.namespace:
            headers["X-Vault-Namespace"] = service.namespace
        try:
            return posting.post(
                f"{service.url.rstrip('/')}/{path}",
                body,
                "application/json",
                method=method,
                deadline=service.seconds,
                headers=headers,
                authority=service.authority,
            )
        except NotAvailableError as error:
            raise NotAvailableError(
                f"The key service at {self._host} does not answer.",
                why=error.why,
                remedy="See whether it runs and can be reached from here, and whether its certificate is good.",
            ) from error


def read_token(path: str) -> str:
    """The token in a file, without the white space around it; it is never part of a message."""
    if not path:
        raise WrongUseError(
            "No token file for the key service was named.",
            remedy="Give --token-file FILE, or set MUNIMENT_KEY_SERVICE__TOKEN_FILE.",
        )
    try:
        token = Path(path).read_bytes().strip().decode("ascii")
    except UnicodeDecodeError as error:
        raise WrongUseError(f"The token file {path} holds no token.") from error
    except OSError as error:
        raise NotAvailableError(f"The token file {path} cannot be read.", why=f"{error.strerror}.") from error
    if not token or not token.isprintable() or " " in token or len(token) > _MOST_TOKEN:
        raise WrongUseError(f"The token file {path} holds no token.")
    return token


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _refusal(host: str, answer: Response) -> NotAvailableError | RefusedError:
    said = _said(answer.body)
    if answer.status == _FORBIDDEN:
        return RefusedError(
            f"The key service at {host} says no.",
            why=f"It does not take the token, or the token may not use this key. {said}".strip(),
            remedy="Whoever runs it can give a new token into the token file.",
        )
    if answer.status == _BAD:
        return RefusedError(
            f"The key service at {host} does not open what it sealed.",
            why=said or "It gives no reason.",
            remedy="The version of its key may be destroyed or switched off, or the key is another one.",
        )
    if answer.status == _MISSING:
        return NotAvailableError(
            f"The key service at {host} has no such key.",
            why=said,
            remedy="Check mount, key and namespace: muniment key wrapper show.",
        )
    if answer.status == _SEALED:
        return NotAvailableError(
            f"The key service at {host} is sealed or not ready.",
            why=said,
            remedy="Whoever runs it unseals it.",
        )
    return NotAvailableError(f"The key service at {host} answers with status {answer.status}.", why=said)


def _said(body: bytes) -> str:
    """The service's own words, as far as they are words."""
    try:
        errors = msgspec.json.decode(body, type=_Errors).errors
    except msgspec.MsgspecError:
        return ""
    words = " ".join("".join(c if c.isprintable() else " " for c in "; ".join(errors)).split())
    return f"It says: {words[:_MOST_SAID]}." if words else ""


def _nonsense(host: str) -> FaultFoundError:
    return FaultFoundError(f"The answer of the key service at {host} is not of its kind.")
