"""Reading and accepting policies."""

from collections.abc import Callable

from django.test import Client

from muniment.people import services
from muniment.people.models import PolicyAcceptance
from muniment.people.roles import Role
from tests.town import Town


def form(town: Town, policy: int, **changes: str) -> dict[str, object]:
    (shown,) = services.waiting_policies(town.ours[Role.EMPLOYEE].id)
    return {"policy": policy, "sha256": shown.sha256, "accept": "yes", "next": "/profile", **changes}


def test_the_text_stands_on_the_page_with_what_accepting_means(
    town: Town, policy: int, signed_in: Callable[..., Client]
) -> None:
    page = signed_in(Role.EMPLOYEE).get("/policies/acceptance").content
    assert b"Write nothing that you would not sign." in page
    assert b"is not consent under data-protection law" in page


def test_the_box_must_be_ticked(town: Town, policy: int, signed_in: Callable[..., Client]) -> None:
    answer = signed_in(Role.EMPLOYEE).post("/policies/acceptance", form(town, policy, accept=""))
    assert answer.status_code == 200
    assert b"Error: Read and accept" in answer.content
    assert not PolicyAcceptance.objects.exists()


def test_accepting_keeps_the_address_that_the_server_saw(
    town: Town, policy: int, signed_in: Callable[..., Client]
) -> None:
    answer = signed_in(Role.EMPLOYEE).post(
        "/policies/acceptance", form(town, policy), REMOTE_ADDR="192.0.2.5"
    )
    assert answer.status_code == 302
    assert PolicyAcceptance.objects.get().address == "192.0.2.5"


def test_the_way_on_never_leads_to_another_site(
    town: Town, policy: int, signed_in: Callable[..., Client]
) -> None:
    browser = signed_in(Role.EMPLOYEE)
    answer = browser.post(
        "/policies/acceptance", form(town, policy, next="https://evil.example/"), follow=True
    )
    assert answer.redirect_chain[-1][0] == "/"


def test_an_old_page_accepts_nothing(town: Town, policy: int, signed_in: Callable[..., Client]) -> None:
    answer = signed_in(Role.EMPLOYEE).post("/policies/acceptance", form(town, policy, sha256="0" * 64))
    assert answer.status_code == 403
    assert b"not the current version" in answer.content


def test_policies_are_listed_with_their_state(
    town: Town, policy: int, signed_in: Callable[..., Client]
) -> None:
    browser = signed_in(Role.EMPLOYEE)
    browser.post("/policies/acceptance", form(town, policy))
    assert b"How we use e-mail" in browser.get("/policies").content
    page = browser.get(f"/policies/{policy}").content.decode()
    assert services.policies(town.ours[Role.EMPLOYEE].id)[0].sha256 in page


def test_an_empty_list_says_how_it_fills(signed_in: Callable[..., Client]) -> None:
    assert b"has published no policy here yet" in signed_in(Role.EMPLOYEE).get("/policies").content


def test_the_data_controller_publishes_and_everybody_is_asked(
    town: Town, signed_in: Callable[..., Client]
) -> None:
    browser = signed_in(Role.DATA_CONTROLLER)
    given = {
        "title": "Use of e-mail",
        "number": "1",
        "effective": "27/3/2026",
        "text": "Write nothing silly.",
    }
    assert b"Error: Publish" in browser.post("/policies/new", {**given, "effective": "soon"}).content
    assert browser.post("/policies/new", given)["Location"] == "/policies"
    [waiting] = services.waiting_policies(town.ours[Role.EMPLOYEE].id)
    assert (waiting.subject, waiting.number, str(waiting.effective)) == ("use-of-e-mail", "1", "2026-03-27")
    assert services.waiting_policies(town.theirs[Role.EMPLOYEE].id) == ()
