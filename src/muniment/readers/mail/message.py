"""The typed form of a mail that every other room works with."""

from datetime import datetime
from typing import Literal

import msgspec

type Role = Literal["from", "to", "cc", "bcc", "reply-to", "sender", "envelope-from", "envelope-to"]


class Party(msgspec.Struct, frozen=True):
    """One address on a message and the part it plays there. The address is in lower case."""

    role: Role
    address: str
    name: str = ""


class Attachment(msgspec.Struct, frozen=True):
    """One part of a message that is not its text.

    `size` is in bytes and `sha256` in hexadecimal, both of the decoded content. `part` is the path
    of the part as IMAP numbers it (RFC 9051 section 6.4.5.1), within the original message.
    """

    name: str
    content_type: str
    size: int
    sha256: str
    part: str


class Mail(msgspec.Struct, frozen=True):
    """What a message says.

    Of a journal report this is the message inside it, with the report's recipients among the
    parties. `defects` names what was wrong and what was done; `unreadable` is empty, or the reason
    why nothing more could be read.
    """

    message_id: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    date: datetime | None = None
    parties: tuple[Party, ...] = ()
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    marking: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    has_html: bool = False
    defects: tuple[str, ...] = ()
    unreadable: str = ""
