"""The key of a call under way: wrapped to the epoch, so that a crash does not take the call with it.

It is agreed like the keys of a batch, but under a label of its own: what the keeper opens here can never be
the key of a sealed record, and a record's slot can never be passed off as a live call. The head stands at the
beginning of the call's file; until the call is kept, that place is empty and the key exists in memory only.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muniment.core import canonical
from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.vault.sealing import KEY_BYTES, EpochKey

MAGIC = b"MNLIVE1\n"
HEAD_BYTES = 1024
LABEL = b"muniment/live-call/v1"
SUFFIX = ".live"
_NONCE = bytes(12)  # each agreed key encrypts one thing
_LENGTH = 2


class LiveHead(msgspec.Struct, frozen=True):
    """Whose call it is, and its key, wrapped. `record` is the identifier that the sealed call will have."""

    organisation: str
    call: str
    epoch: int
    ephemeral: bytes
    wrapped: bytes
    record: bytes

    def pack(self) -> bytes:
        """HEAD_BYTES bytes: magic, length (u16), canonical JSON with bytes in hexadecimal, zeros."""
        text = canonical.dumps(
            {
                "organisation": self.organisation,
                "call": self.call,
                "epoch": str(self.epoch),
                "ephemeral": self.ephemeral.hex(),
                "wrapped": self.wrapped.hex(),
                "record": self.record.hex(),
            }
        )
        packed = MAGIC + len(text).to_bytes(_LENGTH, "little") + text
        if len(packed) > HEAD_BYTES:
            raise FaultFoundError("The head of a live call is too long.")
        return packed.ljust(HEAD_BYTES, b"\0")


def read_head(data: bytes) -> LiveHead | None:
    """The head at the beginning of a live call's file; None if it was never kept. FaultFoundError if damaged."""
    if not data[: len(MAGIC)].strip(b"\0"):
        return None
    at = len(MAGIC) + _LENGTH
    text = data[at : at + int.from_bytes(data[len(MAGIC) : at], "little")]
    try:
        if data[: len(MAGIC)] == MAGIC:
            written = msgspec.convert(canonical.loads(text), dict[str, str])
            return LiveHead(
                *(written["organisation"], written["call"], int(written["epoch"])),
                *(bytes.fromhex(written[name]) for name in ("ephemeral", "wrapped", "record")),
            )
    except (ValueError, KeyError, WrongUseError) as error:
        raise FaultFoundError("The head of a live call is damaged.") from error
    raise FaultFoundError("The head of a live call is damaged.", why="It does not begin as one.")


def wrap_live(key: EpochKey, call: str, data_key: bytes, record: bytes) -> LiveHead:
    """The head of a call whose chunks are under `data_key`."""
    ephemeral = X25519PrivateKey.generate()
    public = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(key.public))
    wrapped = AESGCM(_derive(shared, key.organisation, key.epoch, public, key.public)).encrypt(
        _NONCE, data_key, _bound(call, record)
    )
    return LiveHead(key.organisation, call, key.epoch, public, wrapped, record)


def unwrap_live(private: X25519PrivateKey, head: LiveHead) -> bytes:
    """The key of a live call; FaultFoundError if the head was altered or belongs to another epoch."""
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(head.ephemeral))
        public = private.public_key().public_bytes_raw()
        agreed = _derive(shared, head.organisation, head.epoch, head.ephemeral, public)
        return AESGCM(agreed).decrypt(_NONCE, head.wrapped, _bound(head.call, head.record))
    except (InvalidTag, ValueError) as error:
        raise FaultFoundError("The key of a live call does not open.") from error


def heads(folder: Path) -> Iterator[LiveHead]:
    """The heads of the kept calls in an organisation's folder of live calls; a damaged one counts as none."""
    try:
        names = [entry.path for entry in os.scandir(folder) if entry.name.endswith(SUFFIX)]
    except FileNotFoundError:
        return
    except OSError as error:
        raise NotAvailableError(
            "The calls under way cannot be looked at.", why=f"{error.strerror}."
        ) from error
    for name in names:
        try:
            with open(name, "rb") as file:  # noqa: PTH123 a scan of many
                found = read_head(file.read(HEAD_BYTES))
        except (FileNotFoundError, FaultFoundError):
            continue
        if found is not None:
            yield found


def _bound(call: str, record: bytes) -> bytes:
    return LABEL + record + call.encode()


def _derive(shared: bytes, organisation: str, epoch: int, ephemeral: bytes, recipient: bytes) -> bytes:
    info = b"\x00".join((LABEL, organisation.encode(), str(epoch).encode()))
    return HKDF(SHA256(), KEY_BYTES, salt=ephemeral + recipient, info=info).derive(shared)
