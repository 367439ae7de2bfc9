"""An opened mail on its pages."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from muniment.core import clock
from muniment.core.call_facts import MaskedSpan, NoticeEvidence, RuleMatched, StaffEvidence
from muniment.governance import announcements
from muniment.people.roles import Role
from muniment.release.models import Reading
from muniment.web import desk as desks
from muniment.web.views import readings
from tests import asking
from tests.governance.test_announcements import SOUND
from tests.readers.calls.samples import STARTED, a_call, the_facts
from tests.readers.calls.test_reading import statement
from tests.town import Town

type Enter = Callable[..., Client]


@pytest.fixture
def token(town: Town) -> str:
    [name] = asking.records(town)
    return asking.opened(town, asking.granted(town, [name]).grant, name).token


def test_the_mail_stands_there_with_its_reader_across_it(town: Town, signed_in: Enter, token: str) -> None:
    answer = signed_in(Role.HR).get(f"/readings/{token}")
    page = answer.content.decode()
    for words in (
        "Offer",
        "Eve Example",
        "Hello from the",
        "terms.txt",
        "TLS 1.3",
        "192.0.2.7",
        "HR Person, ",
    ):
        assert words in page
    assert 'class="muniment-watermark"' in page
    assert "The message&#39;s own name" in page or "When the sender" in page
    assert "&lt;b&gt;odd&lt;/b&gt;" in page  # a header is text
    assert "style=" not in page.partition("<main")[2]
    assert "Your grant lets you read, not take files away" in page
    assert answer["Cache-Control"] == "no-store"


def test_the_frame_is_a_sandbox_in_which_nothing_loads_or_runs(
    town: Town, signed_in: Enter, token: str
) -> None:
    page = signed_in(Role.HR).get(f"/readings/{token}").content.decode()
    assert f'src="/readings/{token}/html" sandbox ' in page
    answer = signed_in(Role.HR).get(f"/readings/{token}/html")
    body = answer.content.decode()
    assert "<b>harbour</b>" in body
    for gone in ("<script", "<img", "<form", "tracker.example"):
        assert gone not in body
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors 'self'" in policy
    assert (answer["X-Frame-Options"], answer["Cache-Control"]) == ("SAMEORIGIN", "no-store")


def test_the_style_of_the_frame_is_the_one_that_its_policy_names(
    town: Town, signed_in: Enter, token: str
) -> None:
    body = signed_in(Role.HR).get(f"/readings/{token}/html").content.decode()
    assert f"<style>{readings.STYLE}</style>" in body


def test_nothing_is_taken_out_under_a_grant_to_read(town: Town, signed_in: Enter, token: str) -> None:
    for address in ("original", "attachments/2"):
        answer = signed_in(Role.HR).get(f"/readings/{token}/{address}")
        assert answer.status_code == 403
        assert b"lets you read, not take copies" in answer.content


def test_under_a_grant_for_copies_files_come_as_downloads(town: Town, signed_in: Enter) -> None:
    [name] = asking.records(town)
    asked = asking.submitted(town, Role.DATA_CONTROLLER, "dsar", actions=["view", "export"])
    # A copy of one record in a case of a subject's right is the Data Controller's own to decide.
    done = asking.approved(town, asking.located(town, [name], asked), Role.DATA_CONTROLLER)
    token = asking.opened(town, done.grant, name, "export", by=Role.DATA_CONTROLLER).token
    browser = signed_in(Role.DATA_CONTROLLER)
    answer = browser.get(f"/readings/{token}/attachments/2")
    assert b"".join(answer).strip() == b"our terms"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''terms.txt"
    whole = browser.get(f"/readings/{token}/original")
    assert b"".join(whole) == asking.MAIL


def test_nobody_else_reads_by_the_address(town: Town, signed_in: Enter, token: str) -> None:
    for role in (Role.DIRECTOR, Role.DATA_CONTROLLER, Role.IT_ENGINEER):
        assert signed_in(role).get(f"/readings/{token}").status_code == 404
        assert signed_in(role).get(f"/readings/{token}/html").status_code == 404


def test_after_half_an_hour_it_asks_again(town: Town, signed_in: Enter, token: str) -> None:
    reading = Reading.objects.get()
    Reading.objects.update(opened=clock.now() - timedelta(minutes=31))
    answer = signed_in(Role.HR).get(f"/readings/{token}")
    assert answer["Location"] == f"/grants/{reading.grant_id}/records/{reading.record}?action=view"
    assert signed_in(Role.HR).get(f"/readings/{token}/html").status_code == 404


def test_a_call_stands_there_with_its_facts(town: Town, signed_in: Enter) -> None:
    facts = the_facts(
        252, dtmf=True, masks=(MaskedSpan(STARTED, STARTED + 3000, None, "api", "agent desktop"),)
    )
    name = asking.recording(town, a_call(), statement("siprec", facts=facts))
    token = asking.opened(town, asking.granted(town, [name]).grant, name).token
    page = signed_in(Role.HR).get(f"/readings/{token}").content.decode()
    for words in (
        "Call, 3 s", "Came in", "Sales UK", "01632 960001", "Asha", "201", "PCMU", "Played",
        "Keys were pressed; which is not kept", "a program paused, by agent desktop", "HR Person, ",
    ):  # fmt: skip
        assert words in page, words
    assert "Take it as a vCon" not in page
    assert "style=" not in page.partition("<main")[2]


def test_why_a_call_carries_no_notice_is_said_on_its_page(town: Town, signed_in: Enter) -> None:
    facts = the_facts(
        notice=NoticeEvidence("unknown"),
        rule=RuleMatched("support", "client support", "record", "complaints"),
        staff=StaffEvidence("desks", ("tone",), 1400, 15, 4),
    )
    name = asking.recording(town, SOUND, statement("audio", facts=facts))
    token = asking.opened(town, asking.granted(town, [name]).grant, name).token
    browser = signed_in(Role.HR)
    page = browser.get(f"/readings/{token}").content.decode()
    for words in (
        "Say why this call carries no notice",
        "Client support: recorded by rule support",
        "heard 4 times",
    ):
        assert words in page
    assert browser.post(f"/readings/{token}/notice", {"code": "because"}).status_code == 400
    given = {"code": "agent-told", "remark": "said by Asha"}
    page = browser.post(f"/readings/{token}/notice", given, follow=True).content.decode()
    assert "Whoever spoke for us said it" in page
    assert "said by Asha" in page


def test_a_notice_that_was_played_leads_to_its_announcement(town: Town, signed_in: Enter) -> None:
    with desks.sealer() as door:
        draft = announcements.Draft("welcome", "en-GB", "This call is recorded.")
        made = announcements.publish(town.desk, door, town.ours.id, draft, SOUND, None)
    facts = the_facts(notice=NoticeEvidence("played", "welcome", 1, "en-GB", 0.93, STARTED))
    name = asking.recording(town, a_call(), statement("siprec", facts=facts))
    token = asking.opened(town, asking.granted(town, [name]).grant, name).token
    browser = signed_in(Role.HR)
    page = browser.get(f"/readings/{token}").content.decode()
    assert f'href="/announcements/{made.id}"' in page
    assert browser.post(f"/readings/{token}/notice", {"code": "agent-told"}).status_code == 400


def test_a_call_in_a_list_says_who_and_how_long(town: Town, signed_in: Enter) -> None:
    name = asking.recording(town, a_call(), statement("siprec", facts=the_facts()))
    grant = asking.granted(town, [name]).grant
    page = signed_in(Role.HR).get(f"/grants/{grant}").content.decode()
    for words in ("From Bo", "To Asha", "3 s, came in, queue Sales UK, extension 201"):
        assert words in page, words
