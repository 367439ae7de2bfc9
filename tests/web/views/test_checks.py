"""Checks on their page."""

from collections.abc import Callable

from django.test import Client

from muniment.people.roles import Role
from muniment.release import checking
from muniment.release.models import Check
from tests.town import Town

type Enter = Callable[..., Client]


def test_one_is_asked_for_runs_and_is_told(town: Town, signed_in: Enter) -> None:
    browser = signed_in(Role.AUDITOR)
    assert b"No check has been made" in browser.get("/checks").content
    browser.post("/checks")
    page = browser.get("/checks").content
    assert b"begins in a moment" in page
    assert b"Look again" in page
    checking.run_waiting(town.home)
    page = browser.get("/checks").content
    assert b"Nothing wrong" in page
    assert b"Auditor Person" in page


def test_damage_is_named_with_what_to_do(town: Town, signed_in: Enter) -> None:
    signed_in(Role.IT_ENGINEER).post("/checks")
    checking.run_waiting(town.home)
    Check.objects.update(
        faults=[{"kind": "damaged-record", "record": "rec_a", "advice": "entry 3, packs/1: Restore it."}]
    )
    page = signed_in(Role.IT_ENGINEER).get("/checks").content.decode()
    assert "Damaged record" in page
    assert "Restore it." in page
    assert "Entry 3, packs/1" in page
