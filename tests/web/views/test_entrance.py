"""Ways in by link."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from muniment.people import services
from muniment.people.models import Account, SignInLink
from muniment.people.roles import Role
from muniment.web.views import entrance
from tests.residents import PASSWORD, acts_after, end_of_ledger
from tests.town import Town


def link(town: Town, role: Role = Role.HR) -> str:
    token = services.make_link(town.ours.id, SignInLink.Use.DEMO, person=town.ours[role].id)
    return reverse("demo_link", args=[token])


def test_a_demo_link_asks_before_it_signs_in_and_is_in_the_ledger(town: Town, nobody: Client) -> None:
    address, before = link(town), end_of_ledger(town)
    assert b"Continue as HR Person" in nobody.get(address).content
    assert "_auth_user_id" not in nobody.session
    assert nobody.post(address)["Location"] == "/"
    assert nobody.get("/").status_code == 200  # no second factor is asked of a persona
    ((clear, body),) = acts_after(town, before)
    assert "people:sign_in:made" in clear
    assert b"demo_link" in body


def test_following_another_personas_link_ends_the_first_session(town: Town, nobody: Client) -> None:
    nobody.post(link(town))
    first = nobody.session.session_key
    nobody.post(link(town, Role.DIRECTOR))
    assert nobody.session.session_key != first
    assert b"Director Person" in nobody.get("/").content


def test_where_the_ledger_says_no_demo_the_link_is_dead(
    town: Town, nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrance, "says_demo", lambda _organisation: False)
    assert nobody.post(link(town)).status_code == 404
    assert "_auth_user_id" not in nobody.session


def test_a_form_from_another_site_signs_nobody_in(town: Town) -> None:
    browser = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    answer = browser.post(link(town))
    assert answer.status_code == 403
    assert b"This form can no longer be used" in answer.content


def invite(town: Town, *, first_authority: bool = False) -> tuple[str, str]:
    person = services.add_person(town.ours.id, "Invited").id
    token = services.make_link(
        town.ours.id, SignInLink.Use.ENROL, person=person, first_authority=first_authority
    )
    return person, reverse("enrol", args=[town.ours.id, token])


FORM = {"name": "Ann Smith", "email": "ann@harbour.example", "password": PASSWORD}


def test_an_invitation_makes_an_account_once(town: Town, nobody: Client) -> None:
    person, address = invite(town)
    assert nobody.post(address, FORM)["Location"] == "/"
    assert services.view(person).name == "Ann Smith"
    assert services.view(person).addresses == ("ann@harbour.example",)
    assert Account.objects.get(person_id=person).check_password(PASSWORD)
    assert Client(SERVER_NAME="localhost").get(address).status_code == 404


def test_a_form_with_a_fault_makes_nothing(town: Town, nobody: Client) -> None:
    person, address = invite(town)
    answer = nobody.post(address, {**FORM, "password": "short"})
    assert b"There is a problem" in answer.content
    assert not Account.objects.filter(person_id=person).exists()


def test_a_first_authoritys_link_stays_open_until_their_key_is_registered(
    town: Town, nobody: Client, signed_in: Callable[..., Client]
) -> None:
    _, address = invite(town, first_authority=True)
    assert nobody.post(address, FORM)["Location"] == address
    page = nobody.get(address).content
    assert b"Become a first authority" in page
    assert b"Your passkey comes first" in page
    assert Client(SERVER_NAME="localhost").get(address)["Location"].startswith("/sign-in?next=")
    assert signed_in(Role.DIRECTOR).get(address).status_code == 403


def test_nobody_registers_a_key_with_somebody_elses_link(
    town: Town, signed_in: Callable[..., Client]
) -> None:
    _, address = invite(town, first_authority=True)
    assert signed_in(Role.DIRECTOR).post(f"{address}/key/1").status_code == 404
