"""Voicemail boxes of Asterisk: `context/mailbox/INBOX/msg0000.txt`, with the sound in one or more formats beside."""

import re
from collections.abc import Mapping

from muniment.capture.calls.spool.account import Account, caller_id
from muniment.capture.calls.spool.fields import Mapped
from muniment.core.phone_numbers import is_extension

MESSAGE = re.compile(r"msg\d{4,5}", re.IGNORECASE)
BEST_FIRST = ("wav", "flac", "ogg", "opus", "sln", "ulaw", "alaw", "wav49", "gsm", "mp3")
"""Which of several formats of one message is kept: they are the same sound."""
_KEPT = ("origmailbox", "context", "category", "flag", "msg_id", "origdate")
_LINE = re.compile(r"([a-z_]+)\s*=>?\s*(.*)", re.IGNORECASE)
LONGEST_FILE = 64 * 1024  # bytes


def looks_like(data: bytes) -> bool:
    """Whether a text file tells of a message."""
    return b"[message]" in data[:LONGEST_FILE] and b"callerid" in data[:LONGEST_FILE]


def read(data: bytes, mailbox: str, mapped: Mapped, origin: str) -> Account:
    """The account of one message; what is missing in it is among its defects."""
    del mapped  # its times are seconds since 1970
    fields = _fields(data)
    name, number = caller_id(fields.get("callerid", ""))
    began = fields.get("origtime", "")
    started = int(began) * 1000 if began.isascii() and began.isdigit() and len(began) <= 11 else 0  # noqa: PLR2004 - digits
    length = fields.get("duration", "")
    box = fields.get("origmailbox", "") or mailbox
    return Account(
        call=fields.get("msg_id", ""),
        started=started,
        answered=started,
        seconds=int(length) if length.isascii() and length.isdigit() and len(length) <= 6 else 0,  # noqa: PLR2004 - digits
        caller=number,
        caller_name=name,
        called=box,
        extension=is_extension(box) or box,
        direction="inbound",
        evidence={key: fields[key] for key in _KEPT if fields.get(key)},
        defects=() if started else ("the message does not say when it was left",),
        origin=origin,
    )


def _fields(data: bytes) -> Mapping[str, str]:
    fields: dict[str, str] = {}
    for line in data[:LONGEST_FILE].decode("utf-8", "replace").splitlines():
        if match := _LINE.fullmatch(line.strip()):
            fields.setdefault(match[1].lower(), match[2].strip())
    return fields
