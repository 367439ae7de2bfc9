"""Signing a change of the register on its page."""

from collections.abc import Callable

import pytest
from django.test import Client

from muniment.people import services
from muniment.people.roles import Role
from muniment.people.views import RegisterChangeView
from muniment.vault.authority.signing import to_json
from tests.town import Town

type Enter = Callable[..., Client]


@pytest.fixture
def change(town: Town) -> RegisterChangeView:
    hr = town.ours[Role.HR].id
    return services.propose_change(
        town.ours.id, by=hr, about=hr, summary="Remove an old key",
        serial=town.desk.register_view(town.ours.id).serial + 1, remove=[town.ours[Role.REVIEWER].key],
    )  # fmt: skip


def offer_on(page: str) -> str:
    return page.partition('name="offer" value="')[2].partition('"')[0]


def test_a_page_shows_the_words_the_exact_text_and_both_ways_to_sign(
    town: Town, change: RegisterChangeView, signed_in: Enter
) -> None:
    page = signed_in(Role.DIRECTOR).get(f"/register-changes/{change.id}").content.decode()
    assert "Remove an old key" in page
    assert "data-statement" in page
    assert "muniment sign" in page
    assert "You have no passkey that may sign" in page


def test_pasted_signatures_of_two_authorities_change_the_register(
    town: Town, change: RegisterChangeView, signed_in: Enter
) -> None:
    for role, words in (
        (Role.DIRECTOR, b"waits for a second"),
        (Role.DATA_CONTROLLER, b"The register has changed"),
    ):
        browser, address = signed_in(role), f"/register-changes/{change.id}"
        offer = offer_on(browser.get(address).content.decode())
        pasted = to_json(town.ours[role].sign(change.statement)).decode()
        answer = browser.post(address, {"offer": offer, "how": "pasted", "pasted": pasted})
        assert words in answer.content


def test_the_text_can_be_saved_only_by_whom_it_was_offered_to(
    town: Town, change: RegisterChangeView, signed_in: Enter
) -> None:
    browser = signed_in(Role.DIRECTOR)
    offer = offer_on(browser.get(f"/register-changes/{change.id}").content.decode())
    use = f"register:{change.id}"
    saved = browser.post("/signing/text", {"offer": offer, "use": use})
    assert saved.content == change.statement
    assert "attachment" in saved["Content-Disposition"]
    assert (
        signed_in(Role.DATA_CONTROLLER).post("/signing/text", {"offer": offer, "use": use}).status_code == 403
    )


def test_an_authority_sees_all_changes_and_others_only_their_own(
    town: Town, change: RegisterChangeView, signed_in: Enter
) -> None:
    for role, seen in ((Role.DIRECTOR, True), (Role.HR, True), (Role.REVIEWER, False)):
        page = signed_in(role).get("/register-changes").content
        assert (b"Remove an old key" in page) == seen


def test_whoever_has_signed_is_not_asked_again(
    town: Town, change: RegisterChangeView, signed_in: Enter
) -> None:
    services.sign_change(town.desk, town.ours.id, change.id, town.ours[Role.DIRECTOR].sign(change.statement))
    page = signed_in(Role.DIRECTOR).get(f"/register-changes/{change.id}").content
    assert b"You have signed this change" in page
