"""What the librarian is told of one record, and how a mail becomes that."""

import msgspec

from muniment.catalogue.marks import is_private
from muniment.catalogue.moments import moment
from muniment.readers.mail import Mail

PLAIN, PRIVATE = 0, 1  # access levels, on the index's numeric field


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


def document_of(sequence: int, record: str, mail: Mail, received: int, size: int) -> IndexDocument:
    """The document of one mail. What could not be read is still found by party, date and size."""
    return IndexDocument(
        sequence=sequence,
        record=record,
        moment=moment(mail.date, received),
        channel="e-mail",
        size=size,
        access=PRIVATE if is_private(mail.marking) else PLAIN,
        parties=_parties(mail),
        subject=mail.subject,
        text=mail.text,
        filenames=tuple(attachment.name for attachment in mail.attachments if attachment.name),
        markings=mail.marking,
        attachments=len(mail.attachments),
    )


def _parties(mail: Mail) -> tuple[IndexParty, ...]:
    named = {party.address for party in mail.parties if party.role in {"to", "cc", "bcc"}}
    parties = []
    for party in mail.parties:
        role: str = party.role
        if role == "envelope-to" and party.address not in named:
            role = "bcc"  # delivered to, and named in no header: that is what a blind copy is
        parties.append(IndexParty(role, party.address, party.name))
    return tuple(dict.fromkeys(parties))
