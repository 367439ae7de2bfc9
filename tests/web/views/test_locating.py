"""The Data Controller looks: signs once, searches, chooses, freezes."""

from collections.abc import Callable

import pytest
from django.test import Client

from muniment.governance.models import Search
from muniment.people.roles import Role
from muniment.web.views import locating
from tests import asking
from tests.residents import acts_after, end_of_ledger
from tests.town import Town

type Enter = Callable[..., Client]


@pytest.fixture
def finds(town: Town, monkeypatch) -> Callable[..., None]:
    def index(names: list[str], page: int = 0) -> None:
        monkeypatch.setattr(locating, "librarian", lambda: asking.Finder(town, names, page=page))

    return index


def started(town: Town, browser: Client, request: str) -> str:
    address = f"/requests/{request}/records"
    page = browser.get(address).content.decode()
    assert browser.post(address, asking.pasted(town, Role.DATA_CONTROLLER, page)).status_code == 302
    return address


def test_nothing_is_searched_before_the_signature(town: Town, signed_in: Enter, finds) -> None:
    finds(asking.records(town))
    request = asking.submitted(town)
    browser = signed_in(Role.DATA_CONTROLLER)
    page = browser.post(f"/requests/{request.id}/records", {"query": "offer"}).content.decode()
    assert "Start looking" in page
    assert not Search.objects.exists()


def test_a_search_is_in_the_ledger_and_shows_metadata(town: Town, signed_in: Enter, finds) -> None:
    [plain], [private] = asking.records(town), asking.records(town, private=True)
    finds([plain, private])
    request = asking.submitted(town)
    browser = signed_in(Role.DATA_CONTROLLER)
    address, before = started(town, browser, request.id), end_of_ledger(town)
    page = browser.post(address, {"query": "offer"}).content.decode()
    assert "2 records found" in page
    assert page.count(">Offer<") == 1
    assert "Subject hidden: marked private" in page
    assert "points a day" in page
    assert "harbour" not in page
    assert any("search:records:located" in clear for clear, _ in acts_after(town, before))


def test_a_mistake_is_shown_where_it_stands_with_what_was_meant(town: Town, signed_in: Enter, finds) -> None:
    finds([])
    browser = signed_in(Role.DATA_CONTROLLER)
    address = started(town, browser, asking.submitted(town).id)
    page = browser.post(address, {"query": "offer frm:eve"}).content.decode()
    assert "There is no field frm:, at character 7." in page
    assert "offer <mark>frm:" in page
    assert "Did you mean" in page
    assert not Search.objects.exists()


def test_what_is_ticked_stays_ticked_over_pages_and_searches(town: Town, signed_in: Enter, finds) -> None:
    names = asking.records(town, 3)
    finds(names, page=2)
    browser = signed_in(Role.DATA_CONTROLLER)
    address = started(town, browser, asking.submitted(town).id)
    first = browser.post(address, {"query": "offer"}).content.decode()
    assert "Show more" in first
    more = {"query": "offer", "record": names[:1], "do": "more", "cursor": "2"}
    second = browser.post(address, more).content.decode()
    assert "Ticked before (1)" in second
    assert f'value="{names[0]}" checked' in second
    assert f'value="{names[2]}"' in second
    assert Search.objects.count() == 1  # a next page is the same search


def test_the_choice_is_frozen_and_goes_to_who_decides(town: Town, signed_in: Enter, finds) -> None:
    names = asking.records(town, 2)
    finds(names)
    request = asking.submitted(town)
    browser = signed_in(Role.DATA_CONTROLLER)
    address = started(town, browser, request.id)
    browser.post(address, {"query": "offer"})
    check = browser.post(address, {"do": "check", "record": names}).content.decode()
    assert "Pass on 2 records?" in check
    browser.post(f"{address}/chosen", {"record": names})
    done = asking.again(town, request.id)
    assert (done.state, done.records) == ("deciding", tuple(sorted(names)))
    assert browser.get(address)["Location"] == f"/requests/{request.id}"  # there is nothing left to look for


def test_only_what_was_found_can_be_chosen(town: Town, signed_in: Enter, finds) -> None:
    found, other = asking.records(town, 2)
    finds([found])
    request = asking.submitted(town)
    browser = signed_in(Role.DATA_CONTROLLER)
    address = started(town, browser, request.id)
    browser.post(address, {"query": "offer"})
    assert b"Tick at least one" in browser.post(address, {"do": "check", "query": "offer"}).content
    assert browser.post(f"{address}/chosen", {"record": [other]}).status_code == 403
    assert asking.again(town, request.id).state == "locating"
