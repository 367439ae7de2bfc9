"""Rows of people against the ledger: roles, policies, acceptances and changes of the register.

1. Each row that states an act has an entry at its place, with its tag, that says the same.
2. Whoever holds a role is whoever the ledger, read from its beginning, leaves holding it.
3. Each act in the ledger has its row: a deleted one is found.

Rows that state no act (names, addresses, accounts, links) have no entry to be compared with.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from muniment.core.tags import EventTag
from muniment.people.models import (
    Contract,
    Domain,
    PolicyAcceptance,
    PolicyVersion,
    RegisterChange,
    RoleAssignment,
)
from muniment.people.services.contracts import facts
from muniment.people.services.policies import policy_digest
from muniment.vault.messages import ActEntry

AT_ONCE = 1_000  # entries in one answer of the keeper

INVENTED = "The row was written behind the ledger's back: do not rely on it."
CHANGED = "The row was changed afterwards: the ledger's entry is what happened."
DELETED = "A row was deleted, or never written: the entry says what happened."


class RowFault(msgspec.Struct, frozen=True):
    """A row that its entry does not bear out, or an entry without its row.

    `kind` is one of `row without entry`, `row differs`, `entry without row`.
    """

    kind: str
    table: str
    row: str
    sequence: int
    advice: str
    record: str = ""
    """The `rec_…` id, where the row is about one."""


class LedgerAct(msgspec.Struct, frozen=True):
    """One action of the ledger: its clear part and its opened body."""

    clear: dict[str, Any]
    body: dict[str, Any]

    @property
    def tag(self) -> str:
        """What was done."""
        return str(self.clear.get("tag", ""))


class Acts(Protocol):
    """The keeper's desk door, as far as it is asked here."""

    def acts(self, organisation: str, after: int, limit: int) -> tuple[ActEntry, ...]:
        """Action entries."""


def ledger_acts(desk: Acts, organisation: str) -> dict[int, LedgerAct]:
    """Every action of an organisation's ledger, by its place."""
    return dict(_ledger_acts(desk, organisation))


def _ledger_acts(desk: Acts, organisation: str) -> Iterator[tuple[int, LedgerAct]]:
    after = -1
    while acts := desk.acts(organisation, after, AT_ONCE):
        for act in acts:
            yield act.seq, LedgerAct(json.loads(act.clear), json.loads(act.body or b"{}"))
        after = acts[-1].seq


def compare(desk: Acts, organisation: str) -> tuple[RowFault, ...]:
    """Every fault between this room's rows of one organisation and its ledger."""
    acts = ledger_acts(desk, organisation)
    return (
        *_roles(organisation, acts),
        *_domains(organisation, acts),
        *_rows(PolicyVersion, _published(organisation), acts, EventTag.POLICY_PUBLISHED, _policy_agrees),
        *_rows(PolicyAcceptance, _accepted(organisation), acts, EventTag.POLICY_ACCEPTED, _acceptance_agrees),
        *_rows(Contract, _contracts(organisation), acts, EventTag.CONTRACT_ATTESTED, _contract_agrees),
        *_rows(
            RegisterChange,
            _registered(organisation),
            acts,
            EventTag.REGISTER_CHANGED,
            _change_agrees,
            whole=False,
        ),
    )


def _roles(organisation: str, acts: Mapping[int, LedgerAct]) -> Iterator[RowFault]:
    held: dict[tuple[str, str], int] = {}
    for sequence, act in sorted(acts.items()):
        if act.tag == EventTag.ROLE_CHANGED:
            key = (str(act.body.get("person")), str(act.body.get("role")))
            if act.body.get("change") == "given":
                held[key] = sequence
            else:
                held.pop(key, None)
    for row in RoleAssignment.objects.filter(person__organisation_id=organisation):
        place = held.pop((row.person_id, row.role), None)
        given_by = row.given_by_id or ""
        if place is None:
            yield _fault("row without entry", "role", row, row.ledger_sequence, INVENTED)
        elif row.ledger_sequence != place or acts[place].body.get("by", "") != given_by:
            yield _fault("row differs", "role", row, place, CHANGED)
    for (person, role), place in held.items():
        yield RowFault("entry without row", "role", f"{person}: {role}", place, DELETED)


