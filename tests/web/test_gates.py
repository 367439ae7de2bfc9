"""What stands before every page: signed in, awake, second factor, policies accepted."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from muniment.core import clock
from muniment.people import services
from muniment.people.models import Account, Organisation
from muniment.people.roles import Role
from muniment.web import gates
from tests.town import Town

type Enter = Callable[..., Client]


def rest(browser: Client, seconds: int) -> None:
    session = browser.session
    session[gates.LAST_SEEN] = clock.seconds() - seconds
    session.save()


def test_whoever_is_not_signed_in_comes_back_to_where_they_were_going(nobody: Client) -> None:
    answer = nobody.get("/my-records?from=mail")
    assert answer["Location"] == "/sign-in?next=%2Fmy-records%3Ffrom%3Dmail"


def test_a_form_sent_after_the_session_ended_does_not_lead_back_to_a_post(nobody: Client) -> None:
    assert nobody.post("/still-here")["Location"] == "/sign-in?next=%2F"


def test_a_rested_session_is_signed_out_whole(town: Town, signed_in: Enter) -> None:
    browser = signed_in(Role.EMPLOYEE)
    assert browser.get("/profile").status_code == 200
    rest(browser, 15 * 60 + 1)
    assert browser.get("/profile")["Location"].startswith("/sign-in?next=%2Fprofile")
    assert "_auth_user_id" not in browser.session
    assert b"Your session locked after 15 minutes" in browser.get("/sign-in").content


def test_use_keeps_a_session_awake_and_the_organisation_says_how_long(town: Town, signed_in: Enter) -> None:
    browser = signed_in(Role.EMPLOYEE)
    browser.get("/profile")
    rest(browser, 15 * 60 - 5)
    assert browser.get("/profile").status_code == 200
    Organisation.objects.filter(pk=town.ours.id).update(idle_minutes=1)
    rest(browser, 61)
    assert browser.get("/profile").status_code == 302


def test_a_page_that_looks_again_by_itself_keeps_no_session_awake(town: Town, signed_in: Enter) -> None:
    browser = signed_in(Role.EMPLOYEE)
    browser.get("/profile")
    rest(browser, 10 * 60)
    before = browser.session[gates.LAST_SEEN]
    assert browser.get("/profile", headers={"HX-Request": "true"}).status_code == 200
    assert browser.session[gates.LAST_SEEN] == before
    browser.get("/profile")
    assert browser.session[gates.LAST_SEEN] > before


@pytest.mark.parametrize("role", Role)
def test_whoever_touches_content_or_the_machine_needs_a_second_factor(
    town: Town, signed_in: Enter, role: Role
) -> None:
    exempt = role in {Role.EMPLOYEE, Role.AUDITOR}
    answer = signed_in(role, by_demo_link=False).get("/my-records")
    assert (answer.status_code == 200) == exempt
    assert exempt or answer["Location"] == "/second-factor"


@pytest.mark.parametrize("kind", ["totp", "webauthn"])
def test_either_second_factor_opens_the_gate_and_recovery_codes_do_not(
    town: Town, signed_in: Enter, kind: str
) -> None:
    browser = signed_in(Role.DIRECTOR, by_demo_link=False)
    account = Account.objects.get(person_id=town.ours[Role.DIRECTOR].id)
    Authenticator.objects.create(user=account, type="recovery_codes", data={})
    assert browser.get("/my-records")["Location"] == "/second-factor"
    Authenticator.objects.create(user=account, type=kind, data={})
    assert browser.get("/my-records").status_code == 200


def test_policies_come_before_the_first_page_and_lead_on_to_it(
    town: Town, policy: int, signed_in: Enter
) -> None:
    browser = signed_in(Role.EMPLOYEE)
    answer = browser.get("/my-records")
    assert answer["Location"] == "/policies/acceptance?next=%2Fmy-records"
    (shown,) = services.waiting_policies(town.ours[Role.EMPLOYEE].id)
    form = {"policy": policy, "sha256": shown.sha256, "accept": "yes", "next": "/my-records"}
    answer = browser.post("/policies/acceptance", form, follow=True)
    assert answer.redirect_chain[-1][0] == "/my-records"


def test_a_suspended_account_is_nobody_from_its_next_request(town: Town, signed_in: Enter) -> None:
    browser = signed_in(Role.EMPLOYEE)
    Account.objects.filter(person_id=town.ours[Role.EMPLOYEE].id).update(is_active=False)
    assert browser.get("/profile")["Location"].startswith("/sign-in")


def test_the_names_of_open_pages_exist() -> None:
    more: dict[str, list[object]] = {"demo_link": ["x"], "enrol": ["o", "x"], "enrol_key": ["o", "x", 1]}
    more |= {"new_password": ["x"], "tour_done": [2], "tour_step": [2]}
    for name in gates.OPEN | gates.ACCEPTING:
        assert reverse(name, args=more.get(name))
