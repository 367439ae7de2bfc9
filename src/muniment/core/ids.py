"""Identifiers: sixteen random bytes, written with a prefix that says what they name.

In bytes where the vault stores them, in text (`rec_` and 26 letters and digits) everywhere else.
"""

import base64
import secrets
from enum import StrEnum
from typing import NewType

from muniment.core.errors import WrongUseError

ID_BYTES = 16

RecordId = NewType("RecordId", bytes)
"""The sixteen random bytes that bind a record's header, key slot and leaf."""


class Prefix(StrEnum):
    """What an identifier names, by its first letters."""

    CASE = "case"
    CERTIFICATE = "cert"
    DECISION = "dec"
    DELEGATION = "del"
    GRANT = "grant"
    HOLD = "hold"
    KEY = "key"
    ORGANISATION = "org"
    PERSON = "per"
    RECORD = "rec"
    REQUEST = "req"


def encode(prefix: Prefix, raw: bytes) -> str:
    """Write sixteen bytes as a prefixed identifier."""
    if len(raw) != ID_BYTES:
        raise WrongUseError(f"An identifier is {ID_BYTES} bytes, not {len(raw)}.")
    return f"{prefix}_{base64.b32encode(raw).decode().rstrip('=').lower()}"


def decode(prefix: Prefix, text: str) -> bytes:
    """Read the sixteen bytes of an identifier; WrongUseError unless `text` is exactly one."""
    head, _, tail = text.partition("_")
    try:
        raw = base64.b32decode(tail.upper() + "======")
    except ValueError:
        raw = b""
    if head != prefix or len(raw) != ID_BYTES or encode(prefix, raw) != text:
        raise WrongUseError(f"{text!r} is not an identifier of the form {prefix}_….")
    return raw


def new(prefix: Prefix) -> str:
    """A fresh identifier in its written form."""
    return encode(prefix, secrets.token_bytes(ID_BYTES))


def new_record_id() -> RecordId:
    """A fresh record identifier, in bytes."""
    return RecordId(secrets.token_bytes(ID_BYTES))


def record_text(record: RecordId) -> str:
    """A record's identifier as people and pages write it."""
    return encode(Prefix.RECORD, record)


def record_bytes(text: str) -> RecordId:
    """The inverse of `record_text`."""
    return RecordId(decode(Prefix.RECORD, text))
