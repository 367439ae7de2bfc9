"""The page of contracts, as the commissioner uses it."""

from collections.abc import Callable

from django.test import Client

from muniment.people import services
from muniment.people.models import Person
from muniment.people.roles import Role
from muniment.people.services.contracts import MUST_CITE
from tests.town import Town


def test_the_commissioner_attests_and_others_see(town: Town, signed_in: Callable[..., Client]) -> None:
    person = services.add_person(town.ours.id, "Connie", kind=Person.Kind.CONTRACTOR)
    browser = signed_in(Role.LINE_MANAGER)
    form = {
        "person": person.id,
        "reference": "C-17",
        "signed": "2026-01-05",
        "ends": "",
        "cites": ["confidentiality"],
    }
    answer = browser.post("/contracts", form)
    assert b"Error: Contracts" in answer.content
    assert b"must cite: data protection, freedom of information" in answer.content
    assert b"Give the day" in browser.post("/contracts", {**form, "signed": "once"}).content
    answer = browser.post("/contracts", {**form, "cites": list(MUST_CITE)}, follow=True)
    assert b"Attested by Line manager Person" in answer.content
    page = signed_in(Role.AUDITOR).get("/contracts").content
    assert b"C-17" in page
    assert b"Attest a contract" not in page
    assert signed_in(Role.AUDITOR).post("/contracts", form).status_code == 403


def test_the_policies_lead_there(town: Town, signed_in: Callable[..., Client]) -> None:
    assert b'href="/contracts"' in signed_in(Role.DIRECTOR).get("/policies").content
    assert b'href="/contracts"' not in signed_in(Role.EMPLOYEE).get("/policies").content
