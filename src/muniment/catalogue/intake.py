"""Bulk intake: one batch of the ledger becomes rows, in one transaction with the watermark.

Taking the same batch again changes nothing, so a crash at any step is mended by delivering it again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from django.db import transaction

from muniment.catalogue import calls, queries
from muniment.catalogue.marks import is_private
from muniment.catalogue.moments import moment
from muniment.catalogue.queries import Name, Parameters, listed
from muniment.catalogue.threads import Threads, message_digest
from muniment.core.tags import EventTag
from muniment.readers.calls import CallAddress
from muniment.readers.contents import Content
from muniment.readers.mail import Party
from muniment.vault.messages import Batch, Examined

NOTHING_TAKEN = -1
_RECORD = 1
_ASSIGNED = EventTag.DOMAIN_ASSIGNED
_ACTOR_NAMES = (
    "by",
    "actor",
    "person",
    "holder",
    "requester",
    "opened_by",
    "closed_by",
    "chosen_by",
    "made_by",
    "placed_by",
    "revoked_by",
    "adopted_by",
)


class Statement(msgspec.Struct, frozen=True):
    """The parts of a capture statement that the catalogue keeps."""

    channel: str = "e-mail"
    source: str = ""
    received: int = 0
    form: str = ""
    sha256: str = ""
    unmatched: bool = False


class Clear(msgspec.Struct, frozen=True):
    """The parts of an action's clear text that stand in columns of their own."""

    tag: str
    time: int
    record: str = ""
    warrant: str = ""
    rule: str = ""


class Erased(msgspec.Struct, frozen=True):
    """A record whose key was destroyed: where it stands (-1: never met) and when it was."""

    record: str
    sequence: int
    time: int


def statement_of(entry: Examined) -> Statement:
    """The capture statement of a record; empty values where there is none to read."""
    try:
        return msgspec.json.decode(entry.statement, type=Statement)
    except msgspec.MsgspecError:
        return Statement()


def clear_of(entry: Examined) -> Clear:
    """The clear part of an action."""
    return msgspec.json.decode(entry.clear, type=Clear)


def size_of(entry: Examined) -> int:
    """How many octets the original has; of a recording kept in segments only that is known here."""
    return entry.size or len(entry.original)


def is_record(entry: Examined) -> bool:
    """Whether an entry is a record with content (not an action, not erased)."""
    return entry.kind == _RECORD and not entry.erased


def to_mark(mails: Mapping[str, Content]) -> tuple[str, ...]:
    """The records that say of themselves that they are private: the keeper must hear of it.

    To open one then takes two persons. Typing "private" protects from people, not from the law.
    """
    return tuple(record for record, mail in mails.items() if is_private(mail.marking))


def held(organisation: str, records: Sequence[str]) -> frozenset[str]:
    """Which of these records the catalogue has already."""
    return frozenset(_places(organisation, set(records)))


def watermark(organisation: str) -> int:
    """The last sequence that the catalogue holds, or -1."""
    found = queries.rows(Name.WATERMARK, {"organisation": organisation})
    return int(str(found[0][0])) if found else NOTHING_TAKEN


def erased_in(organisation: str, batch: Batch) -> tuple[Erased, ...]:
    """Every record that this batch shows to be erased: by its order, or by its missing key."""
    orders = {
        clear.record: clear.time
        for clear in (clear_of(entry) for entry in batch.entries if entry.clear)
        if clear.tag == EventTag.RECORD_ERASED
    }
    here = {entry.record: entry.seq for entry in batch.entries if entry.kind == _RECORD}
    gone = {entry.record for entry in batch.entries if entry.erased} | orders.keys()
    places = _places(organisation, gone - here.keys()) | here
    return tuple(Erased(record, places.get(record, -1), orders.get(record, 0)) for record in sorted(gone))


