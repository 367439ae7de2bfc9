"""What the librarian is told of one record, and how a mail becomes that."""

from collections.abc import Iterable

import msgspec

from muniment.catalogue.marks import is_private
from muniment.catalogue.moments import moment
from muniment.readers.mail import Mail

PLAIN, PRIVATE, SET_APART = 0, 1, 2  # access levels, on the index's numeric field


class IndexParty(msgspec.Struct, frozen=True, array_like=True):
    """One address on a record: the role it has there, itself in lower case, and its name."""

    role: str
    address: str
    name: str


class IndexDocument(msgspec.Struct, frozen=True, array_like=True):
    """One record as the index sees it. `moment` is in seconds since 1970, `size` in octets."""

    sequence: int
    record: str
    moment: int
    channel: str
    size: int
    access: int
    parties: tuple[IndexParty, ...]
    subject: str
    text: str
    filenames: tuple[str, ...]
    markings: tuple[str, ...]
    attachments: int


def document_of(
    sequence: int, record: str, mail: Mail, received: int, size: int, *, set_apart: bool = False
) -> IndexDocument:
    """The document of one mail. What could not be read is still found by party, date and size.

    What is set apart (REQ 003) is found by nobody until it is given free.
    """
    return IndexDocument(
        sequence=sequence,
        record=record,
        moment=moment(mail.date, received),
        channel="e-mail",
        size=size,
        access=SET_APART if set_apart else _access(mail.marking),
        parties=_parties(mail),
        subject=mail.subject,
        text=mail.text,
        filenames=tuple(attachment.name for attachment in mail.attachments if attachment.name),
        markings=mail.marking,
        attachments=len(mail.attachments),
    )


def given_free(document: IndexDocument) -> IndexDocument:
    """The document as it is once the domain of its mail is assigned."""
    return msgspec.structs.replace(document, access=_access(document.markings))


def _access(markings: Iterable[str]) -> int:
    return PRIVATE if is_private(markings) else PLAIN


def _parties(mail: Mail) -> tuple[IndexParty, ...]:
    named = {party.address for party in mail.parties if party.role in {"to", "cc", "bcc"}}
    parties = []
    for party in mail.parties:
        role: str = party.role
        if role == "envelope-to" and party.address not in named:
            role = "bcc"  # delivered to, and named in no header: that is what a blind copy is
        parties.append(IndexParty(role, party.address, party.name))
    return tuple(dict.fromkeys(parties))
