"""What two authorities sign together, on its page: by passkey, and the ledger has another key."""

from collections.abc import Callable

import pytest
from django.test import Client

from muniment.people import services
from muniment.people.roles import Role
from muniment.people.views import JointActView
from muniment.vault.authority.signing import SignedStatement, to_json
from muniment.vault.messages import Receipt
from muniment.web.register_waiting import joint_acts_waiting
from muniment.web.views import joint
from tests.town import Town

type Enter = Callable[..., Client]


@pytest.fixture
def act(town: Town) -> JointActView:
    return services.propose_rotation(town.desk, town.ours.id, "A disk was stolen.")


def offer_on(page: str) -> str:
    return page.partition('name="offer" value="')[2].partition('"')[0]


def waits(town: Town, role: Role) -> list[str]:
    return [one.title for one in joint_acts_waiting(services.view(town.ours[role].id))]


def test_it_waits_for_authorities_and_for_nobody_else(
    town: Town, act: JointActView, signed_in: Enter
) -> None:
    for role in (Role.DIRECTOR, Role.DATA_CONTROLLER):
        assert waits(town, role) == [act.title]
        assert f"/signed-by-two/{act.id}" in signed_in(role).get("/").content.decode()
        assert act.title in signed_in(role).get("/register-changes").content.decode()
    for role in (Role.HR, Role.ADMINISTRATOR, Role.IT_ENGINEER):
        assert waits(town, role) == []
        assert act.title not in signed_in(role).get("/register-changes").content.decode()


def test_the_page_shows_what_exactly_is_signed(town: Town, act: JointActView, signed_in: Enter) -> None:
    page = signed_in(Role.DIRECTOR).get(f"/signed-by-two/{act.id}").content.decode()
    for shown in (
        act.title,
        "A disk was stolen.",
        act.digest,
        "data-statement",
        "muniment sign",
        "another key",
    ):
        assert shown in page


class Noted:
    """The town's keeper, save that the town's ledger keeps its key: other tests count its entries."""

    def __init__(self, town: Town) -> None:
        self.town, self.asked = town, list[tuple[str, bytes, tuple[SignedStatement, ...]]]()

    def __getattr__(self, name: str) -> object:
        return getattr(self.town.desk, name)

    def rotate_ledger(
        self, organisation: str, statement: bytes, signatures: tuple[SignedStatement, ...]
    ) -> Receipt:
        self.asked.append((organisation, statement, signatures))
        return Receipt(organisation, 7, 1, b"", 0, b"")


def test_two_signatures_and_it_is_done(
    town: Town, act: JointActView, signed_in: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = Noted(town)
    monkeypatch.setattr(joint, "desk", lambda: noted)
    for role, words in (
        (Role.DIRECTOR, b"waits for a second"),
        (Role.DATA_CONTROLLER, b"The ledger goes on with another key"),
    ):
        browser, address = signed_in(role), f"/signed-by-two/{act.id}"
        offer = offer_on(browser.get(address).content.decode())
        pasted = to_json(town.ours[role].sign(act.statement)).decode()
        assert words in browser.post(address, {"offer": offer, "how": "pasted", "pasted": pasted}).content
        assert waits(town, role) == []
    ((organisation, statement, signatures),) = noted.asked
    assert (organisation, statement) == (town.ours.id, act.statement)
    authorities = {town.ours[role].id for role in (Role.DIRECTOR, Role.DATA_CONTROLLER)}
    assert {one.person for one in signatures} == authorities
    assert signed_in(Role.DIRECTOR).get(f"/signed-by-two/{act.id}").status_code == 404


def test_whoever_has_signed_is_not_asked_again(town: Town, act: JointActView, signed_in: Enter) -> None:
    services.sign_joint_act(town.desk, town.ours.id, act.id, town.ours[Role.DIRECTOR].sign(act.statement))
    page = signed_in(Role.DIRECTOR).get(f"/signed-by-two/{act.id}").content
    assert b"You have signed this" in page
    assert b"data-statement" not in page


def test_one_authority_turns_it_down(town: Town, act: JointActView, signed_in: Enter) -> None:
    answer = signed_in(Role.DATA_CONTROLLER).post(f"/signed-by-two/{act.id}/turn-down")
    assert (answer.status_code, answer["Location"]) == (302, "/register-changes")
    assert waits(town, Role.DIRECTOR) == []


def test_who_runs_the_machine_cannot_turn_it_down_on_a_page(
    town: Town, act: JointActView, signed_in: Enter
) -> None:
    for role in (Role.ADMINISTRATOR, Role.IT_ENGINEER):
        assert signed_in(role).post(f"/signed-by-two/{act.id}/turn-down").status_code == 403
    assert waits(town, Role.DIRECTOR) == [act.title]
