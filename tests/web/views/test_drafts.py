"""A new request, question by question, saved as it goes, signed and sent."""

from collections.abc import Callable

import pytest
from django.test import Client

from muniment.governance import drafts, purposes, requests
from muniment.people.roles import Role
from tests import asking
from tests.town import Town

type Enter = Callable[..., Client]


def begin(browser: Client) -> str:
    answer = browser.post("/requests/new", {"category": "business"})
    return str(answer["Location"].split("/")[3])


def test_the_whole_way_from_the_kind_to_the_signed_request(town: Town, signed_in: Enter) -> None:
    browser = signed_in(Role.HR)
    draft = begin(browser)
    address, answers = f"/requests/drafts/{draft}/questions", [
        ("reason", {"reason": "A customer says that it was promised."}),
        ("purpose", {"purpose": "K10"}),
        ("about", {"about": [town.ours[Role.EMPLOYEE].id]}),
        ("when", {"value": "14 November, about ten"}),
        ("parties", {"value": "Eve and Sam"}),
        ("nature", {"value": "an offer"}),
        ("external_number", {"not_known": "yes"}),
        ("extension", {"not_known": "yes"}),
    ]  # fmt: skip
    for (name, given), after in zip(answers, [*answers[1:], None], strict=True):
        assert browser.get(f"{address}/{name}").status_code == 200
        answer = browser.post(f"{address}/{name}", given)
        expected = f"{address}/{after[0]}" if after else f"/requests/drafts/{draft}"
        assert (answer.status_code, answer["Location"]) == (302, expected)
    check = browser.get(f"/requests/drafts/{draft}").content.decode()
    assert "Data Controller Person looks for the records" in check
    assert "Director Person or Managing director Person decides" in check
    page = browser.get(f"/requests/drafts/{draft}/send").content.decode()
    answer = browser.post(f"/requests/drafts/{draft}/send", asking.pasted(town, Role.HR, page))
    assert answer["Location"] == f"/requests/{draft}"
    sent = requests.one(asking.person(town, Role.HR), draft)
    assert (sent.fields.nature, sent.fields.extension) == ("an offer", None)
    assert [one.id for one in sent.about] == [town.ours[Role.EMPLOYEE].id]
    gone = browser.get(f"/requests/drafts/{draft}")
    assert gone["Location"] == f"/requests/{draft}"


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("reason", {"reason": "because"}, "say in a sentence why"),
        ("when", {}, "give it, or say that it is not known"),
        ("when", {"value": "now", "not_known": "yes"}, "given and also marked as not known"),
        ("purpose", {}, "Choose the one purpose"),
        ("purpose", {"purpose": "M9"}, "Choose the one purpose"),
        ("about", {}, "Tick who it is about"),
        ("about", {"about": ["nobody", "{employee}"]}, "but not both"),
    ],
)
def test_an_answer_that_is_missing_or_double_is_asked_again(
    town: Town, signed_in: Enter, name: str, given: dict[str, object], said: str
) -> None:
    browser = signed_in(Role.HR)
    filled = {
        key: [one.format(employee=town.ours[Role.EMPLOYEE].id) for one in value]
        if isinstance(value, list)
        else value
        for key, value in given.items()
    }
    page = browser.post(f"/requests/drafts/{begin(browser)}/questions/{name}", filled).content.decode()
    assert "There is a problem" in page
    assert said in page
    assert "<title>Error: " in page


def test_another_legitimate_reason_must_be_set_out(town: Town, signed_in: Enter) -> None:
    browser, other = signed_in(Role.HR), next(one.id for one in purposes.catalogue() if one.specifics)
    address = f"/requests/drafts/{begin(browser)}/questions/purpose"
    assert b"needs its specifics" in browser.post(address, {"purpose": other}).content
    done = browser.post(address, {"purpose": other, "specifics": "to find the lost delivery note"})
    assert done.status_code == 302


def test_a_request_can_be_left_and_taken_up_again(town: Town, signed_in: Enter) -> None:
    browser = signed_in(Role.HR)
    draft = begin(browser)
    address = f"/requests/drafts/{draft}/questions/reason"
    answer = browser.post(address, {"reason": "half", "do": "later"})
    assert answer["Location"] == "/requests"
    listed = signed_in(Role.HR).get("/requests").content.decode()
    assert "half" in listed
    assert f"/requests/drafts/{draft}" in listed
    check = browser.get(f"/requests/drafts/{draft}").content.decode()
    assert f"/requests/drafts/{draft}/questions/purpose" in check
    assert "Not answered yet" in check


def test_what_is_incomplete_is_not_offered_for_signing(town: Town, signed_in: Enter) -> None:
    browser = signed_in(Role.HR)
    answer = browser.get(f"/requests/drafts/{begin(browser)}/send")
    assert answer.status_code == 400
    assert b"The request is not complete" in answer.content
    assert b"data-statement" not in answer.content


def test_an_answer_changed_from_the_list_leads_back_to_the_list(town: Town, signed_in: Enter) -> None:
    browser, draft = signed_in(Role.HR), asking.drafted(town).id
    answer = browser.post(f"/requests/drafts/{draft}/questions/when?from=check", {"value": "in May"})
    assert answer["Location"] == f"/requests/drafts/{draft}"
    assert drafts.one(asking.person(town, Role.HR), draft).given["when"] == "in May"
    assert "when" not in drafts.one(asking.person(town, Role.HR), draft).not_known


def test_a_draft_is_thrown_away(town: Town, signed_in: Enter) -> None:
    browser, draft = signed_in(Role.HR), asking.drafted(town).id
    browser.post(f"/requests/drafts/{draft}/discard")
    assert drafts.own(asking.person(town, Role.HR)) == ()


def test_a_kind_that_is_not_mine_to_ask_is_not_begun(town: Town, signed_in: Enter) -> None:
    browser = signed_in(Role.LINE_MANAGER)
    page = browser.get("/requests/new").content.decode()
    assert "A business need" in page
    assert "Erase a record" not in page
    assert b"Choose what kind" in browser.post("/requests/new", {"category": "erasure"}).content
    assert drafts.own(asking.person(town, Role.LINE_MANAGER)) == ()


def test_a_question_that_there_is_not_is_not_found(town: Town, signed_in: Enter) -> None:
    draft = asking.drafted(town).id
    for name in ("actions", "shoe-size"):  # a business need only reads: what to do is not asked
        assert signed_in(Role.HR).get(f"/requests/drafts/{draft}/questions/{name}").status_code == 404
