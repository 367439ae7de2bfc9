"""Cases: who sees one, and when it may close."""

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import cases, drafts
from tests.governance.house import House
from tests.governance.test_granting import revoked


def test_those_who_took_part_see_the_case(house: House) -> None:
    request = house.granted(house.records(1))
    for name in ("hana", "dora", "cora"):
        assert cases.one(house.person(name), request.case).requests == (request.id,)
    for name in ("dan", "ines", "eve", "ira", "ada", "aud"):
        with pytest.raises(RefusedError):
            cases.one(house.person(name), request.case)
        assert cases.seen_by(house.person(name)) == ()
    assert len(cases.seen_by(house.person("hana"))) == 1
    assert cases.seen_by(house.estate.house().person("cora")) == ()


def test_a_case_closes_once_its_grants_have_ended_and_takes_nothing_new(house: House) -> None:
    request = house.granted(house.records(1))
    cora = house.person("cora")
    with pytest.raises(RefusedError, match="still live"):
        cases.close(house.desk, cora, request.case, "Settled.")
    revoked(house, "dora", request.grant)
    with pytest.raises(WrongUseError):
        cases.close(house.desk, cora, request.case, " ")
    view = cases.close(house.desk, cora, request.case, "Settled.")
    assert (view.outcome, view.closed is not None) == ("Settled.", True)
    with pytest.raises(RefusedError):
        cases.close(house.desk, cora, request.case, "Again.")
    with pytest.raises(RefusedError, match="closed"):
        house.submitted(case=request.case)


def test_only_the_data_controller_closes(house: House) -> None:
    request = house.submitted()
    with pytest.raises(RefusedError):
        cases.close(house.desk, house.person("hana"), request.case, "Done.")
    assert drafts.own(house.person("hana")) == ()