def _domains(organisation: str, acts: Mapping[int, LedgerAct]) -> Iterator[RowFault]:
    """The domains that are assigned are those that the ledger leaves assigned."""
    assigned: dict[str, int] = {}
    for sequence, act in sorted(acts.items()):
        if act.tag == EventTag.DOMAIN_ASSIGNED:
            assigned[str(act.body.get("domain"))] = sequence
        elif act.tag == EventTag.DOMAIN_ENDED:
            assigned.pop(str(act.body.get("domain")), None)
    rows = Domain.objects.filter(organisation_id=organisation, assigned__isnull=False, ended__isnull=True)
    for row in rows:
        place = assigned.pop(row.name, None)
        said = (row.kind, row.proposed_by_id, row.assigned_by_id or "")
        if place is None:
            yield _fault("row without entry", "domain", row, row.ledger_sequence, INVENTED)
        elif row.ledger_sequence != place or said != _values(acts[place].body, "kind", "proposed_by", "by"):
            yield _fault("row differs", "domain", row, place, CHANGED)
    for name, place in assigned.items():
        yield RowFault("entry without row", "domain", name, place, DELETED)


def _rows[Row: Contract | PolicyVersion | PolicyAcceptance | RegisterChange](
    kind: type[Row],
    rows: Iterator[Row],
    acts: Mapping[int, LedgerAct],
    tag: EventTag,
    agrees: Callable[[Row, dict[str, Any]], bool],
    *,
    whole: bool = True,
) -> Iterator[RowFault]:
    """`whole`: that each act with this tag has its row; keys may also be registered without one."""
    table, borne_out = str(kind._meta.verbose_name), set[int]()  # noqa: SLF001  Django's public name
    for row in rows:
        place = row.ledger_sequence
        act = acts.get(-1 if place is None else place)
        borne_out.add(-1 if place is None else place)
        if act is None or act.tag != tag:
            yield _fault("row without entry", table, row, place, INVENTED)
        elif not agrees(row, act.body):
            yield _fault("row differs", table, row, place, CHANGED)
    for place, act in acts.items() if whole else ():
        if act.tag == tag and place not in borne_out:
            yield RowFault("entry without row", table, "", place, DELETED)


def _published(organisation: str) -> Iterator[PolicyVersion]:
    return PolicyVersion.objects.filter(organisation_id=organisation, published__isnull=False).iterator()


def _accepted(organisation: str) -> Iterator[PolicyAcceptance]:
    rows = PolicyAcceptance.objects.filter(person__organisation_id=organisation)
    return rows.select_related("policy").iterator()


def _contracts(organisation: str) -> Iterator[Contract]:
    return Contract.objects.filter(person__organisation_id=organisation).iterator()


def _registered(organisation: str) -> Iterator[RegisterChange]:
    done = RegisterChange.State.DONE
    return RegisterChange.objects.filter(organisation_id=organisation, state=done).iterator()


def _policy_agrees(row: PolicyVersion, body: dict[str, Any]) -> bool:
    said = (row.subject, row.number, row.sha256, row.published_by_id or "")
    return said == _values(body, "policy", "number", "sha256", "by") and policy_digest(row) == row.sha256


def _acceptance_agrees(row: PolicyAcceptance, body: dict[str, Any]) -> bool:
    said = (row.person_id, row.policy.subject, row.policy.number, row.sha256, row.address or "")
    return said == _values(body, "person", "policy", "number", "sha256", "address")


def _contract_agrees(row: Contract, body: dict[str, Any]) -> bool:
    said = facts(row)
    return tuple(said.values()) == _values(body, *said)


def _change_agrees(row: RegisterChange, body: dict[str, Any]) -> bool:
    return body.get("statement") == bytes(row.statement).decode()


def _values(body: dict[str, Any], *names: str) -> tuple[str, ...]:
    return tuple(str(body.get(name, "")) for name in names)


def _fault(kind: str, table: str, row: object, sequence: int | None, advice: str) -> RowFault:
    place = -1 if sequence is None else sequence
    return RowFault(kind, table, str(getattr(row, "pk", "")), place, advice)
