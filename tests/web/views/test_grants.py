"""Grants, the page before an opening, refused attempts, taking a grant back."""

from collections.abc import Callable

import pytest
from django.test import Client

from muniment.people.roles import Role
from muniment.release.models import Reading
from tests import asking
from tests.residents import acts_after, end_of_ledger
from tests.town import Town

type Enter = Callable[..., Client]


def denials(town: Town, before: int) -> list[str]:
    return [clear for clear, _ in acts_after(town, before) if "governance:access:denied" in clear]


def test_a_holder_sees_what_may_be_opened_until_when(town: Town, signed_in: Enter) -> None:
    assert b"You have no grant" in signed_in(Role.HR).get("/grants").content
    done = asking.granted(town, asking.records(town, 2))
    listed = signed_in(Role.HR).get("/grants").content.decode()
    assert "You may read and listen to 2 records" in listed
    page = signed_in(Role.HR).get(f"/grants/{done.grant}").content.decode()
    assert "0 of at most 20" in page
    assert page.count("?action=view") == 2
    assert "Take this grant back" not in page
    approver = signed_in(Role.DIRECTOR).get(f"/grants/{done.grant}").content.decode()
    assert "Take this grant back" in approver
    assert "?action=" not in approver
    assert "Offer" not in approver


def test_the_page_before_an_opening_says_what_it_means_and_opens_nothing(
    town: Town, signed_in: Enter
) -> None:
    [name] = asking.records(town)
    done = asking.granted(town, [name])
    before = end_of_ledger(town)
    page = signed_in(Role.HR).get(f"/grants/{done.grant}/records/{name}").content.decode()
    for words in (
        "for one purpose only",
        done.purpose.name,
        "recorded before you see it",
        "may see that you",
    ):
        assert words in page
    assert acts_after(town, before) == []


def test_a_signature_opens_and_going_back_opens_nothing_twice(town: Town, signed_in: Enter) -> None:
    [name] = asking.records(town)
    done = asking.granted(town, [name])
    browser, address = signed_in(Role.HR), f"/grants/{done.grant}/records/{name}"
    page = browser.get(address).content.decode()
    answer = browser.post(address, asking.pasted(town, Role.HR, page))
    assert answer.status_code == 302
    before = end_of_ledger(town)
    assert browser.get(answer["Location"]).status_code == 200
    assert browser.get(address)["Location"] == answer["Location"]
    assert acts_after(town, before) == []
    other = signed_in(Role.HR)  # another session of the same person is asked again
    assert other.get(address).status_code == 200


def test_after_the_keeper_was_started_anew_a_record_is_opened_again(town: Town, signed_in: Enter) -> None:
    [name] = asking.records(town)
    done = asking.granted(town, [name])
    browser, address = signed_in(Role.HR), f"/grants/{done.grant}/records/{name}"
    opened = browser.post(address, asking.pasted(town, Role.HR, browser.get(address).content.decode()))
    Reading.objects.update(session=b"x" * 32)  # as the keeper has forgotten it
    assert browser.get(opened["Location"])["Location"] == f"{address}?action=view"
    assert "Before you open this record" in browser.get(address).content.decode()


@pytest.mark.parametrize("role", [Role.IT_ENGINEER, Role.DIRECTOR, Role.EMPLOYEE, Role.DATA_CONTROLLER])
def test_whoever_has_no_grant_is_refused_and_the_attempt_is_written_once(
    town: Town, signed_in: Enter, role: Role
) -> None:
    [name] = asking.records(town)
    done = asking.granted(town, [name])
    for address in (f"/records/{name}/open", f"/grants/{done.grant}/records/{name}"):
        before = end_of_ledger(town)
        answer = signed_in(role).get(address)
        assert answer.status_code == 403
        assert b"Refused, and the attempt is listed" in answer.content
        [denied] = denials(town, before)
        assert name in denied


def test_the_answer_for_a_record_that_there_is_not_is_the_same(town: Town, signed_in: Enter) -> None:
    [name] = asking.records(town)
    browser = signed_in(Role.EMPLOYEE)
    there, nowhere = browser.get(f"/records/{name}/open"), browser.get("/records/rec_none/open")
    pages = [page.content.partition(b"<main")[2].partition(b"</main>")[0] for page in (there, nowhere)]
    assert pages[0] == pages[1]
    assert there.status_code == nowhere.status_code == 403


def test_a_record_outside_the_grant_is_refused_to_its_holder(town: Town, signed_in: Enter) -> None:
    inside, outside = asking.records(town, 2)
    done = asking.granted(town, [inside])
    assert signed_in(Role.HR).get(f"/grants/{done.grant}/records/{outside}").status_code == 403
    assert signed_in(Role.HR).get(f"/grants/{done.grant}/records/{inside}?action=export").status_code == 403


def test_a_grant_taken_back_opens_nothing(town: Town, signed_in: Enter) -> None:
    [name] = asking.records(town)
    done = asking.granted(town, [name])
    browser, address = signed_in(Role.DIRECTOR), f"/grants/{done.grant}/revoke"
    assert b"Say why the grant is taken back" in browser.post(address, {"reason": " "}).content
    page = browser.post(address, {"reason": "Given by mistake."}).content.decode()
    browser.post(address, asking.pasted(town, Role.DIRECTOR, page))
    assert b"Taken back" in browser.get(f"/grants/{done.grant}").content
    assert "Given by mistake." in signed_in(Role.HR).get(f"/grants/{done.grant}").content.decode()
    assert signed_in(Role.HR).get(f"/grants/{done.grant}/records/{name}").status_code == 403
