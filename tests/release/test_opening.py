"""Reading under a grant: the ledger first, each opening signed, every refusal written and listed."""

from datetime import timedelta

import pytest

from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import denials
from muniment.governance.models import Denial, Grant, GrantRecord
from muniment.people.models import RoleAssignment
from muniment.release import opening
from muniment.release.models import Reading
from muniment.vault.authority import statements as texts
from tests.governance.house import House
from tests.governance.test_granting import revoked
from tests.release.conduct import opened


def tags(house: House) -> list[str]:
    return [act.clear.decode() for act in house.desk.acts(house.organisation, -1, 1000)]


def test_the_holder_reads_and_the_ledger_has_it_first(house: House) -> None:
    [record] = house.records(1)
    request = house.granted([record])
    page = opened(house, "hana", request.grant, record)

    assert page.mail.subject == "Offer"
    assert "Hello 0" in page.mail.text
    assert page.captured["channel"] == "e-mail"
    assert page.watermark.startswith("Hana, ")
    assert not page.copies
    assert page.until - page.opened == timedelta(minutes=30)
    assert any("vault:record:opened" in text and record in text for text in tags(house))


def test_one_signature_opens_one_record_once(house: House) -> None:
    records = house.records(2)
    request = house.granted(records)
    hana = house.person("hana")
    shown = opening.prepare(hana, request.grant, records, "view")
    signed = house.sign("hana", shown)
    for record in records:
        opening.read_record(house.desk, hana, request.grant, record, signed)
    with pytest.raises(RefusedError, match="has opened this record before"):
        opening.read_record(house.desk, hana, request.grant, records[0], signed)


def test_an_open_record_is_read_again_without_another_opening(house: House) -> None:
    [record] = house.records(1)
    page = opened(house, "hana", house.granted([record]).grant, record)
    before = len(tags(house))
    assert opening.read_again(house.desk, house.person("hana"), page.token).mail == page.mail
    assert len(tags(house)) == before
    for name in ("dora", "cora", "ada"):
        with pytest.raises(RefusedError, match="not open any more"):
            opening.read_again(house.desk, house.person(name), page.token)


def test_a_token_is_worth_nothing_after_half_an_hour_or_a_revocation(house: House) -> None:
    [record] = house.records(1)
    request = house.granted([record])
    page = opened(house, "hana", request.grant, record)
    revoked(house, "dora", request.grant)
    with pytest.raises(RefusedError, match="taken back"):
        opening.read_again(house.desk, house.person("hana"), page.token)
    Reading.objects.update(opened=clock.now() - timedelta(minutes=31))
    with pytest.raises(RefusedError, match="not open any more"):
        opening.read_again(house.desk, house.person("hana"), page.token)


@pytest.mark.parametrize("name", ["ines", "dora", "cora", "max", "eve", "ira", "ada", "aud"])
def test_nobody_but_the_holder_opens_and_the_attempt_is_listed(house: House, name: str) -> None:
    [record] = house.records(1)
    request = house.granted([record])
    actor = house.person(name)
    text = texts.build_opening(
        organisation=house.organisation,
        warrant=Grant.objects.get(pk=request.grant).warrant_hash,
        holder=house.id("hana"),
        records=[record],
        action=texts.Action.VIEW,
    )
    with pytest.raises(RefusedError):
        opening.read_record(house.desk, actor, request.grant, record, house.sign(name, text))
    [denial] = denials.listed(house.person("aud"))
    assert (denial.person.id, denial.record, denial.action) == (actor.id, record, "view")
    assert any("governance:access:denied" in line and record in line for line in tags(house))
    assert denials.own(actor) == (denial,)


def test_a_record_outside_the_grant_is_not_opened(house: House) -> None:
    inside, outside = house.records(1), house.records(1)
    request = house.granted(inside)
    with pytest.raises(RefusedError):
        opening.prepare(house.person("hana"), request.grant, outside, "view")
    with pytest.raises(WrongUseError):
        opening.prepare(house.person("hana"), request.grant, [], "view")
    with pytest.raises(WrongUseError):
        opening.prepare(house.person("hana"), request.grant, inside, "destroy")


