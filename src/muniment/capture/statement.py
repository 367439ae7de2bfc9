"""The capture statement: what Muniment itself knows of how a record came in."""

import hashlib
from typing import Literal

import msgspec

from muniment.core.call_facts import CallFacts
from muniment.core.errors import WrongUseError
from muniment.core.row_mapping import RowMapping

TYPE = "muniment/capture/v1"

_ENCODER = msgspec.json.Encoder(order="sorted")

type Channel = Literal["announcement", "call", "call-detail", "e-mail", "meeting", "voicemail"]
type Form = Literal["audio", "cdr", "eml", "maildir", "mbox", "redaction", "siprec", "smtp", "vcon"]


class Envelope(msgspec.Struct, frozen=True):
    """Who a message was from and for on its way, whatever its header says; Bcc shows only here."""

    sender: str = msgspec.field(default="", name="from")
    recipients: tuple[str, ...] = msgspec.field(default=(), name="to")


class KeptAs(msgspec.Struct, frozen=True):
    """The form in which the sound of a recording is kept from now on, and what the native one was.

    `bitrate` is in bits a second, measured over the whole; sizes are in octets, lengths in ms. `sha256` is that of
    the native original, `form` and `origin` those of its capture statement: they say which channel is whose, and
    when its sound began.
    """

    codec: Literal["opus"]
    bitrate: int
    channels: int
    rate: int
    sha256: str
    form: Form
    origin: str
    size: int
    native_size: int
    length: int
    native_length: int


class Replaced(msgspec.Struct, frozen=True):
    """The record that this one stands for, which was destroyed in the same commit, and what was left out.

    `spans` are (from, to, channel or -1) in ms since the sound began; `request` and `warrant` (its hash) are
    those by which it was done. `kept` is written where its sound is kept in another form.
    """

    record: str
    why: Literal["compressed", "excised"]
    spans: tuple[tuple[int, int, int], ...]
    request: str
    warrant: str
    kept: KeptAs | msgspec.UnsetType = msgspec.UNSET


class CaptureStatement(msgspec.Struct, frozen=True, kw_only=True):
    """One record's way in. Sealed in front of the original bytes.

    `received` is in seconds since 1970; `client` and `transport` say who handed the message over and
    how it was protected (empty for imports); `origin` is the path of an import; `sha256` is the
    hexadecimal digest of the original. `unmatched` is written only where it is true: the domains of the
    message belong to no organisation, and it is set apart (REQ 003). `call` is what is known of a call, a
    voicemail or a meeting besides its sound; for a recorded call (form "siprec") the container holds it too.
    `mapping` says how the rows of a file of call details (form "cdr") are to be read, then and ever after.
    `region` is the country by whose plan numbers without one are read, where the original itself holds the account of
    the call (form "vcon"). `replaces` is written only where the record stands for another, whose way in all else here is.
    """

    source: str
    received: int
    form: Form
    sha256: str
    envelope: Envelope = Envelope()
    client: str = ""
    transport: str = ""
    origin: str = ""
    unmatched: bool | msgspec.UnsetType = msgspec.UNSET
    channel: Channel = "e-mail"
    call: CallFacts | msgspec.UnsetType = msgspec.UNSET
    mapping: RowMapping | msgspec.UnsetType = msgspec.UNSET
    region: str | msgspec.UnsetType = msgspec.UNSET
    replaces: Replaced | msgspec.UnsetType = msgspec.UNSET
    type: str = TYPE

    def encode(self) -> bytes:
        """Its canonical JSON.

        A quicker way to the same bytes as `core.canonical`, which a test holds it to: all names are
        ASCII, so that their order is the same in every encoding.
        """
        return _ENCODER.encode(self)


def digest(original: bytes) -> str:
    """The identity of a message: SHA-256 of its raw bytes, in hexadecimal."""
    return hashlib.sha256(original).hexdigest()


def decode(statement: bytes) -> CaptureStatement:
    """The inverse of `encode`; WrongUseError where it is not one."""
    try:
        found = msgspec.json.decode(statement, type=CaptureStatement)
    except msgspec.MsgspecError as error:
        raise WrongUseError("These bytes are not a capture statement.") from error
    if found.type != TYPE:
        raise WrongUseError(f"{found.type!r} is not a capture statement that this version knows.")
    return found


def readable(text: bytes) -> str:
    """Text of bytes from the wire or a path: UTF-8 where it fits, else each odd byte as a hexadecimal escape."""
    return text.decode("utf-8", "backslashreplace")
