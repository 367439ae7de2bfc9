"""What the librarian is told of one record, and how a mail or a call becomes that."""

from collections.abc import Iterable

import msgspec

from muniment.catalogue.marks import is_private
from muniment.catalogue.moments import moment
from muniment.readers.calls import Call
from muniment.readers.contents import Content
from muniment.readers.mail import Mail
from muniment.readers.mail.voicemail import is_voicemail
from muniment.search.index import telling

PLAIN, PRIVATE, SET_APART = 0, 1, 2  # access levels, on the index's numeric field


class IndexParty(msgspec.Struct, frozen=True, array_like=True):
    """One address on a record: the role it has there, itself in lower case, and its name."""

    role: str
    address: str
    name: str


class IndexDocument(msgspec.Struct, frozen=True, array_like=True):
    """One record as the index sees it. `moment` is in seconds since 1970, `size` in octets.

    `labels` are fixed properties (`direction:inbound`), `seconds` the length of a call or −1, `mos` its
    quality in hundredths or −1.
    """

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
    labels: tuple[str, ...] = ()
    seconds: int = -1
    mos: int = -1


def document_of(
    sequence: int, record: str, content: Content, received: int, size: int, *, set_apart: bool = False
) -> IndexDocument:
    """The document of one record. What could not be read is still found by party, date and size.

    What is set apart (REQ 003) is found by nobody until it is given free.
    """
    document = IndexDocument(
        sequence=sequence,
        record=record,
        moment=moment(content.date, received),
        channel="e-mail",
        size=size,
        access=SET_APART if set_apart else _access(content.marking),
        parties=_parties(content),
        subject=content.subject,
        text=content.text,
        filenames=tuple(attachment.name for attachment in content.attachments if attachment.name),
        markings=content.marking,
        attachments=len(content.attachments),
    )
    return _with_call(document, content) if isinstance(content, Call) else _with_voicemail(document, content)


def _with_call(document: IndexDocument, call: Call) -> IndexDocument:
    return msgspec.structs.replace(
        document,
        channel=call.channel,
        subject="",  # `Call, 4 min 12 s` is for people; as words it would find every call
        labels=telling.labels(call),
        seconds=call.seconds,
        mos=call.mos_hundredths or -1,
    )


def _with_voicemail(document: IndexDocument, mail: Mail) -> IndexDocument:
    return msgspec.structs.replace(document, labels=(telling.VOICEMAIL,)) if is_voicemail(mail) else document


def given_free(document: IndexDocument) -> IndexDocument:
    """The document as it is once the domain of its mail is assigned."""
    return msgspec.structs.replace(document, access=_access(document.markings))


def _access(markings: Iterable[str]) -> int:
    return PRIVATE if is_private(markings) else PLAIN


def _parties(content: Content) -> tuple[IndexParty, ...]:
    if isinstance(content, Call):
        return tuple(IndexParty(party.role, party.address, party.name) for party in content.parties)
    named = {party.address for party in content.parties if party.role in {"to", "cc", "bcc"}}
    parties = []
    for party in content.parties:
        role: str = party.role
        if role == "envelope-to" and party.address not in named:
            role = "bcc"  # delivered to, and named in no header: that is what a blind copy is
        parties.append(IndexParty(role, party.address, party.name))
    return tuple(dict.fromkeys(parties))
