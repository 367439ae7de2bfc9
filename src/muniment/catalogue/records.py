"""What is known of records, as frozen values, and how much of it a reader may see.

Subjects, file names and names of parties count as content; addresses, dates and sizes do not.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum

import msgspec

from muniment.catalogue import queries
from muniment.catalogue.calls import CallView, calls_of
from muniment.catalogue.queries import Name, listed

FIRST_PAGE = (2**62, 2**62)  # later than any record
HIDDEN = None


class Sight(IntEnum):
    """How much of a record a reader may see."""

    METADATA = 1
    """Dates, addresses, sizes, marks: what locating answers."""
    SUBJECTS = 2
    """Also subjects and file names, but never those of private records: for who weighs a request."""
    FULL = 3
    """Everything here: under a grant for the record, or for the person's own records."""


class PartyView(msgspec.Struct, frozen=True):
    """One address on a message, and the person (`per_…`) it means, or an empty text."""

    role: str
    address: str
    name: str
    person: str


class AttachmentView(msgspec.Struct, frozen=True):
    """One attachment. `name` is None where it may not be seen; `size` is in octets."""

    part: str
    name: str | None
    content_type: str
    size: int
    sha256: str


class RecordView(msgspec.Struct, frozen=True, kw_only=True):
    """One record. Times are seconds since 1970, `size` octets; `subject` None: may not be seen.

    `parties` is the union over all copies of the message, `copies` the other records that hold it.
    Of an erased record only id, sequence and times are left.
    """

    id: str
    sequence: int
    channel: str
    form: str
    source: str
    received: int
    sent: int
    subject: str | None
    size: int
    sha256: str
    thread: str
    attachment_count: int
    markings: tuple[str, ...]
    marked_private: bool
    defects: tuple[str, ...]
    unreadable: str
    erased_at: int | None
    parties: tuple[PartyView, ...]
    attachments: tuple[AttachmentView, ...]
    copies: tuple[str, ...]
    call: CallView | None = None
    """Of a call, a voicemail or a meeting; None for anything else."""


class RecordPage(msgspec.Struct, frozen=True):
    """Some records, how many there are in all, and where the next page begins (empty: no more)."""

    total: int
    records: tuple[RecordView, ...]
    cursor: str


class Totals(msgspec.Struct, frozen=True):
    """How many records the catalogue knows, and how many of them are erased or unreadable."""

    records: int
    erased: int
    unreadable: int


def records(organisation: str, ids: Sequence[str], sight: Sight) -> tuple[RecordView, ...]:
    """These records, in the order of `ids`; those that are unknown or another organisation's left out."""
    names = {"organisation": organisation, "records": listed(ids)}
    parties = _grouped(Name.PARTIES_BY_RECORD, names, lambda row: PartyView(*_texts(row[1:])))
    attachments = _grouped(Name.ATTACHMENTS_BY_RECORD, names, _attachment)
    copies = _grouped(Name.COPIES_BY_RECORD, names, lambda row: str(row[1]))
    calls = calls_of(organisation, ids)
    found = {}
    for row in queries.rows(Name.RECORDS_BY_ID, names):
        record = str(row[0])
        full = _record(row, parties.get(record, ()), attachments.get(record, ()), copies.get(record, ()))
        found[record] = _seen(msgspec.structs.replace(full, call=calls.get(record)), sight)
    return tuple(found[record] for record in dict.fromkeys(ids) if record in found)


def record(organisation: str, record_id: str, sight: Sight) -> RecordView | None:
    """One record, or None where the organisation has no such record."""
    found = records(organisation, [record_id], sight)
    return found[0] if found else None


def about(
    organisation: str, addresses: Iterable[str], sight: Sight, *, limit: int = 50, cursor: str = ""
) -> RecordPage:
    """Everything with one of these addresses on it, newest first: "everything about me"."""
    sent, sequence = _read_cursor(cursor)
    names = {"organisation": organisation, "addresses": listed(address.lower() for address in addresses)}
    (total,) = queries.rows(Name.COUNT_OF_ADDRESSES, names)[0]
    page = queries.rows(
        Name.RECORDS_OF_ADDRESSES,
        {**names, "before_sent": sent, "before_sequence": sequence, "limit": limit + 1},
    )
    shown = page[:limit]
    following = f"{shown[-1][0]}.{shown[-1][1]}" if len(page) > limit else ""
    found = records(organisation, [str(row[2]) for row in shown], sight)
    return RecordPage(int(str(total)), found, following)


