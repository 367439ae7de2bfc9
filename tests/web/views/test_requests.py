"""My requests, one request with where it stands, and the view of who is consulted."""

from collections.abc import Callable

from django.test import Client

from muniment.people.roles import Role
from tests import asking
from tests.residents import acts_after, end_of_ledger
from tests.town import Town

type Enter = Callable[..., Client]


def test_the_list_says_what_happens_next_and_by_when(town: Town, signed_in: Enter) -> None:
    empty = signed_in(Role.HR).get("/requests").content.decode()
    assert "You have sent no request" in empty
    asking.submitted(town)
    page = signed_in(Role.HR).get("/requests").content.decode()
    assert "Data Controller Person looks for the records" in page
    assert "the right to look for them ends" in page


def test_each_reader_gets_what_they_can_do(town: Town, signed_in: Enter) -> None:
    looked_for = asking.submitted(town)
    waiting = asking.located(town, asking.records(town))
    pages = {
        (role, one.id): signed_in(role).get(f"/requests/{one.id}").content.decode()
        for role in (Role.HR, Role.DATA_CONTROLLER, Role.DIRECTOR)
        for one in (looked_for, waiting)
    }
    offering_search = {key for key, page in pages.items() if "Look for the records" in page}
    offering_decision = {key for key, page in pages.items() if "/decision" in page}
    assert offering_search == {(Role.DATA_CONTROLLER, looked_for.id)}
    assert offering_decision == {(Role.DIRECTOR, waiting.id)}


def test_a_decision_stands_there_with_its_reason_clause_and_place(town: Town, signed_in: Enter) -> None:
    done = asking.granted(town, asking.records(town))
    page = signed_in(Role.HR).get(f"/requests/{done.id}").content.decode()
    assert "“It is needed.”" in page
    assert done.decisions[0].clause in page
    assert f"Number {done.decisions[0].ledger_sequence:,}" in page
    assert f"/grants/{done.grant}" in page


def test_a_director_is_told_why_a_request_about_them_is_kept_from_them(town: Town, signed_in: Enter) -> None:
    request = asking.located(town, asking.records(town), asking.submitted(town, about=[Role.DIRECTOR]))
    before = end_of_ledger(town)
    answer = signed_in(Role.DIRECTOR).get(f"/requests/{request.id}")
    assert answer.status_code == 403
    assert b"The request is about you" in answer.content
    assert "To settle a question" not in answer.content.decode()
    written = [clear for clear, _ in acts_after(town, before) if "governance:access:denied" in clear]
    assert len(written) == 1


def test_an_employee_learns_nothing_of_a_request_about_them(town: Town, signed_in: Enter) -> None:
    request = asking.submitted(town, about=[Role.EMPLOYEE])
    there = signed_in(Role.EMPLOYEE).get(f"/requests/{request.id}")
    nowhere = signed_in(Role.EMPLOYEE).get("/requests/req_nothing")
    assert (there.status_code, nowhere.status_code) == (404, 404)


def test_who_is_consulted_gives_a_view_that_the_decider_reads(town: Town, signed_in: Enter) -> None:
    names = asking.records(town)
    request = asking.located(town, names, asking.submitted(town, category="disciplinary"))
    director = signed_in(Role.DIRECTOR)
    assert b"must be consulted before" in director.get(f"/requests/{request.id}/decision").content
    # The Data Controller may decide this one herself, so the form is not on her page; the act is hers.
    signed_in(Role.DATA_CONTROLLER).post(f"/requests/{request.id}/view", {"view": "I see no objection."})
    page = director.get(f"/requests/{request.id}/decision").content
    assert b"I see no objection." in page
    assert b"must be consulted before" not in page
