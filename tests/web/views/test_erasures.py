"""Erasing one record on its pages."""

from collections.abc import Callable

from django.test import Client

from muniment.core import clock
from muniment.governance import deciding, holds, requests
from muniment.people.roles import Role
from tests import asking
from tests.town import Town

type Enter = Callable[..., Client]
DC, DIRECTOR = Role.DATA_CONTROLLER, Role.DIRECTOR
FORM = {"ground": "unlawful", "reason": "It was sent here by mistake."}


def proposed(town: Town, signed_in: Enter, record: str, case: str) -> str:
    """The address of the request that comes of it."""
    browser = signed_in(DC)
    page = browser.post(f"/records/{record}/erase", {**FORM, "case": case}).content.decode()
    action = page.partition('method="post" action="')[2].partition('"')[0]
    answer = browser.post(action, asking.pasted(town, DC, page))
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def approved(town: Town, request: str) -> str:
    """Both sign; the grant."""
    for role, beside in ((DC, [town.ours[DIRECTOR].id]), (DIRECTOR, [])):
        actor = asking.person(town, role)
        shown = deciding.prepare_approval(town.desk, actor, request, "It must go.", beside=beside)
        deciding.decide(town.desk, actor, request, asking.sign(town, role, shown))
    return requests.one(asking.person(town, DC), request).grant


def test_from_proposal_to_certificate(town: Town, signed_in: Enter) -> None:
    names = asking.records(town)
    town.desk.take_keys(town.ours.id, "one", clock.seconds() + 86400, "s3://far/away")
    case = asking.granted(town, names).case
    request = proposed(town, signed_in, names[0], case).rpartition("/")[2]
    grant = approved(town, request)
    browser, address = signed_in(DC), f"/grants/{grant}/records/{names[0]}/erase"
    assert address in browser.get(f"/grants/{grant}").content.decode()
    page = browser.get(address).content.decode()
    assert "Nobody can bring the record back" in page
    answer = browser.post(address, asking.pasted(town, DC, page))
    certificate = browser.get(answer["Location"]).content.decode()
    assert "Final on" in certificate
    assert "Row 4" in certificate
    assert "Backups of keys, at s3://far/away: the last" in certificate
    assert answer["Location"] in browser.get("/certificates").content.decode()
    assert "This record was erased" in signed_in(Role.AUDITOR).get(f"/records/{names[0]}").content.decode()
    assert browser.get(address).status_code == 200  # says that it has been erased already


def test_what_is_held_is_refused_by_the_name_of_the_hold_on_every_page(town: Town, signed_in: Enter) -> None:
    names = asking.records(town)
    case = asking.granted(town, names).case
    grant = approved(town, proposed(town, signed_in, names[0], case).rpartition("/")[2])
    hold = holds.place(town.desk, asking.person(town, DC), names, "A claim was threatened.")
    browser = signed_in(DC)
    refused = browser.get(f"/records/{names[0]}/erase")
    assert refused.status_code == 403
    assert hold.id in refused.content.decode()
    page = browser.get(f"/grants/{grant}/records/{names[0]}/erase").content.decode()
    assert "A claim was threatened." in page
    assert "data-statement" not in page


def test_a_form_without_ground_says_what_is_missing(town: Town, signed_in: Enter) -> None:
    names = asking.records(town)
    case = asking.granted(town, names).case
    page = signed_in(DC).post(f"/records/{names[0]}/erase", {"case": case, "reason": "no"}).content.decode()
    assert "There is a problem" in page
    assert "Choose the ground" in page


def test_nobody_else_carries_it_out(town: Town, signed_in: Enter) -> None:
    names = asking.records(town)
    case = asking.granted(town, names).case
    grant = approved(town, proposed(town, signed_in, names[0], case).rpartition("/")[2])
    assert signed_in(DIRECTOR).get(f"/grants/{grant}/records/{names[0]}/erase").status_code == 403
