"""The first page."""

from collections.abc import Callable

from django.test import Client

from muniment.people.roles import Role
from muniment.web import waiting
from muniment.web.waiting import Waiting


def test_it_says_what_waits_and_what_is_recorded(signed_in: Callable[..., Client], monkeypatch) -> None:
    monkeypatch.setattr(
        waiting, "_sources", [lambda person: [Waiting(f"For {person.name}", "/x", "now", "Decide")]]
    )
    page = signed_in(Role.DIRECTOR).get("/").content.decode()
    assert "For Director Person" in page
    assert page.count("Not recorded</strong>") == 4  # calls, meetings, chat, and web use


def test_when_nothing_waits_it_says_what_would(signed_in: Callable[..., Client], monkeypatch) -> None:
    monkeypatch.setattr(waiting, "_sources", [])
    assert b"When somebody needs your decision" in signed_in(Role.EMPLOYEE).get("/").content
