"""The desk, a case with its timeline, its end."""

from collections.abc import Callable

from django.test import Client

from muniment.governance import granting
from muniment.people.roles import Role
from tests import asking
from tests.town import Town

type Enter = Callable[..., Client]


def test_the_desk_lists_each_case_with_where_it_stands(town: Town, signed_in: Enter) -> None:
    empty = signed_in(Role.DATA_CONTROLLER).get("/cases").content.decode()
    assert "No open case" in empty
    asking.submitted(town)
    asking.granted(town, asking.records(town))
    page = signed_in(Role.DATA_CONTROLLER).get("/cases").content.decode()
    assert "2 cases" in page
    assert "Being looked for" in page
    assert "Granted" in page
    assert "No closed case" in signed_in(Role.DATA_CONTROLLER).get("/cases?which=closed").content.decode()
    assert "2 cases" in signed_in(Role.DATA_CONTROLLER).get("/cases?which=odd&order=odd").content.decode()
    assert "No open case" in signed_in(Role.REVIEWER).get("/cases").content.decode()


def test_a_case_shows_every_act_with_its_place_in_the_proof_log(town: Town, signed_in: Enter) -> None:
    done = asking.granted(town, asking.records(town))
    page = signed_in(Role.DATA_CONTROLLER).get(f"/cases/{done.case}").content.decode()
    for words in (
        "HR Person opened the case",
        "HR Person asked for records",
        "searched, and found 1 record",
        "chose 1 record",
        "Director Person approved the request",
        f"number {done.decisions[0].ledger_sequence:,} in the proof log",
    ):
        assert words in page


def test_a_case_is_closed_once_nothing_in_it_is_live(town: Town, signed_in: Enter) -> None:
    done = asking.granted(town, asking.records(town))
    browser, address = signed_in(Role.DATA_CONTROLLER), f"/cases/{done.case}/close"
    refused = browser.post(address, {"outcome": "Settled."})
    assert refused.status_code == 403
    assert b"still live" in refused.content
    actor = asking.person(town, Role.DATA_CONTROLLER)
    shown = granting.prepare_revocation(actor, done.grant, "No longer needed.")
    granting.revoke(town.desk, actor, done.grant, asking.sign(town, Role.DATA_CONTROLLER, shown))
    assert browser.post(address, {"outcome": "Settled."}).status_code == 302
    page = browser.get(f"/cases/{done.case}").content.decode()
    assert "Settled." in page
    assert "took the grant back" in page
    assert "Close the case" not in page