def thread(organisation: str, thread_id: str, sight: Sight) -> tuple[RecordView, ...]:
    """One conversation, oldest first."""
    rows = queries.rows(Name.RECORDS_OF_THREAD, {"organisation": organisation, "thread": thread_id})
    return records(organisation, [str(row[0]) for row in rows], sight)


def addresses_of(organisation: str, name: str) -> tuple[str, ...]:
    """All addresses of the person with this id or name, for `person:` in a query."""
    found = queries.rows(Name.ADDRESSES_OF_PERSON, {"organisation": organisation, "name": name.strip()})
    return tuple(str(row[0]) for row in found)


def totals(organisation: str) -> Totals:
    """What the catalogue holds of an organisation."""
    return Totals(
        *(int(str(value)) for value in queries.rows(Name.TOTALS, {"organisation": organisation})[0])
    )


class SetApart(msgspec.Struct, frozen=True):
    """How much mail is set apart because its domains fit nobody: in all, and by domain, most first."""

    total: int
    domains: tuple[tuple[str, int], ...]


def set_apart(organisation: str, *, limit: int = 100) -> SetApart:
    """What an organisation keeps sealed for nobody yet; a record with two domains counts under both."""
    ((total,),) = queries.rows(Name.SET_APART_TOTAL, {"organisation": organisation})
    rows = queries.rows(Name.SET_APART_BY_DOMAIN, {"organisation": organisation, "limit": limit})
    return SetApart(int(str(total)), tuple((str(domain), int(str(count))) for domain, count in rows))


def _record(
    row: tuple[object, ...],
    parties: tuple[PartyView, ...],
    attachments: tuple[AttachmentView, ...],
    copies: tuple[str, ...],
) -> RecordView:
    (record_id, sequence, channel, form, source, received, sent, subject, size, sha256, in_thread, _digest,
     count, markings, private, defects, unreadable, erased_at) = row  # fmt: skip
    return RecordView(
        id=str(record_id),
        sequence=int(str(sequence)),
        channel=str(channel),
        form=str(form),
        source=str(source),
        received=int(str(received)),
        sent=int(str(sent)),
        subject=str(subject),
        size=int(str(size)),
        sha256=str(sha256),
        thread=str(in_thread),
        attachment_count=int(str(count)),
        markings=tuple(str(markings).split()),
        marked_private=bool(private),
        defects=tuple(filter(None, str(defects).split("\n"))),
        unreadable=str(unreadable),
        erased_at=None if erased_at is None else int(str(erased_at)),
        parties=parties,
        attachments=attachments,
        copies=copies,
    )


def _seen(full: RecordView, sight: Sight) -> RecordView:
    """The record as far as `sight` goes."""
    if sight is Sight.FULL or (sight is Sight.SUBJECTS and not full.marked_private):
        return full
    return msgspec.structs.replace(
        full,
        subject=HIDDEN,
        defects=(),
        parties=tuple(msgspec.structs.replace(party, name="") for party in full.parties),
        attachments=tuple(
            msgspec.structs.replace(attachment, name=HIDDEN, sha256="") for attachment in full.attachments
        ),
    )


def _attachment(row: tuple[object, ...]) -> AttachmentView:
    _, part, name, content_type, size, sha256 = row
    return AttachmentView(str(part), str(name), str(content_type), int(str(size)), str(sha256))


def _grouped[T](
    name: Name, parameters: queries.Parameters, make: Callable[[tuple[object, ...]], T]
) -> dict[str, tuple[T, ...]]:
    found: dict[str, list[T]] = {}
    for row in queries.rows(name, parameters):
        found.setdefault(str(row[0]), []).append(make(row))
    return {record: tuple(values) for record, values in found.items()}


def _texts(values: tuple[object, ...]) -> tuple[str, ...]:
    return tuple("" if value is None else str(value) for value in values)


def _read_cursor(cursor: str) -> tuple[int, int]:
    sent, _, sequence = cursor.partition(".")
    try:
        return int(sent), int(sequence)
    except ValueError:
        return FIRST_PAGE
