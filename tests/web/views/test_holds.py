"""Holds on their pages."""

from collections.abc import Callable

from django.test import Client

from muniment.people.roles import Role
from tests import asking
from tests.town import Town

type Enter = Callable[..., Client]


def placed(town: Town, signed_in: Enter, by: Role = Role.INVESTIGATOR) -> str:
    [record] = asking.records(town)
    answer = signed_in(by).post("/holds/new", {"records": record, "reason": "A claim was threatened."})
    return str(answer["Location"])


def test_one_places_it_and_it_is_listed(town: Town, signed_in: Enter) -> None:
    address = placed(town, signed_in)
    for role in (Role.INVESTIGATOR, Role.AUDITOR, Role.OFFICE_MANAGER):
        page = signed_in(role).get("/holds").content.decode()
        assert "A claim was threatened." in page
        assert address in page


def test_a_record_may_be_given_by_the_page_before(signed_in: Enter) -> None:
    page = signed_in(Role.DATA_CONTROLLER).get("/holds/new?record=rec_given").content.decode()
    assert "rec_given" in page


def test_two_different_persons_release_it(town: Town, signed_in: Enter) -> None:
    address = placed(town, signed_in)
    first, second = signed_in(Role.DATA_CONTROLLER), signed_in(Role.DIRECTOR)
    page = first.post(f"{address}/release", {"reason": "The claim is settled."}).content.decode()
    first.post(f"{address}/release", asking.pasted(town, Role.DATA_CONTROLLER, page))
    assert "waits for a second person" in first.get(address).content.decode()
    assert "has signed that it may end" in second.get(address).content.decode()
    assert "Release a hold, or not" in second.get("/").content.decode()
    page = second.post(f"{address}/release").content.decode()
    second.post(f"{address}/release", asking.pasted(town, Role.DIRECTOR, page))
    assert "The claim is settled." in second.get(address).content.decode()
    assert "Released on" in second.get(address).content.decode()


def test_the_first_may_take_the_signature_back(town: Town, signed_in: Enter) -> None:
    address = placed(town, signed_in)
    browser = signed_in(Role.DATA_CONTROLLER)
    page = browser.post(f"{address}/release", {"reason": "The claim is settled."}).content.decode()
    browser.post(f"{address}/release", asking.pasted(town, Role.DATA_CONTROLLER, page))
    browser.post(f"{address}/withdraw")
    assert "You are the first" in browser.get(address).content.decode()
