"""Every act of a case, in order, with its place."""

import pytest

from muniment.core.errors import RefusedError
from muniment.governance import cases
from muniment.governance.timeline import timeline
from tests.governance.house import House
from tests.governance.test_granting import revoked


def test_acts_stand_in_the_order_of_the_ledger(house: House) -> None:
    request = house.granted(house.records(2))
    revoked(house, "dora", request.grant)
    cora = house.person("cora")
    cases.close(house.desk, cora, request.case, "Settled.")
    found = timeline(cora, request.case)
    places = [one.sequence for one in found]
    assert places == sorted(set(places))
    assert [f"{one.who} {one.what}".partition(" until ")[0] for one in found] == [
        "Hana opened the case",
        "Hana asked for records",
        "Cora searched, and found 2 records",
        "Cora chose 2 records and passed the request on",
        "Dora approved the request",
        "Hana may read and listen to 2 records",
        "Dora took the grant back",
        "Cora closed the case",
    ]
    assert found[-1].reason == "Settled."


def test_what_was_searched_for_only_the_data_controller_reads(house: House) -> None:
    request = house.granted(house.records(1))
    for name, expected in (("cora", "offer"), ("hana", ""), ("dora", "")):
        acts = timeline(house.person(name), request.case)
        assert [one.reason for one in acts if "searched" in one.what] == [expected]


def test_a_refusal_and_a_second_person_told_are_there(house: House) -> None:
    request = house.refuse("dora", house.located(house.submitted(), house.records(1)))
    assert "refused the request" in [one.what for one in timeline(house.person("hana"), request.case)]
    own = house.submitted("cora", "dsar", purpose="L1")
    assert "was told, as second person" in [one.what for one in timeline(house.person("cora"), own.case)]


def test_strangers_see_nothing(house: House) -> None:
    request = house.submitted()
    with pytest.raises(RefusedError):
        timeline(house.person("eve"), request.case)
