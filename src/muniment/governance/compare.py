"""Rows against ledger: two truths are one too many, so every row of an act must match its entry.

1. Each row has the entry at its sequence, with the row's tag.
2. Where governance wrote the entry, its sealed facts are the row's facts as they read now.
3. Where the keeper wrote it, what both say is the same: the warrant and its columns, the hold.
4. Each entry of governance has a row: a deleted row is found.

`muniment verify` runs this with the database and the keeper at hand.
"""

from collections.abc import Iterator

from muniment.core import ids, merkle
from muniment.core.canonical import Json
from muniment.core.tags import BROKEN_OFF, TEST_CALL, EventTag
from muniment.governance import models
from muniment.governance.desk import Desk
from muniment.governance.models.recorded import Recorded, facts_digest
from muniment.people.comparing import LedgerAct, RowFault, ledger_acts
from muniment.vault.authority import statements as texts

KINDS: tuple[type[Recorded], ...] = (
    models.Adoption,
    models.AnnouncementEnd,
    models.AnnouncementVersion,
    models.AwarenessTold,
    models.CallMapping,
    models.CallMappingEnd,
    models.Case,
    models.CaseClosure,
    models.Choice,
    models.Consultation,
    models.DayReport,
    models.Decision,
    models.Delegation,
    models.DelegationEnd,
    models.Denial,
    models.Grant,
    models.GrantRevocation,
    models.Hold,
    models.HoldRelease,
    models.NoticeReasonGiven,
    models.Request,
    models.Search,
    models.SilenceAct,
    models.Told,
)
"""Every kind of row in this room that states an act."""

ORGANISATION_BY = {
    models.CaseClosure: "case__organisation_id",
    models.Choice: "request__organisation_id",
    models.Consultation: "request__organisation_id",
    models.Decision: "request__organisation_id",
    models.DelegationEnd: "delegation__organisation_id",
    models.GrantRevocation: "grant__organisation_id",
    models.HoldRelease: "hold__organisation_id",
    models.Search: "request__organisation_id",
    models.Told: "request__organisation_id",
}


__all__ = ["RowFault", "compare"]


def compare(desk: Desk, organisation: str, kinds: tuple[type[Recorded], ...] = KINDS) -> tuple[RowFault, ...]:
    """Every fault between the rows of these kinds and the ledger of one organisation."""
    entries = ledger_acts(desk, organisation)
    faults = []
    borne_out: set[int] = set()
    for kind in kinds:
        where = {ORGANISATION_BY.get(kind, "organisation_id"): organisation}
        for row in kind._default_manager.filter(**where).iterator():  # noqa: SLF001  # Django's public name for it
            borne_out.add(row.ledger_sequence)
            if fault := _check(row, entries.get(row.ledger_sequence)):
                faults.append(fault)
    faults.extend(_orphans(organisation, entries, borne_out, kinds))
    return tuple(faults)


def _check(row: Recorded, entry: LedgerAct | None) -> RowFault | None:
    if entry is None or entry.clear.get("tag") != row.tag:  # 1
        return _fault(
            "row without entry", row, "The row was written behind the ledger's back: do not rely on it."
        )
    facts = row.facts()
    said = facts_digest(facts)
    if row.ledger_digest != said or (row.sealed_facts and _sealed_digest(entry) != said):  # 2
        return _fault(
            "row differs", row, "The row was changed afterwards: the ledger's entry is what happened."
        )
    if not row.sealed_facts and not _keeper_agrees(row, facts, entry):  # 3
        return _fault("row differs", row, "The row does not match what the keeper wrote: the entry is right.")
    return None


def _sealed_digest(entry: LedgerAct) -> str:
    facts = entry.body.get("facts")
    return facts_digest(facts) if isinstance(facts, dict) else ""


def _keeper_agrees(row: Recorded, facts: dict[str, Json], entry: LedgerAct) -> bool:
    if isinstance(row, models.HoldRelease):
        statement = texts.read(texts.HoldRelease, str(entry.body.get("statement", "")).encode())
        return statement.hold == facts["hold"]
    if any(entry.clear.get(name) != facts[name] for name in ("warrant", "record") if name in facts):
        return False
    return not isinstance(row, models.Grant) or _warrant_agrees(row, facts)


def _warrant_agrees(row: models.Grant, facts: dict[str, Json]) -> bool:
    text = bytes(row.warrant)
    warrant = texts.read(texts.Warrant, text)
    said: dict[str, Json] = {
        "warrant": texts.warrant_hash(text),
        "organisation": warrant.organisation,
        "case": warrant.case,
        "purpose": warrant.purpose,
        "holder": warrant.holder,
        "actions": sorted(str(action) for action in warrant.actions),
        "count": warrant.count,
        "cap": warrant.cap,
        "not_before": warrant.not_before,
        "not_after": warrant.not_after,
    }
    listed = {ids.record_bytes(record) for record in row.records.values_list("record", flat=True)}
    return said == facts and merkle.root_of_records(listed).hex() == warrant.root


def _orphans(
    organisation: str,
    entries: dict[int, LedgerAct],
    borne_out: set[int],
    kinds: tuple[type[Recorded], ...],
) -> Iterator[RowFault]:
    # A search may also be made by command, which writes no row; every other act of ours has one.
    ours = {kind.tag: kind for kind in kinds if kind is not models.Search}
    locating = set(
        models.Request.objects.filter(organisation_id=organisation).values_list("locate_hash", flat=True)
    )
    for sequence, entry in entries.items():
        tag = EventTag(entry.clear["tag"])
        # A locate warrant has no grant's row: the request that it belongs to stands for it. Nor has one to
        # rebuild, which a command signs.
        apart = tag is EventTag.WARRANT_ADMITTED and (
            entry.clear.get("warrant") in locating or _rebuilds(entry)
        )
        # What remains of a recording that broke off, and a test call, are erased by a rule alone: nobody certifies it.
        by_rule = entry.clear.get("rule") in {BROKEN_OFF, TEST_CALL} and "warrant" not in entry.clear
        apart = apart or (tag is EventTag.RECORD_ERASED and by_rule)
        if tag in ours and sequence not in borne_out and not apart:
            yield RowFault(
                kind="entry without row",
                table=ours[tag].kind_name(),
                row="",
                sequence=sequence,
                advice="A row was deleted, or never written: the entry says what happened.",
            )


def _rebuilds(entry: LedgerAct) -> bool:
    """Whether the warrant of an entry lets nobody read, but only the system make its index anew."""
    warrant = texts.read(texts.Warrant, str(entry.body.get("warrant", "")).encode())
    return warrant.actions == (texts.Action.REBUILD,)


def _fault(kind: str, row: Recorded, advice: str) -> RowFault:
    return RowFault(kind, type(row).kind_name(), str(row.pk), row.ledger_sequence, advice)
