"""What a person reads when a page cannot be given."""

from collections.abc import Callable

from django.test import Client, RequestFactory

from muniment.people.roles import Role
from muniment.web.views import faults


def test_a_page_that_is_not_there(signed_in: Callable[..., Client]) -> None:
    answer = signed_in(Role.HR).get("/nowhere")
    assert answer.status_code == 404
    assert b"Page not found" in answer.content


def test_our_own_mistake_needs_neither_session_nor_database() -> None:
    answer = faults.broken(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert b"This is our mistake, not yours" in answer.content


def test_a_stale_form_says_that_nothing_was_changed(signed_in: Callable[..., Client]) -> None:
    answer = signed_in(Role.HR, csrf=True).post("/sign-out")
    assert answer.status_code == 403
    assert b"Nothing was changed" in answer.content


def test_a_method_that_a_page_does_not_take(signed_in: Callable[..., Client]) -> None:
    assert signed_in(Role.HR).put("/policies").status_code == 405


def test_a_request_under_another_name_is_no_request_of_ours(nobody: Client) -> None:
    assert nobody.get("/sign-in", SERVER_NAME="evil.example").status_code == 400
