"""The session itself."""

from collections.abc import Callable

from django.test import Client

from muniment.people.roles import Role
from muniment.web.gates import LAST_SEEN


def test_the_locked_page_leaves_nothing_behind(signed_in: Callable[..., Client]) -> None:
    browser = signed_in(Role.HR)
    assert b"You have been signed out" in browser.get("/locked").content
    assert browser.get("/")["Location"].startswith("/sign-in")


def test_saying_that_one_is_there_sets_the_clock_back(signed_in: Callable[..., Client]) -> None:
    browser = signed_in(Role.HR)
    browser.get("/")
    session = browser.session
    session[LAST_SEEN] -= 600
    session.save()
    before = browser.session[LAST_SEEN]
    assert browser.post("/still-here").status_code == 204
    assert browser.session[LAST_SEEN] >= before + 600
    assert browser.get("/still-here").status_code == 405


def test_whoever_needs_no_second_factor_is_not_asked(signed_in: Callable[..., Client]) -> None:
    assert signed_in(Role.EMPLOYEE).get("/second-factor")["Location"] == "/profile"
    page = signed_in(Role.HR, by_demo_link=False).get("/second-factor").content
    assert b"A password alone is not enough" in page
