"""Exchange journal reports: the envelope part, and the message that the report is about.

Microsoft, "Journaling in Exchange": the first part names sender and recipients one to a line, the
second is the original as `message/rfc822`. Real reports carry only Sender, Subject, Message-Id and
Recipient; older ones To, Cc and Bcc with `, Expanded: list` or `, Forwarded: who`. The outer From and
To may copy the original or not: they are never read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from muniment.readers.mail import charsets, headers
from muniment.readers.mail.headers import Field
from muniment.readers.mail.message import Party, Role
from muniment.readers.mail.tree import Part

REPORT_FIELDS = frozenset({"x-ms-journal-report", "x-ms-exchange-journal-report"})
LINE = re.compile(r"^([A-Za-z-]+):[ \t]*(.*)$", re.MULTILINE)
ROLES: dict[str, Role] = {
    "sender": "envelope-from",
    "on-behalf-of": "sender",
    "recipient": "envelope-to",
    "to": "envelope-to",
    "cc": "envelope-to",
    "bcc": "bcc",
}
VIA = re.compile(r",\s*(?:Expanded|Forwarded):\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Report:
    """A journal report taken apart: who is on the envelope, and the original message."""

    parties: tuple[Party, ...]
    root: Part
    original: bytes


def unwrap(fields: Sequence[Field], root: Part) -> Report | None:
    """The report that a message is, or None where it is not one.

    One level only: a report inside a report is an ordinary attachment, so that a message dressed up
    as a report cannot hide who really sent it.
    """
    if not any(name.lower() in REPORT_FIELDS for name, _ in fields):
        return None
    embedded = next((part for part in root.children if part.embedded and part.children), None)
    envelope = next((part for part in root.children if part.is_text), None)
    if embedded is None or envelope is None:
        return None
    text = charsets.decode(envelope.content, envelope.charset)[0].replace("\r\n", "\n")
    return Report(_parties(text), embedded.children[0], embedded.content)


def _parties(text: str) -> tuple[Party, ...]:
    found: dict[Party, None] = {}
    for match in LINE.finditer(text):
        role = ROLES.get(match[1].lower())
        if role is None:
            continue
        # The list that was expanded, or the person who forwarded, received it by that name too.
        for entry in VIA.split(match[2]):
            for name, address in headers.addresses(entry.encode("utf-8", "replace")):
                found[Party(role, address or name.lower(), name if address else "")] = None
    return tuple(found)
