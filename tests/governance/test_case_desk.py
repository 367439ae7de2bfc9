"""The desk of cases."""

from muniment.governance import cases
from muniment.governance.case_desk import cases_of, request_line, requests_in
from muniment.governance.models import Case
from tests.governance.house import House


def test_what_is_due_first_stands_first_and_what_is_undated_last(house: House) -> None:
    undated = house.located(house.submitted(), house.records(1))
    dated = house.submitted()
    cora = house.person("cora")
    assert [line.case.id for line in cases_of(cora)] == [dated.case, undated.case]
    assert [line.case.id for line in cases_of(cora, order="age")] == [undated.case, dated.case]
    first, second = cases_of(cora)
    assert first.by is not None
    assert second.by is None
    assert first.age == 0


def test_open_and_closed_are_told_apart(house: House) -> None:
    request = house.refuse("dora", house.located(house.submitted(), house.records(1)))
    cora = house.person("cora")
    cases.close(house.desk, cora, request.case, "Nothing.")
    assert cases_of(cora) == ()
    assert [line.case.id for line in cases_of(cora, "closed")] == [request.case]
    assert len(cases_of(cora, "all")) == 1


def test_each_sees_their_own_cases_and_requests(house: House) -> None:
    request = house.submitted("hana")
    assert [line.case.id for line in cases_of(house.person("hana"))] == [request.case]
    assert cases_of(house.person("ines")) == ()
    assert requests_in(house.person("hana"), request.case) == (request_line(request),)
    assert requests_in(house.person("ines"), request.case) == ()
    assert Case.objects.count() == 1
