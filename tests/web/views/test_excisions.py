"""Taking stretches out of a recording on its pages."""

from collections.abc import Callable

import pytest
from django.test import Client

from muniment.governance import holds
from muniment.people.roles import Role
from muniment.release.models import Certificate, Excision
from tests import asking
from tests.readers.calls.samples import a_call, the_facts
from tests.readers.calls.test_reading import statement
from tests.readers.calls.test_vcon import vcon
from tests.town import Town
from tests.web.views.test_erasures import approved

type Enter = Callable[..., Client]
DC = Role.DATA_CONTROLLER
SENT = {"start-1": "0:01", "end-1": "0:02", "reason": "The security code was said."}


@pytest.fixture
def record(town: Town) -> str:
    return asking.recording(town, a_call(), statement("siprec", facts=the_facts()))


@pytest.fixture
def token(town: Town, record: str) -> str:
    return heard(town, record)


def heard(town: Town, record: str) -> str:
    """The Data Controller listens to it."""
    asked = asking.submitted(town, DC, "dsar", actions=["listen"])
    done = asking.approved(town, asking.located(town, [record], asked), DC)
    return asking.opened(town, done.grant, record, "listen", by=DC).token


def proposed(town: Town, browser: Client, token: str) -> str:
    """The request that comes of it."""
    page = browser.post(f"/readings/{token}/excise", SENT).content.decode()
    assert "0:01 to 0:02" in page
    action = page.partition('method="post" action="')[2].partition('"')[0]
    answer = browser.post(action, asking.pasted(town, DC, page))
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"]).rpartition("/")[2]


def test_from_the_listening_page_to_the_certificate(
    town: Town, signed_in: Enter, record: str, token: str
) -> None:
    browser = signed_in(DC)
    assert f"/readings/{token}/excise" in browser.get(f"/readings/{token}/listen").content.decode()
    assert "The recording is 0:03 long" in browser.get(f"/readings/{token}/excise").content.decode()
    request = proposed(town, browser, token)
    assert "0:01.000 to 0:02.000" in signed_in(Role.DIRECTOR).get(f"/requests/{request}").content.decode()
    grant = approved(town, request)
    address = f"/grants/{grant}/records/{record}/excise"
    browser = signed_in(DC)
    assert address in browser.get(f"/grants/{grant}").content.decode()
    page = browser.get(address).content.decode()
    assert "Nobody can bring back what was taken out" in page
    answer = browser.post(address, asking.pasted(town, DC, page))
    row = Certificate.objects.get()
    assert answer["Location"] == f"/certificates/{row.pk}"
    certificate = browser.get(answer["Location"]).content.decode()
    for words in ("Certificate of stretches taken out", row.replacement, "0:01 to 0:02", "Row 0"):
        assert words in certificate
    assert browser.get(address)["Location"] == answer["Location"]
    old = signed_in(Role.AUDITOR).get(f"/records/{record}").content.decode()
    assert f"/records/{row.replacement}" in old
    assert row.replacement in signed_in(DC).get(f"/grants/{grant}").content.decode()


def test_what_is_missing_is_said_and_what_was_written_stays(signed_in: Enter, token: str) -> None:
    browser = signed_in(DC)
    for sent, said in (
        ({**SENT, "end-1": "0:01"}, "Stretch 1: A stretch ends after it begins"),
        ({"reason": SENT["reason"]}, "Say which stretch it is"),
        ({**SENT, "reason": "Card"}, "Say in a sentence"),
    ):
        answer = browser.post(f"/readings/{token}/excise", sent)
        assert answer.status_code == 400
        assert said in answer.content.decode()
        assert f">{sent['reason']}<" in answer.content.decode()
    assert not Excision.objects.exists()


def test_it_can_be_changed_before_it_is_signed_and_leaves_no_draft_to_finish(
    signed_in: Enter, token: str
) -> None:
    browser = signed_in(DC)
    asked = browser.post(f"/readings/{token}/excise", {**SENT, "channel-1": "1"}).content.decode()
    assert "0:01 to 0:02, Asha" in asked
    for name, value in {**SENT, "channel-1": "1"}.items():
        assert f'name="{name}" value="{value}"' in asked
    again = browser.post(f"/readings/{token}/excise", {**SENT, "change": "yes"})
    assert again.status_code == 200
    assert f">{SENT['reason']}<" in again.content.decode()
    assert "Finish your request" not in browser.get("/").content.decode()


def test_what_is_decided_is_shown_as_silent_until_it_is_taken_out(
    town: Town, signed_in: Enter, token: str
) -> None:
    page = signed_in(DC).get(f"/readings/{token}/listen").content.decode()
    assert "Nothing of this recording was masked" in page
    approved(town, proposed(town, signed_in(DC), token))
    page = signed_in(DC).get(f"/readings/{token}/listen").content.decode()
    assert "Nothing of this recording was masked" not in page
    assert "0:01 to 0:02" in page
    assert "two persons decided to take it out" in page


def test_a_hold_is_named_and_nothing_can_be_signed(
    town: Town, signed_in: Enter, record: str, token: str
) -> None:
    grant = approved(town, proposed(town, signed_in(DC), token))
    holds.place(town.desk, asking.person(town, DC), [record], "A court asked for it.")
    page = signed_in(DC).get(f"/grants/{grant}/records/{record}/excise").content.decode()
    assert "A court asked for it." in page
    assert "Take them out for good" not in page


def test_nobody_else_asks_or_takes_out(town: Town, signed_in: Enter, record: str, token: str) -> None:
    grant = approved(town, proposed(town, signed_in(DC), token))
    for role in (Role.HR, Role.IT_ENGINEER, Role.AUDITOR):
        browser = signed_in(role)
        assert browser.get(f"/readings/{token}/excise").status_code == 404
        assert browser.post(f"/readings/{token}/excise", SENT).status_code == 404
        assert browser.post(f"/readings/{token}/excise/req_none").status_code == 403
        assert browser.get(f"/grants/{grant}/records/{record}/excise").status_code == 404
    assert signed_in(Role.DIRECTOR).post(f"/grants/{grant}/records/{record}/excise").status_code == 403


def test_of_a_vcon_the_page_says_what_goes_with_the_stretch(town: Town, signed_in: Enter) -> None:
    record = asking.recording(town, vcon(), statement("vcon", origin="a.vcon.json"))
    browser, token = signed_in(DC), heard(town, record)
    assert f"/readings/{token}/excise" in browser.get(f"/readings/{token}/listen").content.decode()
    assert "This is a vCon" in browser.get(f"/readings/{token}/excise").content.decode()
    request = proposed(town, browser, token)
    assert (
        "It is a vCon: with them goes every analysis" in browser.get(f"/requests/{request}").content.decode()
    )
