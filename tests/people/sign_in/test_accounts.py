"""Signing in by password, as allauth does it with our adapter."""

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from muniment.core.home import Home
from muniment.people.models import Account
from muniment.people.roles import Role
from muniment.people.sign_in.accounts import AccountAdapter
from muniment.web import desk
from tests.residents import PASSWORD, acts_after, end_of_ledger
from tests.town import Town


@pytest.fixture
def employee(town: Town) -> Account:
    account = Account.objects.get(person_id=town.ours[Role.EMPLOYEE].id)
    account.set_password(PASSWORD)
    account.save()
    return account


def attempt(account: Account, password: str) -> int:
    browser = Client(SERVER_NAME="localhost")
    return browser.post(reverse("account_login"), {"login": account.email, "password": password}).status_code


def test_success_and_failure_are_ledger_entries(town: Town, employee: Account) -> None:
    before = end_of_ledger(town)
    assert attempt(employee, "wrong") == 200
    assert attempt(employee, PASSWORD) == 302
    assert ["failed" in clear for clear, _ in acts_after(town, before)] == [True, False]


def test_an_unknown_address_is_in_no_ledger(town: Town, employee: Account) -> None:
    before = end_of_ledger(town)
    employee.email = "nobody@harbour.example"
    assert attempt(employee, "wrong") == 200
    assert acts_after(town, before) == []


def test_guessing_is_slowed_down(town: Town, employee: Account) -> None:
    cache.clear()
    for _ in range(5):
        attempt(employee, "wrong")
    assert attempt(employee, PASSWORD) in {200, 429}


def test_without_the_keeper_nobody_is_signed_in(
    town: Town, employee: Account, settings: Settings, tmp_path
) -> None:
    settings.HOME = Home(tmp_path)
    desk.desk.cache_clear()
    browser = Client(SERVER_NAME="localhost")
    answer = browser.post(reverse("account_login"), {"login": employee.email, "password": PASSWORD})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "_auth_user_id" not in browser.session


def test_nobody_signs_up(town: Town) -> None:
    assert not AccountAdapter().is_open_for_signup(RequestFactory().get("/"))
