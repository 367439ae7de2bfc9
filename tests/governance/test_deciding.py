"""From request to grant, with every signature checked by a real keeper."""

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import deciding, granting, requests
from muniment.governance.models import Decision, Grant
from muniment.governance.views import GrantState, RequestState
from muniment.vault.authority import statements as texts
from tests.governance.house import House


def test_a_director_approves_and_the_holder_gets_exactly_what_was_chosen(house: House) -> None:
    records = house.records(3)
    request = house.granted(records)

    assert request.state is RequestState.GRANTED
    grant = granting.one(house.person("hana"), request.grant)
    assert grant.state is GrantState.LIVE
    assert grant.records == tuple(sorted(records))
    assert grant.actions == ("listen", "view")
    assert [person.name for person in grant.approvers] == ["Dora"]
    assert (grant.not_after - grant.not_before).days == 14
    [decision] = request.decisions
    assert (decision.person.name, decision.reason) == ("Dora", "It is needed.")
    assert "second paragraph" in decision.clause


def test_nobody_decides_their_own_request(house: House) -> None:
    request = house.located(house.submitted("dora"), house.records(1))

    assert house.id("dora") not in {person.id for person in request.waits_for}
    with pytest.raises(RefusedError, match="own request"):
        house.approve("dora", request)
    assert house.approve("dan", request).state is RequestState.GRANTED


def test_nobody_decides_about_themselves_or_about_whom_they_manage(house: House) -> None:
    about_dora = house.located(house.submitted(about=["dora"]), house.records(1))
    with pytest.raises(RefusedError, match="about you"):
        house.approve("dora", about_dora)
    with pytest.raises(RefusedError, match="about you"):
        house.refuse("dora", about_dora)


def test_a_refusal_is_signed_reasoned_and_final(house: House) -> None:
    request = house.refuse("dora", house.located(house.submitted(), house.records(1)))

    assert request.state is RequestState.REFUSED
    assert request.decisions[0].reason == "It is not needed."
    with pytest.raises(RefusedError):
        house.approve("dan", request)
    assert not Grant.objects.filter(request_id=request.id).exists()


def test_a_yes_in_part_grants_fewer_records(house: House) -> None:
    records = house.records(3)
    request = house.located(house.submitted(), records)
    request = house.approve("dora", request, records=records[:1])

    assert request.decisions[0].verdict == Decision.Verdict.PART
    assert granting.one(house.person("hana"), request.grant).records == (records[0],)


def test_a_yes_to_other_records_than_were_chosen_is_refused(house: House) -> None:
    chosen, other = house.records(1), house.records(1)
    request = house.located(house.submitted(), chosen)
    for listed in (other, [], [*chosen, *other]):
        with pytest.raises(RefusedError, match="some or all of the records"):
            house.approve("dora", request, records=listed)


def test_two_persons_sign_one_warrant_and_only_then_it_counts(house: House) -> None:
    request = house.located(house.submitted("ines", "private_override"), house.records(1, private=True))
    request = house.approve("cora", request, beside=[house.id("dan")])

    assert request.state is RequestState.DECIDING
    assert {person.name for person in request.waits_for} >= {"Dan"}
    request = house.approve("dan", request)
    assert request.state is RequestState.GRANTED
    assert len({decision.warrant for decision in request.decisions}) == 1


def test_a_second_approver_who_sees_less_replaces_what_the_first_signed(house: House) -> None:
    records = house.records(2, private=True)
    request = house.located(house.submitted("ines", "private_override"), records)
    house.approve("cora", request, beside=[house.id("dora")])
    request = house.approve("dora", request, records=records[:1])

    assert request.state is RequestState.DECIDING
    assert [person.name for person in request.waits_for] == ["Cora"]
    request = house.approve("cora", request)
    assert granting.one(house.person("ines"), request.grant).records == (records[0],)


def test_another_second_approver_may_step_in(house: House) -> None:
    request = house.located(house.submitted("ines", "private_override"), house.records(1, private=True))
    house.approve("cora", request, beside=[house.id("dora")])
    request = house.approve("mona", request)  # proposes anew, with the Data Controller beside her
    assert request.state is RequestState.DECIDING
    assert house.approve("cora", request).state is RequestState.GRANTED