def test_an_edited_database_opens_nothing(house: House) -> None:
    """The rows say yes to everything; the keeper believes its own ledger."""
    [inside], [outside] = house.records(1), house.records(1)
    request = house.granted([inside])
    grant = Grant.objects.get(pk=request.grant)
    GrantRecord.objects.create(grant=grant, record=outside)
    Grant.objects.filter(pk=grant.pk).update(actions=["view", "export"], cap=10**6)
    with pytest.raises(RefusedError, match="not on the warrant's list"):
        opened(house, "hana", request.grant, outside)
    with pytest.raises(RefusedError, match="does not allow to export"):
        opened(house, "hana", request.grant, inside, "export")
    Grant.objects.filter(pk=grant.pk).update(holder_id=house.id("ines"))
    with pytest.raises(RefusedError):
        opened(house, "ines", request.grant, inside)
    assert Denial.objects.count() == 3


def test_a_role_given_later_closes_what_was_granted(house: House) -> None:
    [record] = house.records(1)
    request = house.granted([record])
    RoleAssignment.objects.filter(person_id=house.id("hana")).delete()
    RoleAssignment.objects.create(person_id=house.id("hana"), role="administrator")
    with pytest.raises(RefusedError, match="administers"):
        opened(house, "hana", request.grant, record)


def test_a_record_marked_private_after_the_grant_stays_closed(house: House) -> None:
    [record] = house.records(1)
    request = house.granted([record])
    house.estate.doors.index.mark_private(house.organisation, (record,), "marking")
    with pytest.raises(RefusedError, match="two"):
        opened(house, "hana", request.grant, record)


def test_a_subject_request_opens_for_the_data_controller_once_a_second_person_is_told(house: House) -> None:
    [record] = house.records(1)
    request = house.located(house.submitted("cora", "dsar", purpose="L1", about=["eve"]), [record])
    request = house.approve("cora", request)
    assert opened(house, "cora", request.grant, record).mail.subject == "Offer"


def test_by_a_records_address_only_a_live_grant_of_ones_own_leads_on(house: House) -> None:
    [record] = house.records(1)
    request = house.granted([record])
    hana = house.person("hana")
    assert opening.grant_for(house.desk, hana, record).id == request.grant
    for name in ("dora", "cora", "ada"):
        with pytest.raises(RefusedError, match="no grant for this record"):
            opening.grant_for(house.desk, house.person(name), record)
    revoked(house, "dora", request.grant)
    with pytest.raises(RefusedError):
        opening.grant_for(house.desk, hana, record)
    with pytest.raises(RefusedError):
        opening.grant_for(house.desk, hana, "rec_none")
    assert [one.record for one in denials.listed(house.person("aud"))] == ["", record, record, record, record]


def test_asking_for_the_text_of_an_opening_is_refused_and_written_like_the_opening(house: House) -> None:
    [record] = house.records(1)
    request = house.granted([record])
    assert opening.ask(house.desk, house.person("hana"), request.grant, record, "view").statement
    with pytest.raises(RefusedError):
        opening.ask(house.desk, house.person("ines"), request.grant, record, "view")
    [denial] = denials.listed(house.person("aud"))
    assert (denial.person.name, denial.record) == ("Ines", record)


def test_what_an_opening_was_of_is_known_to_its_reader_only(house: House) -> None:
    [record] = house.records(1)
    request = house.granted([record])
    page = opened(house, "hana", request.grant, record)
    ended = opening.ended(house.person("hana"), page.token)
    assert ended is not None
    assert (ended.grant, ended.record, ended.action) == (request.grant, record, "view")
    assert opening.ended(house.person("dora"), page.token) is None
    assert opening.ended(house.person("hana"), "no token") is None
