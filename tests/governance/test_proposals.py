"""The warrant that approvers sign: exact approvers, exact records, a time box and a cap."""

import pytest

from muniment.core.errors import RefusedError
from muniment.governance import proposals, requests, rules
from muniment.governance.models import Request
from muniment.vault.authority import statements as texts
from tests.governance.house import House


def test_the_cap_follows_the_count_and_an_erasure_happens_once_each() -> None:
    assert proposals.cap(("view",), 1) == 20
    assert proposals.cap(("view",), 30) == 300
    assert proposals.cap(("erase",), 3) == 3


def test_the_first_to_sign_gets_somebody_for_every_other_seat(house: House) -> None:
    request = house.located(house.submitted("ines", "private_override"), house.records(2))
    row = Request.objects.get(pk=request.id)
    proposal = proposals.proposal_for(house.person("mona"), row, rules.row_of(row), None, ())
    text = texts.read(texts.Warrant, bytes(proposal.warrant))
    assert set(text.approvers) == {house.id("mona"), house.id("cora")}
    assert (text.holder, text.count) == (house.id("ines"), 2)
    assert text.cap == 20


def test_a_waiting_proposal_is_signed_as_it_is(house: House) -> None:
    request = house.located(house.submitted("ines", "private_override"), house.records(2))
    house.approve("cora", request, beside=[house.id("dan")])
    row = requests.row_named(request.id)
    first = requests.live_approvals(row)[0].warrant_hash
    assert proposals.proposal_for(house.person("dan"), row, rules.row_of(row), None, ()).hash == first
    again = proposals.proposal_for(house.person("dora"), row, rules.row_of(row), None, ())
    assert again.hash != first, "whoever is not named proposes anew"


def test_whoever_no_longer_may_decide_spoils_a_proposal(house: House) -> None:
    request = house.located(house.submitted("ines", "private_override"), house.records(1))
    row = requests.row_named(request.id)
    proposals.require_seats(row, rules.row_of(row), (house.id("cora"), house.id("dora")))
    for approvers in (
        (house.id("cora"),),
        (house.id("cora"), house.id("hana")),
        (house.id("dora"), house.id("dan")),
    ):
        with pytest.raises(RefusedError, match="together"):
            proposals.require_seats(row, rules.row_of(row), approvers)
