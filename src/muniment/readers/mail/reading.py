"""From the bytes of a message to what it says: the fast reader, the patient one where in doubt.

1. Bytes that are no mail are named as such.
2. The fast reader reads. If it fails, or cheap signs say that it may have missed something, the
   patient reader reads too, and the one that found more parts is believed.
3. A journal report gives way to the message inside it.
4. What was wrong and what was done is written down in `Mail.defects`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from muniment.readers.mail import charsets, fast, headers, journal, markings, page, repair
from muniment.readers.mail.headers import Field
from muniment.readers.mail.message import Attachment, Mail, Party, Role
from muniment.readers.mail.recognition import BYTE_ORDER_MARK, reason_unreadable
from muniment.readers.mail.tree import Part, leaves, numbered

ROLES: dict[str, Role] = {
    "from": "from",
    "sender": "sender",
    "reply-to": "reply-to",
    "to": "to",
    "cc": "cc",
    "bcc": "bcc",
    "resent-from": "sender",
    "resent-to": "to",
    "resent-cc": "cc",
    "resent-bcc": "bcc",
}
SHOWN_OF_EMBEDDED = ("From", "To", "Cc", "Date", "Subject")
JOURNAL_AGENT = "microsoftexchange"


@dataclass(frozen=True, slots=True)
class _Opened:
    """A message taken apart, before anything is said about it."""

    fields: list[Field]
    root: Part
    defects: tuple[str, ...]
    report: journal.Report | None


def read_mail(original: bytes, statement: bytes) -> Mail:
    """What a message says, with the parties of its capture statement. Never raises."""
    parties = _envelope(statement)
    reason = reason_unreadable(original)
    if reason:
        return Mail(parties=tuple(parties), unreadable=reason)
    try:
        opened = _open(original)
        return _mail(opened, parties)
    except Exception as error:  # noqa: BLE001 whatever a hostile message provokes, it stays a record
        return Mail(
            parties=tuple(parties), unreadable=f"its structure cannot be read ({type(error).__name__})"
        )


def html_body(original: bytes) -> str | None:
    """The HTML form of a message as its sender wrote it: never show it, give it to `safe_html`."""
    if reason_unreadable(original):
        return None
    try:
        opened = _open(original)
    except (fast.FastReaderError, repair.RepairError, RecursionError):
        return None
    for _, part in numbered(opened.root):
        if part.content_type == "text/html" and part.is_text:
            return charsets.decode(part.content, part.charset)[0]
    return None


def attachment_bytes(original: bytes, part: str) -> bytes:
    """The decoded content of one part, by the path that `Attachment.part` gave; KeyError if absent."""
    for path, found in numbered(_open(original).root):
        if path == part:
            return found.content
    raise KeyError(part)


def _open(original: bytes) -> _Opened:
    message, repairs = _normalised(original)
    root, defects = _tree(message)
    fields, _ = headers.split(message)
    report = journal.unwrap(fields, root)
    if report:
        fields, root = headers.split(report.original)[0], report.root
    return _Opened(fields, root, (*repairs, *defects), report)


def _normalised(original: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The message without what stands before its first field, and what was taken off."""
    message = original.removeprefix(BYTE_ORDER_MARK)
    done = (
        ["a byte order mark was passed over"]
        if message is not original and len(message) < len(original)
        else []
    )
    if b"\n" not in message and b"\r" in message:
        message = message.replace(b"\r", b"\n")
        done.append("lines ended in bare carriage returns")
    stripped = message.lstrip(b"\r\n")
    if len(stripped) < len(message):
        done.append("empty lines before the header were passed over")
    if stripped.startswith((b"From ", b">From ")):
        stripped = stripped.partition(b"\n")[2]
    elif (junk := _junk_before_header(stripped)) and junk < len(stripped):
        stripped = stripped[junk:]
        done.append("lines before the first header field were passed over")
    return stripped, tuple(done)


def _junk_before_header(message: bytes) -> int:
    first = message[:1]
    if first.isalpha() and headers.FIELD.match(message):
        return 0
    match = headers.FIELD.search(message[:4096])
    return match.start() if match else 0