def test_two_persons_of_one_seat_are_not_enough(house: House) -> None:
    request = house.located(house.submitted("ines", "private_override"), house.records(1))
    with pytest.raises(RefusedError, match="may not decide this request together"):
        house.approve("dora", request, beside=[house.id("dan")])
    with pytest.raises(RefusedError, match="may not decide this request together"):
        house.approve("cora", request, beside=[house.id("dan"), house.id("dora")])


def test_a_private_record_makes_two_decide_whatever_the_class_says(house: House) -> None:
    request = house.located(house.submitted(), house.records(1, private=True))
    assert request.seats == 2
    request = house.approve("cora", request)
    assert request.state is RequestState.DECIDING


def test_a_disciplinary_director_must_have_consulted_first(house: House) -> None:
    request = house.located(house.submitted(category="disciplinary", purpose="K4"), house.records(1))
    with pytest.raises(RefusedError, match="not been consulted"):
        house.approve("dora", request)
    deciding.consult(house.desk, house.person("cora"), request.id, "I see no objection.")
    assert house.approve("dora", request).state is RequestState.GRANTED


def test_the_data_controller_decides_a_disciplinary_request_without_consulting(house: House) -> None:
    request = house.located(house.submitted(category="disciplinary", purpose="K4"), house.records(1))
    assert house.approve("cora", request).state is RequestState.GRANTED


def test_only_the_text_that_was_shown_can_come_back_and_only_once(house: House) -> None:
    request = house.located(house.submitted(), house.records(1))
    dora = house.person("dora")
    shown = deciding.prepare_approval(house.desk, dora, request.id, "It is needed.")
    own = texts.build_decision(
        organisation=house.organisation,
        request=request.id,
        warrant="00" * 32,
        decision=texts.Verdict.APPROVE,
        reason="mine",
        clause="mine",
        person=dora.id,
    )
    with pytest.raises(RefusedError, match="not the text that you were shown"):
        deciding.decide(house.desk, dora, request.id, house.sign("dora", own))
    with pytest.raises(RefusedError, match="Somebody else signed"):
        deciding.decide(house.desk, dora, request.id, house.sign("dan", shown))
    deciding.decide(house.desk, dora, request.id, house.sign("dora", shown))
    with pytest.raises(RefusedError):
        deciding.decide(house.desk, dora, request.id, house.sign("dora", shown))


def test_a_signature_under_another_text_is_refused(house: House) -> None:
    request = house.located(house.submitted(), house.records(1))
    dora = house.person("dora")
    shown = deciding.prepare_approval(house.desk, dora, request.id, "It is needed.")
    other = deciding.prepare_approval(house.desk, dora, request.id, "Another reason.")
    forged = house.sign("dora", shown).__class__(
        statement=other.statement,
        person=dora.id,
        key=house.sign("dora", shown).key,
        kind=house.sign("dora", shown).kind,
        signature=house.sign("dora", shown).signature,
    )
    with pytest.raises(RefusedError, match="does not hold"):
        deciding.decide(house.desk, dora, request.id, forged)


def test_a_key_without_the_power_to_decide_signs_no_decision(house: House) -> None:
    request = house.located(house.submitted(), house.records(1))
    from muniment.people.models import RoleAssignment  # noqa: PLC0415

    RoleAssignment.objects.create(person_id=house.id("max"), role="director")
    with pytest.raises(RefusedError, match="Your key cannot sign"):
        house.approve("max", request)


def test_a_decision_needs_a_reason(house: House) -> None:
    request = house.located(house.submitted(), house.records(1))
    with pytest.raises(WrongUseError, match="reason"):
        deciding.prepare_approval(house.desk, house.person("dora"), request.id, "  ")


def test_a_request_of_another_organisation_is_not_there(house: House) -> None:
    other = house.estate.house()
    request = house.located(house.submitted(), house.records(1))
    with pytest.raises(RefusedError):
        requests.one(other.person("dora"), request.id)
    with pytest.raises(RefusedError):
        deciding.prepare_approval(house.desk, other.person("dora"), request.id, "Needed.")
