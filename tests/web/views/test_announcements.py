"""The pages of recording notices."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from muniment.governance import announcements
from muniment.people.roles import Role
from tests.governance.test_announcements import SOUND
from tests.town import Town

type Enter = Callable[..., Client]


def sent(browser: Client, **changes: object) -> Any:
    given = {
        "name": "welcome",
        "language": "en-GB",
        "text": "This call is <b>recorded</b>.",
        "lines": "201",
        "file": SimpleUploadedFile("welcome.wav", SOUND),
        **changes,
    }
    return browser.post("/announcements/new", given, follow=True)


def test_it_is_published_heard_and_ended_on_pages(town: Town, signed_in: Enter) -> None:
    browser = signed_in(Role.IT_ENGINEER)
    page = sent(browser).content.decode()
    for words in ("Version 1 of “welcome” is published", "Played now", "&lt;b&gt;recorded", "201", "2.0 s"):
        assert words in page
    (made,) = announcements.listed(town.ours.id)
    assert made.made_by == "IT engineer Person"
    heard = signed_in(Role.EMPLOYEE).get(f"/announcements/{made.id}/sound")
    assert heard.content == SOUND
    listed = signed_in(Role.EMPLOYEE).get("/announcements").content.decode()
    assert "welcome" in listed
    assert "Publish a notice" not in listed
    assert "0 of 12 people" in browser.get("/announcements").content.decode()
    ended = browser.post(f"/announcements/{made.id}/end", follow=True).content.decode()
    assert "It is played no longer" not in ended.partition("<main")[2].partition("button")[2]
    assert announcements.listed(town.ours.id)[0].ended


def test_nobody_of_another_firm_hears_it(town: Town, signed_in: Enter) -> None:
    sent(signed_in(Role.DATA_CONTROLLER))
    (made,) = announcements.listed(town.ours.id)
    stranger = signed_in(town.theirs[Role.DATA_CONTROLLER])
    for address in (f"/announcements/{made.id}", f"/announcements/{made.id}/sound"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"/announcements/{made.id}/end").status_code == 404


def test_what_cannot_be_published_is_said_beside_the_form(town: Town, signed_in: Enter) -> None:
    browser = signed_in(Role.DATA_CONTROLLER)
    wrong = sent(browser, file=SimpleUploadedFile("a.wav", b"RIFF"))
    assert wrong.status_code == 400
    assert "no WAV file" in wrong.content.decode()
    missing = browser.post("/announcements/new", {"name": "x"})
    assert "Choose the WAV file" in missing.content.decode()
    assert announcements.listed(town.ours.id) == ()
