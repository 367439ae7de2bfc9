"""Signing in by password, as allauth does it with our adapter."""

import time

import pytest
from allauth.core.internal import ratelimit
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


class Watch:
    """The clock of the limits: it goes only when told."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.monotonic, self.sleep = time.monotonic, time.sleep

    def time(self) -> float:
        return self.now


def test_guessing_is_slowed_down_and_unlocks_later(
    town: Town, employee: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    watch = Watch()
    monkeypatch.setattr(ratelimit, "time", watch)
    assert [attempt(employee, "wrong") for _ in range(5)] == [200] * 5
    before = end_of_ledger(town)
    assert attempt(employee, PASSWORD) == 200, "the right password is not even looked at now"
    assert acts_after(town, before) == []
    answers = [attempt(employee, "wrong") for _ in range(25)]
    assert set(answers[:24]) == {200}
    assert answers[24] == 429, "thirty attempts a minute, and no more"
    assert attempt(employee, PASSWORD) == 429
    watch.now += 301
    assert attempt(employee, PASSWORD) == 302


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
