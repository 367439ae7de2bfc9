"""Refused attempts."""

from collections.abc import Callable

from django.test import Client

from muniment.people.roles import Role
from muniment.web.views import denials
from tests.town import Town

type Enter = Callable[..., Client]


def test_none_is_said_in_words(signed_in: Enter) -> None:
    assert b"Nobody has been refused" in signed_in(Role.AUDITOR).get("/refused-attempts").content


def test_each_says_who_what_and_why_and_older_ones_follow(town: Town, signed_in: Enter, monkeypatch) -> None:
    monkeypatch.setattr(denials, "ON_A_PAGE", 2)
    for _ in range(3):
        signed_in(Role.HR).get("/proof-log")
    browser = signed_in(Role.DATA_CONTROLLER)
    page = browser.get("/refused-attempts").content.decode()
    assert page.count("See a page") == 2
    assert "HR Person" in page
    after = page.partition("?before=")[2].partition('"')[0]
    assert browser.get(f"/refused-attempts?before={after}").content.decode().count("See a page") == 1
    assert browser.get("/refused-attempts?before=²").status_code == 200
