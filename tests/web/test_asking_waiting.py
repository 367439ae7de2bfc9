"""What waits for each person in the way of a request, counted right."""

from collections import Counter

from muniment.people.roles import Role
from muniment.web.asking_waiting import requests_waiting
from tests import asking
from tests.town import Town


def states(town: Town, role: Role) -> Counter[str]:
    return Counter(one.state for one in requests_waiting(asking.person(town, role)))


def test_each_thing_waits_for_whom_it_waits_for(town: Town) -> None:
    asking.drafted(town)
    asking.submitted(town)
    asking.located(town, asking.records(town))
    asking.granted(town, asking.records(town))
    assert states(town, Role.HR) == {"Draft": 1, "Open": 1}
    assert states(town, Role.DATA_CONTROLLER) == {"Look": 1}
    assert states(town, Role.DIRECTOR) == states(town, Role.MANAGING_DIRECTOR) == {"Decide": 1}
    for role in (Role.EMPLOYEE, Role.IT_ENGINEER, Role.AUDITOR, Role.REVIEWER):
        assert states(town, role) == {}


def test_the_start_page_counts_and_links_them(town: Town, signed_in) -> None:
    asking.located(town, asking.records(town))
    page = signed_in(Role.DIRECTOR).get("/").content.decode()
    assert "What waits for me (1)" in page
    assert "Decide the request of HR Person" in page


def test_what_is_decided_waits_no_longer(town: Town) -> None:
    request = asking.located(town, asking.records(town))
    asking.approved(town, request)
    assert states(town, Role.DIRECTOR) == {}
    assert states(town, Role.MANAGING_DIRECTOR) == {}
