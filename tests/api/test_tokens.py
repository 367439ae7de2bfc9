"""A token says who calls, and nothing more."""

from datetime import date

import pytest
from django.test import Client, RequestFactory

from muniment.api.tokens import caller
from muniment.core.errors import RefusedError
from muniment.people import services as people
from muniment.people.models import PersonalToken
from tests.api.conftest import Call
from tests.governance.house import House


def test_a_revoked_or_unknown_token_lets_nobody_in(call: Call, house: House) -> None:
    assert call("hana", "GET", "/me").status_code == 200
    people.revoke_token(house.id("hana"), PersonalToken.objects.get().pk)
    secret = f"mun_{house.organisation}_hana"
    assert call("", "GET", "/me", authorization=f"Bearer {secret}").status_code == 401
    assert call("", "GET", "/me", authorization="Basic aGFuYTpo").status_code == 401


def test_a_session_cookie_is_no_token(house: House, call: Call) -> None:
    from muniment.people.models import Account  # noqa: PLC0415

    client = Client()
    client.force_login(
        Account.objects.get(person_id=house.id("hana")),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    assert client.get("/api/v1/me").status_code == 401


def test_policies_come_first_and_can_be_accepted_over_the_api(house: House, call: Call) -> None:
    drafted = people.draft_policy(
        house.organisation,
        subject="terms",
        number="1",
        title="Terms",
        text="Be kind.",
        effective=date(2026, 1, 1),
    )
    people.publish(house.desk, drafted, by="")
    assert call("hana", "GET", "/waiting").status_code == 403
    [policy] = call("hana", "GET", "/policies").json()
    wrong = call("hana", "POST", f"/policies/{policy['id']}/acceptance", {"sha256": "00"})
    assert wrong.status_code == 403
    call("hana", "POST", f"/policies/{policy['id']}/acceptance", {"sha256": policy["sha256"]})
    assert call("hana", "GET", "/waiting").status_code == 200


def test_without_a_token_there_is_no_caller() -> None:
    with pytest.raises(RefusedError):
        caller(RequestFactory().get("/"))
