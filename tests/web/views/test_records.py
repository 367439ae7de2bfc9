"""My records."""

from collections.abc import Callable

from django.test import Client

from muniment.people.roles import Role


def test_nothing_held_is_said_in_words(signed_in: Callable[..., Client]) -> None:
    page = signed_in(Role.EMPLOYEE).get("/my-records").content
    assert b"Nobody has opened a record that names you" in page
