"""A code seen at enrolment is used up: it signs nobody in."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.test import Client

from muniment.people.models import Account
from muniment.people.roles import Role
from tests.residents import PASSWORD
from tests.town import Town


@pytest.fixture
def employee(town: Town) -> Account:
    cache.clear()
    account = Account.objects.get(person_id=town.ours[Role.EMPLOYEE].id)
    account.set_password(PASSWORD)
    account.save()
    return account


def code_of(secret: str, *, later: int = 0) -> str:
    return str(auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30 + later)))


def enrolled(employee: Account) -> tuple[str, str]:
    """Sign in by password, set the app up with a code, sign out; the secret and that code."""
    browser = signing_in(employee)
    browser.post("/sign-in/again", {"password": PASSWORD})
    assert browser.get("/profile/code-app").status_code == 200
    secret = browser.session[auth.SECRET_SESSION_KEY]
    while time.time() % 30 > 25:  # both uses within one period, as somebody who looks on would do it
        time.sleep(0.5)
    code = code_of(secret)
    browser.post("/profile/code-app", {"code": code})
    assert Authenticator.objects.filter(user=employee, type="totp").exists()
    return secret, code


def signing_in(employee: Account) -> Client:
    browser = Client(SERVER_NAME="localhost")
    browser.post("/sign-in", {"login": employee.email, "password": PASSWORD})
    return browser


def test_the_code_of_the_enrolment_does_not_sign_in(employee: Account) -> None:
    _, code = enrolled(employee)
    browser = signing_in(employee)
    answer = browser.post("/sign-in/code", {"code": code})
    assert answer.status_code == 200
    assert "_auth_user_id" not in browser.session


def test_the_next_code_does(employee: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, _ = enrolled(employee)
    counter = int(time.time()) // 30 + 1
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter([counter]))
    browser = signing_in(employee)
    answer = browser.post("/sign-in/code", {"code": auth.format_hotp_value(auth.hotp_value(secret, counter))})
    assert answer.status_code == 302
    assert browser.session["_auth_user_id"] == str(employee.pk)
