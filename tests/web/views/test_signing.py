"""The text of an offered statement as a file; the whole way is in test_register."""

from collections.abc import Callable

from django.test import Client

from muniment.people.roles import Role


def test_without_an_offer_there_is_no_text(signed_in: Callable[..., Client]) -> None:
    answer = signed_in(Role.EMPLOYEE).post("/signing/text", {"offer": "made up", "use": "x"})
    assert answer.status_code == 403
    assert b"was not made by Muniment" in answer.content
