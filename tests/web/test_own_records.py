"""What is held about me, and who opened it."""

import json
from collections.abc import Callable

from django.test import Client

from muniment.catalogue.models import CallDetail, LedgerEntry, Record, RecordParty
from muniment.core.tags import EventTag
from muniment.people import services
from muniment.people.roles import Role
from muniment.vault.authority import statements
from muniment.vault.authority.statements import Action
from muniment.web.own_records import OwnRecords, own_records
from tests.town import Town


def mine(town: Town, role: Role = Role.EMPLOYEE) -> OwnRecords:
    return own_records(services.view(town.ours[role].id))


def hold(town: Town, name: str, address: str, *, erased: bool = False) -> str:
    record = Record.objects.create(
        id=name, organisation=town.ours.id, sequence=Record.objects.count(), channel="e-mail", form="eml",
        source="s", received=1000, sent=1000 + Record.objects.count(), subject="hidden", size=1, sha256="",
        thread="", message_digest="", attachments=0, markings="", marked_private=False, defects="",
        unreadable="", erased_at=2000 if erased else None,
    )  # fmt: skip
    RecordParty.objects.create(
        record=record, organisation=town.ours.id, role="to", address=address, name="", sent=record.sent,
        sequence=record.sequence,
    )  # fmt: skip
    return name


def enter(town: Town, sequence: int, tag: EventTag, body: dict[str, object], **fields: str) -> None:
    LedgerEntry.objects.create(
        organisation=town.ours.id, sequence=sequence, tag=tag, time=3000, rule="",
        record=fields.get("record", ""), warrant=fields.get("warrant", ""), actor=fields.get("actor", ""),
        details=json.dumps({"clear": {}, "body": body}),
    )  # fmt: skip


def test_only_records_that_name_me_and_still_exist_are_counted(town: Town) -> None:
    address = town.ours[Role.EMPLOYEE].email(town.ours.domain)
    hold(town, "rec_a", address)
    hold(town, "rec_b", address)
    hold(town, "rec_c", address, erased=True)
    hold(town, "rec_d", "somebody@else.example")
    found = mine(town)
    assert found.total == 2
    assert found.first is not None
    assert found.last is not None
    assert (found.last - found.first).total_seconds() == 1
    assert mine(town, Role.HR).total == 0


def test_an_opening_says_who_why_and_who_approved(town: Town) -> None:
    hold(town, "rec_a", town.ours[Role.EMPLOYEE].email(town.ours.domain))
    holder, approver = town.ours[Role.HR], town.ours[Role.DIRECTOR]
    text = statements.build_warrant(
        organisation=town.ours.id, case="case_1", purpose="a purpose", category="business_need",
        holder=holder.id, approvers=[approver.id], actions=[Action.VIEW], records=[], not_before=0,
        not_after=1, cap=1, matrix=1,
    )  # fmt: skip
    warrant = statements.warrant_hash(text)
    enter(town, 10, EventTag.WARRANT_ADMITTED, {"warrant": text.decode()}, warrant=warrant)
    enter(town, 11, EventTag.RECORD_OPENED, {}, record="rec_a", warrant=warrant, actor=holder.id)
    (opening,) = mine(town).openings
    assert (opening.opened_by, opening.approved_by) == (holder.name, approver.name)
    assert (opening.purpose, opening.channel) == ("a purpose", "e-mail")
    assert mine(town, Role.HR).openings == ()


def test_an_opening_whose_warrant_is_not_catalogued_yet_is_still_shown(town: Town) -> None:
    hold(town, "rec_a", town.ours[Role.EMPLOYEE].email(town.ours.domain))
    enter(town, 11, EventTag.RECORD_OPENED, {}, record="rec_a", warrant="ff", actor="per_gone")
    (opening,) = mine(town).openings
    assert (opening.opened_by, opening.purpose) == ("per_gone", "not in the catalogue yet")


def test_who_listened_while_a_call_of_mine_went_on_is_listed_with_the_record_that_it_became(
    town: Town, signed_in: Callable[..., Client]
) -> None:
    record = hold(town, "rec_a", town.ours[Role.EMPLOYEE].email(town.ours.domain))
    CallDetail.objects.create(
        record_id=record, organisation=town.ours.id, call="call_x", global_id="", direction="inbound", queue="",
        extension="", answered=1, ended=2, talk_seconds=1, seconds=1, notice="played", masked_ms=0,
        mos_hundredths=0, lost=0, streams=2, holds=0, keys_pressed=False, sound="", parts="",
    )  # fmt: skip
    listener = town.ours[Role.OFFICE_MANAGER]
    enter(
        town,
        11,
        EventTag.MONITOR_STARTED,
        {"call": "call_x", "action": "monitor"},
        warrant="ff",
        actor=listener.id,
    )
    enter(town, 12, EventTag.MONITOR_STARTED, {"call": "call_y"}, warrant="ff", actor=listener.id)
    (opening,) = mine(town).openings
    assert (opening.record, opening.opened_by) == (record, listener.name)
    page = signed_in(Role.EMPLOYEE).get("/my-records").content.decode()
    assert f"/records/{record}" in page
    assert "Listened while it went on" in page
    assert mine(town, Role.HR).openings == ()
