"""The page on which the Data Controller lends her seat."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from muniment.governance import delegations
from muniment.people import services
from muniment.people.roles import Role
from tests.town import Town


def form(town: Town, to: Role, **changes: str) -> dict[str, str]:
    today = timezone.localdate()
    return {
        "class": "dsar",
        "person": town.ours[to].id,
        "begins": today.isoformat(),
        "ends": (today + timedelta(days=3)).isoformat(),
        "reason": "Annual leave.",
        **changes,
    }


def test_she_delegates_and_the_delegate_ends_it(town: Town, signed_in: Callable[..., Client]) -> None:
    page = (
        signed_in(Role.DATA_CONTROLLER).post("/delegations", form(town, Role.DIRECTOR), follow=True).content
    )
    assert b"may now decide in your place" in page
    assert b"Annual leave." in page
    assert b"has no key that may decide" not in page
    (made,) = delegations.listed(services.view(town.ours[Role.DIRECTOR].id))
    browser = signed_in(Role.DIRECTOR)
    assert b"End the delegation" in browser.get("/delegations").content
    assert b"Ended early" in browser.post(f"/delegations/{made.id}/end", follow=True).content


def test_the_page_says_when_the_delegate_has_no_key_that_may_decide(
    town: Town, signed_in: Callable[..., Client]
) -> None:
    page = signed_in(Role.DATA_CONTROLLER).post("/delegations", form(town, Role.HR), follow=True).content
    assert b"HR Person has no key that may decide" in page


def test_what_is_wrong_is_said_and_nothing_is_lost(town: Town, signed_in: Callable[..., Client]) -> None:
    browser = signed_in(Role.DATA_CONTROLLER)
    answer = browser.post("/delegations", form(town, Role.DIRECTOR, ends="soon"))
    assert answer.status_code == 200
    assert b"Error: Delegations" in answer.content
    assert b"Annual leave." in answer.content
    assert delegations.listed(services.view(town.ours[Role.DATA_CONTROLLER].id)) == ()


def test_nobody_else_gets_or_sends_the_form(town: Town, signed_in: Callable[..., Client]) -> None:
    browser = signed_in(Role.DIRECTOR)
    assert b"Delegate your seat" not in browser.get("/delegations").content
    assert browser.post("/delegations", form(town, Role.HR)).status_code == 403
