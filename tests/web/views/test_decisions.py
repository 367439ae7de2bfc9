"""Deciding on one page, and what is signed."""

from collections.abc import Callable

from django.test import Client

from muniment.governance import granting
from muniment.people.roles import Role
from tests import asking
from tests.residents import acts_after, end_of_ledger
from tests.town import Town

type Enter = Callable[..., Client]


def decide(town: Town, browser: Client, role: Role, request: str, **given: object) -> str:
    page = browser.post(f"/requests/{request}/decision", given).content.decode()
    signed = asking.pasted(town, role, page)
    return browser.post(f"/requests/{request}/decision/signed", signed).content.decode()


def test_the_page_says_who_what_why_about_whom_and_why_it_is_me(town: Town, signed_in: Enter) -> None:
    names = asking.records(town, 2)
    request = asking.located(town, names, asking.submitted(town, about=[Role.EMPLOYEE]))
    page = signed_in(Role.DIRECTOR).get(f"/requests/{request.id}/decision").content.decode()
    for words in (
        "HR Person asks to read and listen to 2 records",
        "To settle a question about an order.",
        "Employee Person",
        "Only a company director may authorise",
        request.clause,
        "Each opening is recorded",
    ):
        assert words in page
    assert "Offer" not in page  # the subject of the records: an approver gets counts and metadata only


def test_a_signed_yes_makes_a_grant(town: Town, signed_in: Enter) -> None:
    request = asking.located(town, asking.records(town))
    page = decide(
        town, signed_in(Role.DIRECTOR), Role.DIRECTOR, request.id, verdict="approve", reason="Needed."
    )
    assert "You said yes" in page
    done = asking.again(town, request.id)
    assert granting.one(asking.person(town, Role.HR), done.grant).records == request.records


def test_a_yes_in_part_covers_what_was_left_ticked(town: Town, signed_in: Enter) -> None:
    names = asking.records(town, 3)
    request = asking.located(town, names)
    page = decide(
        town, signed_in(Role.DIRECTOR), Role.DIRECTOR, request.id,
        verdict="part", record=names[:1], reason="One is enough.",
    )  # fmt: skip
    assert "You said yes in part" in page
    done = asking.again(town, request.id)
    assert granting.one(asking.person(town, Role.HR), done.grant).records == (names[0],)


def test_a_no_is_signed_and_told(town: Town, signed_in: Enter) -> None:
    request = asking.located(town, asking.records(town))
    page = decide(town, signed_in(Role.DIRECTOR), Role.DIRECTOR, request.id, verdict="refuse", reason="Why?")
    assert "You said no" in page
    assert asking.again(town, request.id).state == "refused"
    mine = signed_in(Role.HR).get(f"/requests/{request.id}").content.decode()
    assert "“Why?”" in mine


def test_what_is_missing_or_contradicts_itself_is_asked_again(town: Town, signed_in: Enter) -> None:
    names = asking.records(town, 2)
    request = asking.located(town, names)
    browser, address = signed_in(Role.DIRECTOR), f"/requests/{request.id}/decision"
    for given, said in (
        ({}, "Say yes or no"),
        ({"verdict": "approve", "record": names}, "Give your reason"),
        ({"verdict": "part", "reason": "Some."}, "Tick the records that may be opened"),
        ({"verdict": "approve", "record": names[:1], "reason": "All."}, "You unticked some records"),
    ):
        page = browser.post(address, given).content.decode()
        assert said in page
        assert "data-statement" not in page
    kept = browser.post(address, {"verdict": "part", "reason": "My reason", "record": []}).content.decode()
    assert "My reason" in kept


def test_private_records_take_a_second_person_whom_the_first_names(town: Town, signed_in: Enter) -> None:
    [name] = asking.records(town, private=True)
    request = asking.located(town, [name])
    controller = signed_in(Role.DATA_CONTROLLER)
    page = controller.get(f"/requests/{request.id}/decision").content.decode()
    assert "takes the yes of two persons" in page
    assert "Who else must say yes" in page
    second = town.ours[Role.MANAGING_DIRECTOR].id
    page = decide(
        town, controller, Role.DATA_CONTROLLER, request.id,
        verdict="approve", reason="Needed.", beside=second,
    )  # fmt: skip
    assert "Another person must say yes too: Managing director Person" in page
    assert asking.again(town, request.id).grant == ""
    director = signed_in(Role.MANAGING_DIRECTOR)
    assert b"If you sign the same, it counts" in director.get(f"/requests/{request.id}/decision").content
    decide(town, director, Role.MANAGING_DIRECTOR, request.id, verdict="approve", reason="I agree.")
    assert asking.again(town, request.id).grant


def test_a_request_about_oneself_or_of_ones_own_is_refused_once_and_clearly(
    town: Town, signed_in: Enter
) -> None:
    own = asking.located(town, asking.records(town), asking.submitted(town, Role.DIRECTOR))
    about = asking.located(town, asking.records(town), asking.submitted(town, about=[Role.DIRECTOR]))
    for request, why in ((own, "nobody decides their own request"), (about, "the request is about you")):
        before = end_of_ledger(town)
        answer = signed_in(Role.DIRECTOR).get(f"/requests/{request.id}/decision")
        assert answer.status_code == 403
        assert why in answer.content.decode().lower()
        denied = [clear for clear, _ in acts_after(town, before) if "governance:access:denied" in clear]
        assert len(denied) == 1


def test_a_decision_signed_for_another_text_is_not_taken(town: Town, signed_in: Enter) -> None:
    names = asking.records(town)
    first, second = asking.located(town, names), asking.located(town, names)
    browser = signed_in(Role.DIRECTOR)
    given = {"verdict": "approve", "reason": "Needed."}
    page = browser.post(f"/requests/{first.id}/decision", given).content.decode()
    answer = browser.post(f"/requests/{second.id}/decision/signed", asking.pasted(town, Role.DIRECTOR, page))
    assert answer.status_code == 403
    assert asking.again(town, second.id).grant == ""
