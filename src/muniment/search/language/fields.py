"""The fields that a query may name, what each takes, and the nearest one to a misspelt name."""

import difflib
from enum import Enum
from typing import NamedTuple


class Takes(Enum):
    """What stands after the colon."""

    WORDS = "words"
    PARTY = "party"
    PERSON = "person"
    LABEL = "label"
    DATE = "date"
    LENGTH = "length"
    NAME = "name"
    SCORE = "score"
    SIZE = "size"


class Field(NamedTuple):
    """One field of the language."""

    takes: Takes
    example: str
    values: tuple[str, ...] = ()


CHANNELS = (
    "call",
    "e-mail",
    "meeting",
    "voicemail",
    "announcement",
)  # the first is offered where none is near
DIRECTIONS = ("inbound", "internal", "outbound", "unknown")
NOTICES = ("declined", "not-feasible", "not-required", "played", "unknown")
MARKINGS = ("confidential", "personal", "private", "sensitive", "union")

FIELDS: dict[str, Field] = {
    "after": Field(Takes.DATE, "after:2026-01-31"),
    "bcc": Field(Takes.PARTY, "bcc:ann@example.com"),
    "before": Field(Takes.DATE, "before:2026-01-31"),
    "cc": Field(Takes.PARTY, "cc:ann@example.com"),
    "channel": Field(Takes.LABEL, "channel:e-mail", CHANNELS),
    "direction": Field(Takes.LABEL, "direction:inbound", DIRECTIONS),
    "duration": Field(Takes.LENGTH, "duration:>5m"),
    "extension": Field(Takes.NAME, "extension:201"),
    "filename": Field(Takes.WORDS, "filename:*.xlsx"),
    "from": Field(Takes.PARTY, "from:ann@example.com"),
    "has": Field(Takes.LABEL, "has:attachment", ("attachment", "voicemail")),
    "larger": Field(Takes.SIZE, "larger:10M"),
    "marking": Field(Takes.LABEL, "marking:private", MARKINGS),
    "masked": Field(Takes.LABEL, "masked:yes", ("no", "yes")),
    "mos": Field(Takes.SCORE, "mos:<3"),
    "notice": Field(Takes.LABEL, "notice:played", NOTICES),
    "on": Field(Takes.DATE, "on:2026-01-31"),
    "party": Field(Takes.PARTY, "party:@supplier.co.uk"),
    "person": Field(Takes.PERSON, 'person:"Ann Lee"'),
    "queue": Field(Takes.NAME, 'queue:"sales uk"'),
    "smaller": Field(Takes.SIZE, "smaller:200K"),
    "subject": Field(Takes.WORDS, 'subject:"price list"'),
    "text": Field(Takes.WORDS, "text:refund"),
    "to": Field(Takes.PARTY, "to:@supplier.co.uk"),
}

# Other ways of saying the same: people bring the words of their mail program.
SAME = {
    "attachment": "filename",
    "body": "text",
    "called": "to",
    "caller": "from",
    "date": "on",
    "ext": "extension",
    "file": "filename",
    "length": "duration",
    "newer": "after",
    "number": "party",
    "older": "before",
    "quality": "mos",
    "recipient": "to",
    "sender": "from",
    "since": "after",
    "until": "before",
}

VALUES_SAME = {
    "attachments": "attachment",
    "calls": "call",
    "email": "e-mail",
    "in": "inbound",
    "incoming": "inbound",
    "mail": "e-mail",
    "out": "outbound",
    "outgoing": "outbound",
    "phone": "call",
}


def nearest(name: str) -> str:
    """The field that was probably meant, or an empty text."""
    lowered = name.lower()
    if lowered in SAME:
        return SAME[lowered]
    close = difflib.get_close_matches(lowered, [*FIELDS, *SAME], n=1, cutoff=0.6)
    return SAME.get(close[0], close[0]) if close else ""


def nearest_value(field: Field, value: str) -> str:
    """The value of `field` that was probably meant, or its first."""
    close = difflib.get_close_matches(value.lower(), field.values, n=1, cutoff=0.5)
    return close[0] if close else field.values[0]