def _tree(message: bytes) -> tuple[Part, tuple[str, ...]]:
    try:
        quick, doubts = fast.read(message)
    except fast.FastReaderError as error:
        root, defects = repair.read(message)
        return root, (*defects, f"repaired: the fast reader failed ({error})")
    if not doubts:
        return quick, ()
    try:
        patient, defects = repair.read(message)
    except repair.RepairError as error:
        return quick, (*doubts, f"not repaired: the patient reader failed ({error})")
    found, other = leaves(patient), leaves(quick)
    if other > found:
        return quick, (*doubts, *defects, f"readers disagree: {other} parts kept, the other found {found}")
    if found > other:
        return patient, (*doubts, *defects, f"readers disagree: {found} parts kept, the other found {other}")
    return patient, (*doubts, *defects) if defects else ()


def _mail(opened: _Opened, envelope: list[Party]) -> Mail:
    fields = opened.fields
    subject = headers.words(headers.first(fields, "subject"))
    text, has_html, defects = _text(opened.root)
    return Mail(
        message_id=_message_id(fields),
        references=_references(fields),
        subject=subject,
        date=headers.date(headers.first(fields, "date")),
        parties=tuple(dict.fromkeys((*_parties(fields), *_journalled(opened.report, envelope)))),
        text=text,
        attachments=tuple(_attachments(opened.root)),
        marking=markings.marks(fields, subject),
        headers=tuple((name, headers.words(value)) for name, value in fields),
        has_html=has_html,
        defects=tuple(dict.fromkeys((*opened.defects, *defects))),
    )


def _message_id(fields: list[Field]) -> str:
    value = headers.first(fields, "message-id")
    return next(iter(headers.message_ids(value)), charsets.guess(value))


def _references(fields: list[Field]) -> tuple[str, ...]:
    found = headers.message_ids(headers.first(fields, "references"))
    found += headers.message_ids(headers.first(fields, "in-reply-to"))
    return tuple(dict.fromkeys(found))


def _parties(fields: list[Field]) -> Iterator[Party]:
    for field, value in fields:
        role = ROLES.get(field.lower())
        if role:
            for name, address in headers.addresses(value):
                yield Party(role, address, name)


def _journalled(report: journal.Report | None, envelope: list[Party]) -> Iterable[Party]:
    if report is None:
        return envelope
    sender = next((party.address for party in envelope if party.role == "envelope-from"), "")
    if not sender or sender.startswith(JOURNAL_AGENT):
        return report.parties  # the envelope is the journal's own: it says nothing of the message
    return (*report.parties, *envelope)


def _envelope(statement: bytes) -> list[Party]:
    """The envelope of a capture statement; nothing where there is none or it cannot be read."""
    try:
        envelope = json.loads(statement)["envelope"]
        sender, recipients = envelope["from"], envelope["to"]
        found = [Party("envelope-from", sender.lower())] if sender else []
        return found + [Party("envelope-to", address.lower()) for address in recipients if address]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _text(root: Part) -> tuple[str, bool, list[str]]:
    plain: list[str] = []
    pages: list[str] = []
    defects: list[str] = []
    for _, part in numbered(root):
        if part.embedded:
            plain.append(_embedded_header(part))
        elif part.is_text and part.content:
            text, defect = charsets.decode(part.content, part.charset)
            if defect:
                defects.append(defect)
            if part.content_type == "text/html":
                pages.append(page.plain_text(text))
            else:
                plain.append(text.replace("\r\n", "\n").strip("\n"))
    words = "\n\n".join(text for text in plain if text.strip())
    for shown in pages:
        fresh = page.only_in(shown, words) if words else shown
        words = "\n\n".join(text for text in (words, fresh) if text.strip())
    return words, bool(pages), defects


def _embedded_header(part: Part) -> str:
    fields = headers.split(part.content)[0]
    lines = [
        f"{name}: {headers.words(value)}"
        for name in SHOWN_OF_EMBEDDED
        if (value := headers.first(fields, name.lower()))
    ]
    return "\n".join(lines)


def _attachments(root: Part) -> Iterator[Attachment]:
    for path, part in numbered(root):
        if part.is_text and not part.name:
            continue
        yield Attachment(
            name=part.name,
            content_type=part.content_type,
            size=len(part.content),
            sha256=hashlib.sha256(part.content).hexdigest(),
            part=path,
        )