def take_in(organisation: str, batch: Batch, mails: Mapping[str, Content]) -> tuple[str, ...]:
    """Write one batch; `mails` holds what was read of each record, by its id.

    Returns the records that the keeper must mark as private. Watermark and rows move together.
    """
    erased = erased_in(organisation, batch)
    gone = {each.record for each in erased}
    with transaction.atomic():
        known = {
            str(row[0])
            for row in queries.rows(
                Name.KNOWN_RECORDS,
                {"organisation": organisation, "first": batch.first, "last": batch.last},
            )
        }
        records = [entry for entry in batch.entries if entry.kind == _RECORD and entry.record not in known]
        living = [entry for entry in records if entry.record in mails and entry.record not in gone]
        _add_records(organisation, living, mails)
        _add_stubs(organisation, [entry for entry in records if entry.record in gone])
        _erase(organisation, erased)
        entries = [entry_row(organisation, entry) for entry in batch.entries if entry.clear]
        queries.run_many(Name.ADD_ENTRY, entries)
        if _domains(batch) or any(statement_of(entry).unmatched for entry in living):
            queries.run(Name.FREE_MATCHED, {"organisation": organisation})
        queries.run(Name.SET_WATERMARK, {"organisation": organisation, "sequence": batch.last})
    return to_mark({entry.record: mails[entry.record] for entry in living})


def set_apart(organisation: str, batch: Batch) -> frozenset[str]:
    """The records of a batch, once it is taken in, that nobody may find: their domains fit nobody."""
    span: Parameters = {"organisation": organisation, "first": batch.first, "last": batch.last}
    return frozenset(str(row[0]) for row in queries.rows(Name.SET_APART_IN, span))


def freed_by(organisation: str, batch: Batch) -> tuple[int, ...]:
    """The places of earlier records that are set apart no more since a domain was assigned in this batch.

    The same again when the batch comes again, so that the index can be given what it missed.
    """
    if not (domains := _domains(batch)):
        return ()
    names = {"organisation": organisation, "domains": listed(domains)}
    return tuple(int(str(row[0])) for row in queries.rows(Name.FREED_OF, names))


def _domains(batch: Batch) -> list[str]:
    """The domains that this batch shows to be assigned."""
    assigned = [entry for entry in batch.entries if entry.clear and clear_of(entry).tag == _ASSIGNED]
    return [str(json.loads(entry.body or b"{}").get("domain", "")) for entry in assigned]


def forget(organisation: str) -> None:
    """Drop everything that was derived of an organisation: the first step of a rebuild."""
    with transaction.atomic():
        for name in (
            Name.FORGET_ATTACHMENTS,
            Name.FORGET_CALLS,
            Name.FORGET_PARTIES,
            Name.FORGET_RECORDS,
            Name.FORGET_THREADS,
            Name.FORGET_ENTRIES,
            Name.FORGET_WATERMARK,
        ):
            queries.run(name, {"organisation": organisation})


def _add_records(organisation: str, entries: Sequence[Examined], mails: Mapping[str, Content]) -> None:
    threads = Threads.load(organisation, [mails[entry.record] for entry in entries])
    records: list[Parameters] = []
    parties: list[Parameters] = []
    attachments: list[Parameters] = []
    details: list[Parameters] = []
    for entry in entries:
        mail = mails[entry.record]
        row = _record_row(organisation, entry, mail, threads.place(entry.record, mail))
        records.append(row)
        parties += _party_rows(row, mail)
        attachments += _attachment_rows(entry.record, mail)
        details += calls.rows_of(row, mail)
    queries.run_many(Name.ADD_RECORD, records)
    queries.run_many(Name.ADD_PARTY, parties)
    queries.run_many(Name.ADD_ATTACHMENT, attachments)
    queries.run_many(Name.ADD_CALL, details)
    threads.save()


def _record_row(
    organisation: str, entry: Examined, mail: Content, thread: str
) -> dict[str, str | int | None]:
    statement = statement_of(entry)
    return {
        "id": entry.record,
        "organisation": organisation,
        "sequence": entry.seq,
        "channel": statement.channel,
        "form": statement.form,
        "source": statement.source,
        "received": statement.received,
        "sent": moment(mail.date, statement.received),
        "subject": mail.subject,
        "size": size_of(entry),
        "sha256": statement.sha256,
        "thread": thread,
        "message_digest": message_digest(mail),
        "attachments": len(mail.attachments),
        "markings": " ".join(sorted(mail.marking)),
        "marked_private": int(is_private(mail.marking)),
        "defects": "\n".join(mail.defects),
        "unreadable": mail.unreadable,
        "unmatched": int(statement.unmatched),
        "erased_at": None,
    }


