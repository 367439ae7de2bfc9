"""What can be shown to stand behind one record: when it was locked, where, who opened it, whether it ended.

Nothing here is content. It is for those who watch, for whoever the record names, and for whoever holds or
held a grant to it; people and reasons with it.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache

import msgspec

from muniment.capture.statement import KeptAs
from muniment.catalogue import acts, records
from muniment.catalogue.acts import ActView
from muniment.catalogue.records import RecordView, Sight
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.tags import EventTag
from muniment.governance import denials, granting, purposes, watching
from muniment.governance.authorisation import AbsentError
from muniment.governance.desk import Desk
from muniment.governance.models import Grant
from muniment.governance.views import GrantState
from muniment.people import services as people
from muniment.people.views import PersonView
from muniment.release.models import Certificate
from muniment.vault.authority import statements as texts

MOST_OPENINGS = 200
NOT_YET = "not in the catalogue yet"


class Why(msgspec.Struct, frozen=True):
    """Why a warrant opens anything: its purpose and who signed it, in words."""

    purpose: str
    approved_by: str
    case: str


class OpeningLine(msgspec.Struct, frozen=True):
    """One opening. `time` is seconds since 1970; names and reasons are empty where they are not shown."""

    sequence: int
    time: int
    action: str
    warrant: str
    opened_by: str
    purpose: str
    approved_by: str
    case: str


class Provenance(msgspec.Struct, frozen=True):
    """One record's way."""

    record: RecordView
    openings: tuple[OpeningLine, ...]
    certificate: str
    replacement: str
    """The record that stands for it now."""
    replaces: str
    """The record that it stands for."""
    kept: KeptAs | None
    """The form in which its sound is kept from then on, where one of both is the other's in another form."""
    kept_since: datetime | None
    """Since when."""
    export_grants: tuple[str, ...]


def provenance(actor: PersonView, record: str) -> Provenance | None:
    """What stands behind a record; None if it is unknown, or nothing of the actor's."""
    found = records.record(actor.organisation, record, Sight.METADATA)
    if found is None:
        return None
    watcher = watching.sees_people(actor)
    mine = bool(set(actor.addresses) & {party.address for party in found.parties})
    held = Grant.objects.filter(
        organisation_id=actor.organisation, holder_id=actor.id, records__record=record
    )
    if not (watcher or mine or held.exists()):
        return None
    page = acts.acts(actor.organisation, tags=acts.OPENED, record=record, limit=MOST_OPENINGS)
    certificate = Certificate.objects.filter(record=record, organisation_id=actor.organisation).first()
    before = Certificate.objects.filter(replacement=record, organisation_id=actor.organisation).first()
    live = [row for row in held if "export" in row.actions and granting.state(row) is GrantState.LIVE]
    return Provenance(
        record=found,
        openings=tuple(openings(actor.organisation, page.acts)),
        certificate=next((row.pk for row in (certificate, before) if row), ""),
        replacement=certificate.replacement if certificate else "",
        replaces=before.record if before else "",
        kept=next(
            (msgspec.convert(row.kept, KeptAs) for row in (certificate, before) if row and row.kept), None
        ),
        kept_since=next((row.destroyed for row in (certificate, before) if row and row.kept), None),
        export_grants=tuple(row.pk for row in live),
    )


def required(desk: Desk, actor: PersonView, record: str) -> Provenance:
    """What stands behind a record; AbsentError for none, and a refusal, written, for who has no part in it."""
    if (found := provenance(actor, record)) is not None:
        return found
    if not is_known(actor.organisation, record):
        raise AbsentError("There is no such record.")
    with denials.written(desk, actor, "see_record", record, record):
        raise RefusedError(
            "You may not see what stands behind this record.",
            why="It does not name you, and you hold no grant to it. The attempt stands in the proof log.",
            remedy="If you need it for your work, ask for a grant, or speak with your Data Controller.",
        )


def is_known(organisation: str, record: str) -> bool:
    """Whether the organisation has such a record."""
    return records.record(organisation, record, Sight.METADATA) is not None


def openings(organisation: str, found: Iterable[ActView]) -> Iterable[OpeningLine]:
    """Openings with their reasons, from the warrants' own texts in the ledger."""
    reasons = cache(lambda warrant: why(organisation, warrant))
    for act in found:
        reason = reasons(act.warrant)
        yield OpeningLine(
            sequence=act.sequence,
            time=act.time,
            action=str(act.detail("action") or "view"),
            warrant=act.warrant,
            opened_by=name_of(act.actor),
            purpose=reason.purpose,
            approved_by=reason.approved_by,
            case=reason.case,
        )


def why(organisation: str, warrant: str) -> Why:
    """The purpose and the approvers of a warrant, from its own text in the ledger."""
    page = acts.acts(organisation, tags=[EventTag.WARRANT_ADMITTED], warrant=warrant, limit=1)
    text = page.acts[0].detail("warrant") if page.acts else None
    if not isinstance(text, str):
        return Why(NOT_YET, NOT_YET, "")
    found = texts.read(texts.Warrant, text.encode())
    approvers = ", ".join(name_of(approver) for approver in found.approvers)
    return Why(_purpose(found.purpose), approvers, found.case)


def name_of(person: str) -> str:
    """A person's name, or their id where the organisation does not know them any more."""
    try:
        return people.view(person).name
    except WrongUseError:
        return person


def _purpose(name: str) -> str:
    try:
        return purposes.purpose(name).name
    except WrongUseError:
        return name
