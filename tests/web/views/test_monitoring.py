"""The pages of a call in progress: the list, the word before, the sound that no cache keeps."""

from collections.abc import Callable

import pytest
from django.test import Client

from muniment.people.models import PersonAddress
from muniment.people.roles import Role
from muniment.web.views import monitoring as view
from tests import asking
from tests.asking import pasted
from tests.release.test_monitoring import CALL, Recorder
from tests.town import Town

type Enter = Callable[..., Client]


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    made = Recorder()
    monkeypatch.setattr(view, "recorder", lambda: made)
    return made


@pytest.fixture
def grant(town: Town) -> str:
    return asking.monitoring_granted(town)


def begun(browser: Client, town: Town, grant: str) -> str:
    """The address of the page on which the call is heard."""
    address = f"/grants/{grant}/calls/{CALL}"
    page = browser.get(address).content.decode()
    answer = browser.post(address, pasted(town, Role.OFFICE_MANAGER, page))
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_from_the_grant_to_the_sound(town: Town, signed_in: Enter, recorder: Recorder, grant: str) -> None:
    browser = signed_in(Role.OFFICE_MANAGER)
    page = browser.get(f"/grants/{grant}").content.decode()
    assert f"/grants/{grant}/calls" in page
    assert "on extension 201" in page
    assert "Records (" not in page
    listed = browser.get(f"/grants/{grant}/calls").content.decode()
    assert "Bo and Asha" in listed
    assert "How staff know: The telephone or the desktop shows it" in listed
    assert f"/grants/{grant}/calls/{CALL}" in listed
    before = browser.get(f"/grants/{grant}/calls/{CALL}").content.decode()
    assert "recorded before you hear anything" in before
    address = begun(browser, town, grant)
    heard = browser.get(address)
    assert "Office manager Person, " in heard.content.decode()
    assert heard["Cache-Control"] == "no-store"
    sound = browser.get(f"{address}/sound")
    assert (sound.status_code, sound["Content-Type"]) == (200, "audio/wav")
    assert sound.content[:4] == b"RIFF"
    assert sound["Cache-Control"] == "no-store"
    assert sound["X-Content-Type-Options"] == "nosniff"
    assert not {"ETag", "Last-Modified", "Expires"} & set(sound.headers)


def test_nothing_new_and_the_end_are_told_apart(
    town: Town, signed_in: Enter, recorder: Recorder, grant: str
) -> None:
    browser = signed_in(Role.OFFICE_MANAGER)
    address = begun(browser, town, grant)
    recorder.data, recorder.silent = b"", True
    waiting = browser.get(f"{address}/sound")
    assert (waiting.status_code, waiting["Muniment-Silent"], waiting.content) == (204, "yes", b"")
    recorder.over = "the call is over"
    over = browser.get(f"{address}/sound")
    assert (over.status_code, over.content.decode()) == (410, "It is over: the call is over.")


def test_leaving_ends_it(town: Town, signed_in: Enter, recorder: Recorder, grant: str) -> None:
    browser = signed_in(Role.OFFICE_MANAGER)
    address = begun(browser, town, grant)
    assert browser.post(f"{address}/end")["Location"] == f"/grants/{grant}/calls"
    assert browser.get(address).status_code == 404
    assert browser.get(f"{address}/sound").status_code == 404


def test_no_other_role_comes_to_the_page_or_the_sound_of_it(
    town: Town, signed_in: Enter, recorder: Recorder, grant: str
) -> None:
    address = begun(signed_in(Role.OFFICE_MANAGER), town, grant)
    for role in set(Role) - {Role.OFFICE_MANAGER}:
        for path in (address, f"{address}/sound"):
            assert signed_in(role).get(path).status_code == 404, role
        assert signed_in(role).get(f"/grants/{grant}/calls/{CALL}").status_code == 403, role
    assert recorder.heard == []


def test_what_stands_in_the_way_is_said(town: Town, signed_in: Enter, recorder: Recorder, grant: str) -> None:
    browser = signed_in(Role.OFFICE_MANAGER)
    recorder.kept = False
    assert "Its notice has not ended yet" in browser.get(f"/grants/{grant}/calls").content.decode()
    refused = browser.get(f"/grants/{grant}/calls/{CALL}")
    assert refused.status_code == 403
    assert "cannot be heard yet" in refused.content.decode()


def test_where_no_recorder_answers_the_page_says_so(town: Town, signed_in: Enter, grant: str) -> None:
    answer = signed_in(Role.OFFICE_MANAGER).get(f"/grants/{grant}/calls")
    assert answer.status_code == 200
    assert "The recorder does not answer." in answer.content.decode()


def test_listening_does_not_keep_a_session_awake(
    town: Town, signed_in: Enter, recorder: Recorder, grant: str
) -> None:
    browser = signed_in(Role.OFFICE_MANAGER)
    address = begun(browser, town, grant)
    session = browser.session
    session["last_seen"] -= 60
    session.save()
    seen = browser.session["last_seen"]
    browser.get(f"{address}/sound")
    assert browser.session["last_seen"] == seen
    browser.get(address)
    assert browser.session["last_seen"] > seen


def test_it_is_asked_for_in_questions_of_its_own(town: Town, signed_in: Enter) -> None:
    browser = signed_in(Role.OFFICE_MANAGER)
    made = browser.post("/requests/new", {"category": "monitor"})
    base = made["Location"].rpartition("/questions/")[0]
    PersonAddress(person_id=town.ours[Role.EMPLOYEE].id, kind="telephone", address="202").save()
    for name, answer in (
        ("reason", {"reason": "To coach a new colleague."}),
        ("purpose", {"purpose": "C4"}),
        ("about", {"about": [town.ours[Role.EMPLOYEE].id]}),
        ("extension", {"not_known": "yes"}),
        ("hours", {"hours": "4"}),
    ):
        assert browser.get(f"{base}/questions/{name}").status_code == 200
        assert browser.post(f"{base}/questions/{name}", answer).status_code == 302
    assert browser.get(f"{base}/questions/parties").status_code == 404
    page = browser.get(base).content.decode()
    assert "4 hours" in page
    assert "looks for the records" not in page
    signing = browser.get(f"{base}/send").content.decode()
    assert "You ask to listen to calls in progress" in signing
    assert "ext:202" in signing
    sent = browser.post(f"{base}/send", pasted(town, Role.OFFICE_MANAGER, signing))
    assert sent.status_code == 302
    shown = browser.get(sent["Location"]).content.decode()
    assert "extension 202" in shown
    deciding = signed_in(Role.DIRECTOR).get(f"{sent['Location']}/decision").content.decode()
    assert "listen to calls in progress on extension 202" in deciding
    assert "Which records" not in deciding
