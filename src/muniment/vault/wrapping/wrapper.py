"""The one interface of what wraps a key at the top, and what is kept of each wrapping.

The master key, and an organisation's own key, are wrapped by a passphrase or by a key service. Which, and how
to get at it, stands with the wrapped key in the keyring: so one write changes both, and no crash parts them.
"""

from typing import Protocol

import msgspec


class Cost(msgspec.Struct, frozen=True):
    """What one guess at a passphrase costs: KiB of memory, passes, lanes (RFC 9106 section 4)."""

    memory: int = 65536
    passes: int = 3
    lanes: int = 4


class KeyService(msgspec.Struct, frozen=True):
    """A key in a service with HashiCorp Vault's transit interface (OpenBao has the same). No secret.

    `authority` is a PEM file that the service's certificate is checked against, the machine's own list where it
    is empty; `token_file` holds the token, read anew each time.
    """

    url: str
    key: str = "muniment"
    mount: str = "transit"
    namespace: str = ""
    authority: str = ""
    token_file: str = ""
    seconds: int = 10
    """For one question to the service, at most."""
    epochs: bool = False
    """Whether each epoch's key is under a key of its own there too, which is destroyed with the epoch."""


class ByPassphrase(msgspec.Struct, frozen=True, tag="passphrase"):
    """A key under what argon2id makes of a passphrase."""

    cost: Cost
    salt: bytes
    wrapped: bytes


class ByService(msgspec.Struct, frozen=True, tag="key-service"):
    """A key under a random one, which the service keeps for us as `sealed`, in its own words.

    So the service never sees the key itself, and what it could open is worth nothing without this keyring.
    """

    service: KeyService
    sealed: str
    wrapped: bytes


type Wrapping = ByPassphrase | ByService


class KeyWrapper(Protocol):
    """Wraps a secret, and unwraps it while whoever decides says yes. `name` is what people read."""

    @property
    def name(self) -> str:
        """Such as "a passphrase"."""

    def wrap(self, secret: bytes, bound: str) -> Wrapping:
        """The secret wrapped, good under the name `bound` alone. NotAvailableError, RefusedError."""

    def unwrap(self, wrapping: Wrapping, bound: str) -> bytes:
        """The secret. RefusedError where the answer is no, NotAvailableError where there is none now."""


_encoder = msgspec.msgpack.Encoder()
_decoder: "msgspec.msgpack.Decoder[Wrapping]" = msgspec.msgpack.Decoder(ByPassphrase | ByService)


def pack(wrapping: Wrapping) -> bytes:
    """A wrapping as bytes, to be wrapped once more."""
    return _encoder.encode(wrapping)


def unpack(data: bytes) -> Wrapping:
    """The inverse of `pack`."""
    return _decoder.decode(data)
