"""Old recordings on their pages: what is due, asking, carrying out, and where each record leads."""

from collections.abc import Callable

import pytest
from django.test import Client

from muniment.core.call_settings import CallSettings
from muniment.governance import holds
from muniment.people.roles import Role
from muniment.release import compressing
from muniment.release.models import Certificate, Conversion
from muniment.web.views import locating
from tests import asking
from tests.readers.calls.samples import a_call, the_facts
from tests.readers.calls.test_reading import statement
from tests.release.excisions import followed
from tests.town import Town
from tests.web.views.test_erasures import approved
from tests.web.views.test_locating import started

type Enter = Callable[..., Client]
DC = Role.DATA_CONTROLLER
REASON = {"reason": "Our rule says a month."}


@pytest.fixture(autouse=True)
def rule(town: Town, settings: object) -> None:
    settings.CALLS = CallSettings(native_days={town.ours.id: 30})  # type: ignore[attr-defined]


@pytest.fixture
def record(town: Town) -> str:
    return asking.recording(town, a_call(), statement("siprec", facts=the_facts()))


def requested(town: Town, browser: Client) -> str:
    """The request that comes of it."""
    page = browser.post("/calls/native", REASON).content.decode()
    action = page.partition('method="post" action="')[2].partition('"')[0]
    answer = browser.post(action, asking.pasted(town, DC, page))
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"]).rpartition("/")[2]


def carried_out(town: Town) -> int:
    """What the worker does."""
    with asking.doors(town) as opened:
        return compressing.run_waiting(town.desk, opened.capture)


def test_from_what_is_due_to_the_certificate(town: Town, signed_in: Enter, record: str) -> None:
    browser = signed_in(DC)
    assert "/calls/native" in browser.get("/calls/completeness").content.decode()
    page = browser.get("/calls/native").content.decode()
    assert "30 days" in page
    assert "Ask to keep these as Opus" in page
    request = requested(town, browser)
    page = signed_in(Role.DIRECTOR).get(f"/requests/{request}").content.decode()
    assert "kept for 30 days, then as Opus" in page
    grant = approved(town, request)
    browser, address = signed_in(DC), f"/grants/{grant}/opus"
    assert address in browser.get(f"/grants/{grant}").content.decode()
    page = browser.get(address).content.decode()
    assert "Nobody can bring back the exact samples" in page
    assert browser.post(address, asking.pasted(town, DC, page))["Location"] == address
    page = browser.get(address).content.decode()
    assert "Stop after the recording at hand" in page
    assert "Keep these as Opus for good" not in page
    assert carried_out(town) == 1
    page = browser.get(address).content.decode()
    assert "1 of 1" in page
    assert "Nothing is left to be done" in page
    row = Certificate.objects.get(record=record)
    certificate = browser.get(f"/certificates/{row.pk}").content.decode()
    for words in ("Certificate of sound kept as Opus", row.replacement, "Row 5", "ab" * 32, "bits a second"):
        assert words in certificate
    old = signed_in(Role.AUDITOR).get(f"/records/{record}").content.decode()
    assert "Kept as Opus since" in old
    assert f"/records/{row.replacement}" in old
    old = signed_in(DC).get(f"/grants/{grant}").content.decode()
    assert "Kept as Opus since" in old
    assert row.replacement in old


def test_the_new_record_says_since_when(town: Town, signed_in: Enter, record: str) -> None:
    browser = signed_in(DC)
    grant = approved(town, requested(town, browser))
    page = browser.get(f"/grants/{grant}/opus").content.decode()
    browser.post(f"/grants/{grant}/opus", asking.pasted(town, DC, page))
    assert carried_out(town) == 1
    with asking.doors(town) as doors:
        followed(doors.index, town.ours.id)
    row = Certificate.objects.get(record=record)
    page = signed_in(Role.AUDITOR).get(f"/records/{row.replacement}").content.decode()
    assert "Kept as Opus since" in page
    assert f"/certificates/{row.pk}" in page
    asked = asking.submitted(town, DC, "dsar", actions=["listen"])
    done = asking.approved(town, asking.located(town, [row.replacement], asked), DC)
    assert "Kept as Opus since" in signed_in(DC).get(f"/grants/{done.grant}").content.decode()
    token = asking.opened(town, done.grant, row.replacement, "listen", by=DC).token
    page = signed_in(DC).get(f"/readings/{token}/listen").content.decode()
    assert "Kept as Opus since" in page
    assert "Asha" in page
    assert "Left channel" not in page


def test_a_search_says_it_too(
    town: Town, signed_in: Enter, record: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(DC)
    grant = approved(town, requested(town, browser))
    page = browser.get(f"/grants/{grant}/opus").content.decode()
    browser.post(f"/grants/{grant}/opus", asking.pasted(town, DC, page))
    assert carried_out(town) == 1
    with asking.doors(town) as doors:
        followed(doors.index, town.ours.id)
    new = Certificate.objects.get(record=record).replacement
    monkeypatch.setattr(locating, "librarian", lambda: asking.Finder(town, [new]))
    address = started(town, browser, asking.submitted(town).id)
    page = browser.post(address, {"query": "sales"}).content.decode()
    assert "Kept as Opus since" in page
    assert f"/records/{new}" in page


def test_stopping_leaves_what_is_not_begun(town: Town, signed_in: Enter, record: str) -> None:
    browser = signed_in(DC)
    grant = approved(town, requested(town, browser))
    page = browser.get(f"/grants/{grant}/opus").content.decode()
    browser.post(f"/grants/{grant}/opus", asking.pasted(town, DC, page))
    assert browser.post(f"/grants/{grant}/opus/stop").status_code == 302
    assert carried_out(town) == 0
    assert "Keep these as Opus for good" in browser.get(f"/grants/{grant}/opus").content.decode()
    assert not Certificate.objects.filter(record=record).exists()


def test_a_hold_that_came_later_leaves_nothing_to_sign(town: Town, signed_in: Enter, record: str) -> None:
    grant = approved(town, requested(town, signed_in(DC)))
    holds.place(town.desk, asking.person(town, DC), [record], "A court asked for it.")
    page = signed_in(DC).get(f"/grants/{grant}/opus").content.decode()
    assert "What is left is held" in page
    assert "Keep these as Opus for good" not in page


def test_what_is_missing_is_said(signed_in: Enter, record: str) -> None:
    answer = signed_in(DC).post("/calls/native", {"reason": "Old"})
    assert answer.status_code == 400
    assert "Say in a sentence" in answer.content.decode()
    assert not Conversion.objects.filter(record=record).exists()


def test_without_a_rule_it_says_so(town: Town, signed_in: Enter, settings: object) -> None:
    settings.CALLS = CallSettings()  # type: ignore[attr-defined]
    page = signed_in(DC).get("/calls/native").content.decode()
    assert "for ever" in page
    assert "Ask to keep" not in page


def test_nobody_else_asks_or_carries_out(town: Town, signed_in: Enter, record: str) -> None:
    grant = approved(town, requested(town, signed_in(DC)))
    for role in (Role.HR, Role.IT_ENGINEER, Role.AUDITOR):
        browser = signed_in(role)
        assert browser.get("/calls/native").status_code == 403
        assert browser.get(f"/grants/{grant}/opus").status_code == 404
        assert browser.post(f"/grants/{grant}/opus/stop").status_code in {403, 404}
    assert not Certificate.objects.filter(record=record).exists()