def _party_rows(row: Parameters, mail: Content) -> list[Parameters]:
    shared = {
        "record": row["id"],
        "organisation": row["organisation"],
        "sent": row["sent"],
        "sequence": row["sequence"],
    }
    parties: Iterable[Party | CallAddress] = dict.fromkeys(mail.parties)
    return [{**shared, "role": party.role, "address": party.address, "name": party.name} for party in parties]


def _attachment_rows(record: str, mail: Content) -> list[Parameters]:
    return [
        {
            "record": record,
            "part": attachment.part,
            "name": attachment.name,
            "content_type": attachment.content_type,
            "size": attachment.size,
            "sha256": attachment.sha256,
        }
        for attachment in mail.attachments
    ]


def _add_stubs(organisation: str, entries: Sequence[Examined]) -> None:
    """Records that were erased before they were ever read: that they were held, and where."""
    empty = dict.fromkeys(
        ("channel", "form", "source", "subject", "sha256", "message_digest", "markings", "defects", "unreadable"),
        "",
    )  # fmt: skip
    zero = dict.fromkeys(
        ("received", "sent", "size", "attachments", "marked_private", "unmatched", "erased_at"), 0
    )
    stubs: list[Parameters] = [
        {**empty, **zero, "id": entry.record, "organisation": organisation, "sequence": entry.seq, "thread": entry.record}
        for entry in entries
    ]  # fmt: skip
    queries.run_many(Name.ADD_RECORD, stubs)


def erase(organisation: str, record: str, time: int) -> None:
    """Take one erased record out at once; the worker meets its order in the ledger later."""
    with transaction.atomic():
        _erase(organisation, [Erased(record, -1, time)])


def _erase(organisation: str, erased: Sequence[Erased]) -> None:
    if not erased:
        return
    names = {"organisation": organisation, "records": listed(each.record for each in erased)}
    threads = listed(str(row[2]) for row in queries.rows(Name.PLACES_OF, names))
    rows: list[Parameters] = [
        {"organisation": organisation, "record": each.record, "time": each.time} for each in erased
    ]
    for name in (Name.ERASE_PARTIES, Name.ERASE_ATTACHMENTS, Name.ERASE_CALL, Name.ERASE_RECORD):
        queries.run_many(name, rows)
    queries.run(Name.FORGET_EMPTY_THREADS, {"organisation": organisation, "threads": threads})


def _places(organisation: str, records: set[str]) -> dict[str, int]:
    if not records:
        return {}
    names = {"organisation": organisation, "records": listed(sorted(records))}
    return {str(row[0]): int(str(row[1])) for row in queries.rows(Name.PLACES_OF, names)}


def entry_row(organisation: str, entry: Examined) -> Parameters:
    """The row of an action, by its columns."""
    clear = clear_of(entry)
    body = entry.body.decode() or "null"
    return {
        "organisation": organisation,
        "sequence": entry.seq,
        "tag": clear.tag,
        "record": clear.record,
        "warrant": clear.warrant,
        "rule": clear.rule,
        "time": clear.time,
        "actor": _actor(json.loads(body)),
        "details": f'{{"clear":{entry.clear.decode()},"body":{body}}}',
    }


def _actor(body: object) -> str:
    """Who did it, by the name under which the rooms write that into the body.

    A body that says `by` and names nobody was done by the system, whomever else it names.
    """
    if not isinstance(body, dict) or body.get("by") == "":
        return ""
    facts = body.get("facts")
    for place in (body, facts if isinstance(facts, dict) else {}):
        for name in _ACTOR_NAMES:
            if isinstance(place.get(name), str) and place[name]:
                return str(place[name])
    return ""
