"""Rows against ledger: an edited, an invented and a deleted row are each found and named."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from muniment.capture.calls.assurance import report
from muniment.capture.calls.assurance.matching import match
from muniment.core.assurance_settings import AssuranceSettings
from muniment.core.call_settings import CallSettings
from muniment.core.row_mapping import RowMapping
from muniment.governance import (
    announcements,
    awareness,
    call_mappings,
    completeness,
    deciding,
    holds,
    notice_reasons,
    silencing,
)
from muniment.governance.compare import KINDS, RowFault, compare
from muniment.governance.models import Case, Decision, Grant, GrantRecord, Hold, Request
from tests.governance.house import House
from tests.governance.test_silencing import Recorder


def full_of_acts(house: House) -> str:
    """An organisation in which every kind of act has happened."""
    from muniment.core.errors import RefusedError  # noqa: PLC0415
    from muniment.governance import adoption, cases, delegations  # noqa: PLC0415
    from tests.governance.test_announcements import publish  # noqa: PLC0415
    from tests.governance.test_delegations import lend  # noqa: PLC0415
    from tests.governance.test_granting import revoked  # noqa: PLC0415
    from tests.governance.test_holds import placed, released  # noqa: PLC0415

    adoption.set_up(house.desk, house.organisation, "call_recording")
    delegations.end(house.desk, house.person("cora"), lend(house).id)
    records = house.records(3)
    request = house.granted(records[:2])
    asked = house.located(house.submitted(category="disciplinary", purpose="K4"), records[2:])
    deciding.consult(house.desk, house.person("cora"), asked.id, "No objection.")
    house.refuse("dora", asked)
    house.submitted("cora", "dsar", purpose="L1")
    hold = placed(house, records[:1])
    released(house, hold, "cora")
    released(house, hold, "dora", "")
    placed(house, records[1:2])
    with pytest.raises(RefusedError):
        holds.place(house.desk, house.person("hana"), records, "Mine.")
    revoked(house, "dora", request.grant)
    cases.close(house.desk, house.person("cora"), request.case, "Settled.")
    eve = house.person("eve")
    silencing.pause(house.desk, Recorder(house.organisation), eve, "switch-7", "card data")
    made = report.compose(
        house.organisation, date(2026, 3, 1), "UTC", match([], []), accounts=0, recordings=0
    )
    completeness.record(house.desk, made, AssuranceSettings())
    announcements.end(house.desk, house.person("cora"), publish(house).id)
    chosen = CallSettings()
    awareness.acknowledge(house.desk, eve, chosen, awareness.about(eve, chosen).digest)
    call_mappings.save(house.desk, house.person("ira"), "hosted", RowMapping({"caller": "A Number"}))
    call_mappings.retire(house.desk, house.person("ira"), "hosted")
    notice_reasons.give(house.desk, house.person("hana"), records[0], "agent-told", "")
    return request.id


def test_a_house_full_of_acts_agrees_with_its_ledger(house: House) -> None:
    full_of_acts(house)
    where = {kind: kind._default_manager.exists() for kind in KINDS}
    assert all(where.values()), "the house must hold an act of every kind"
    assert compare(house.desk, house.organisation) == ()


def edit(table: str, column: str, value: Any, key: str, row: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE "{key}" = %s', [value, row])  # noqa: S608


EDITS: list[tuple[str, Callable[[str], tuple[str, str, object, str, object]], str]] = [
    ("a reason", lambda r: ("governance_request", "reason", "Something else.", "id", r), "row differs"),
    ("a requester", lambda r: ("governance_request", "purpose", "K1", "id", r), "row differs"),
    ("a verdict", lambda r: ("governance_decision", "verdict", "refuse", "request_id", r), "row differs"),
    ("a choice", lambda r: ("governance_choice", "records", "[]", "request_id", r), "row differs"),
    (
        "a grant's end",
        lambda r: ("governance_grant", "not_after", "2099-01-01 00:00:00", "request_id", r),
        "row differs",
    ),
    (
        "a grant's actions",
        lambda r: ("governance_grant", "actions", '["export"]', "request_id", r),
        "row differs",
    ),
    (
        "a place",
        lambda r: ("governance_decision", "ledger_sequence", 1, "request_id", r),
        "row without entry",
    ),
]


@pytest.mark.parametrize(("change", "kind"), [row[1:] for row in EDITS], ids=[row[0] for row in EDITS])
def test_an_edited_row_is_found(
    house: House, change: Callable[[str], tuple[str, str, object, str, object]], kind: str
) -> None:
    request = house.granted(house.records(2))
    edit(*change(request.id))
    faults = compare(house.desk, house.organisation)
    assert kind in {fault.kind for fault in faults}
    assert all(fault.advice for fault in faults)


def test_a_digest_edited_with_the_row_does_not_hide_it(house: House) -> None:
    request = house.granted(house.records(1))
    edit("governance_request", "reason", "Something else.", "id", request.id)
    row = Request.objects.get(pk=request.id)
    edit("governance_request", "ledger_digest", row.digest(), "id", request.id)
    [fault] = compare(house.desk, house.organisation)
    assert (fault.kind, fault.row, fault.table) == ("row differs", request.id, "request")


def test_a_row_without_an_act_is_found(house: House) -> None:
    request = house.submitted()
    row = Decision(
        request_id=request.id,
        person_id=house.id("dora"),
        verdict="approve",
        reason="x",
        clause="x",
        warrant_hash="",
        signed=b"{}",
        decided=Request.objects.get(pk=request.id).submitted,
        ledger_sequence=10**6,
    )
    row.ledger_digest = row.digest()
    row.save()
    assert [fault.kind for fault in compare(house.desk, house.organisation)] == ["row without entry"]


def test_a_deleted_row_is_found(house: House) -> None:
    hold = holds.place(house.desk, house.person("ines"), house.records(1), "A claim.")
    Hold.objects.get(pk=hold.id).held.all().delete()
    Hold.objects.filter(pk=hold.id).delete()
    [fault] = compare(house.desk, house.organisation)
    assert (fault.kind, fault.sequence) == ("entry without row", hold.ledger_sequence)


def test_a_record_added_to_a_grant_is_found(house: House) -> None:
    request = house.granted(house.records(1))
    GrantRecord.objects.create(grant_id=request.grant, record=house.records(1)[0])
    [fault] = compare(house.desk, house.organisation)
    assert (fault.kind, fault.table) == ("row differs", "grant")


def test_each_organisation_is_compared_with_its_own_ledger(house: House) -> None:
    other = house.estate.house()
    request = house.submitted()
    edit("governance_case", "title", "Another", "id", request.case)
    assert compare(house.desk, other.organisation) == ()
    assert Case.objects.count() == 1
    [fault] = compare(house.desk, house.organisation)
    assert isinstance(fault, RowFault)
    assert Grant.objects.count() == 0
