"""Rows against ledger: two truths are one too many, so every row of an act must match its entry.

1. Each row has the entry at its sequence, with the row's tag.
2. Where governance wrote the entry, its sealed facts are the row's facts as they read now.
3. Where the keeper wrote it, what both say is the same: the warrant and its columns, the hold.
4. Each entry of governance has a row: a deleted row is found.

`muniment verify` runs this with the database and the keeper at hand.
"""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from muniment.core.canonical import Json
from muniment.core.tags import EventTag
from muniment.governance import models
from muniment.governance.desk import Desk
from muniment.governance.models.recorded import Recorded, facts_digest
from muniment.vault.authority import statements as texts

AT_ONCE = 1_000  # entries in one answer of the keeper

KINDS: tuple[type[Recorded], ...] = (
    models.Adoption,
    models.Case,
    models.CaseClosure,
    models.Choice,
    models.Consultation,
    models.Decision,
    models.Denial,
    models.Grant,
    models.GrantRevocation,
    models.Hold,
    models.HoldRelease,
    models.Request,
    models.Search,
    models.Told,
)
"""Every kind of row in this room that states an act."""

ORGANISATION_BY = {
    models.CaseClosure: "case__organisation_id",
    models.Choice: "request__organisation_id",
    models.Consultation: "request__organisation_id",
    models.Decision: "request__organisation_id",
    models.GrantRevocation: "grant__organisation_id",
    models.HoldRelease: "hold__organisation_id",
    models.Search: "request__organisation_id",
    models.Told: "request__organisation_id",
}


class RowFault(msgspec.Struct, frozen=True):
    """A row that its entry does not bear out, or an entry without its row.

    `kind` is one of `row without entry`, `row differs`, `entry without row`.
    """

    kind: str
    table: str
    row: str
    sequence: int
    advice: str


class _Entry(msgspec.Struct, frozen=True):
    clear: dict[str, Any]
    body: dict[str, Any]


def compare(desk: Desk, organisation: str, kinds: tuple[type[Recorded], ...] = KINDS) -> tuple[RowFault, ...]:
    """Every fault between the rows of these kinds and the ledger of one organisation."""
    entries = dict(_entries(desk, organisation))
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


def _entries(desk: Desk, organisation: str) -> Iterator[tuple[int, _Entry]]:
    after = -1
    while acts := desk.acts(organisation, after, AT_ONCE):
        for act in acts:
            yield act.seq, _Entry(json.loads(act.clear), json.loads(act.body or b"{}"))
        after = acts[-1].seq


def _check(row: Recorded, entry: _Entry | None) -> RowFault | None:
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


def _sealed_digest(entry: _Entry) -> str:
    facts = entry.body.get("facts")
    return facts_digest(facts) if isinstance(facts, dict) else ""


def _keeper_agrees(row: Recorded, facts: dict[str, Json], entry: _Entry) -> bool:
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
    return said == facts and row.records.count() == warrant.count


def _orphans(
    organisation: str,
    entries: dict[int, _Entry],
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
        # A locate warrant has no grant's row: the request that it belongs to stands for it.
        located = tag is EventTag.WARRANT_ADMITTED and entry.clear.get("warrant") in locating
        if tag in ours and sequence not in borne_out and not located:
            yield RowFault(
                kind="entry without row",
                table=ours[tag].kind_name(),
                row="",
                sequence=sequence,
                advice="A row was deleted, or never written: the entry says what happened.",
            )


def _fault(kind: str, row: Recorded, advice: str) -> RowFault:
    return RowFault(kind, type(row).kind_name(), str(row.pk), row.ledger_sequence, advice)
