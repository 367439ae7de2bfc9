"""The pages on which an engineer says how files of a switch are read."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from muniment.core.spool_settings import SpoolSettings
from muniment.governance import call_mappings
from muniment.people.roles import Role
from muniment.people.services.organisations import view
from muniment.vault.client import CaptureDoor
from tests.town import Town

FILE = (
    "Call Ref;A Number;B Number;Begin;Length;Way;File\n"
    "x1;01632960001;201;01/03/2026 10:00;00:04:12;Ankommend;x1.mp3\n"
    "x2;201;07700900123;01/03/2026 11:00;00:01:00;Gehend;\n"
)


def given(page: str) -> dict[str, str]:
    """What the form of a page would send as it stands."""
    sent = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    sent = {name: value.replace("&#34;", '"').replace("&amp;", "&") for name, value in sent.items()}
    for name, options in re.findall(
        r'(?s)<select class="govuk-select" id="[^"]+" name="([^"]+)".*?>(.*?)</select>', page
    ):
        sent[name] = next(iter(re.findall(r'<option value="([^"]*)" selected', options)), "")
    return sent


def upload(browser: Client, text: str = FILE, **fields: str) -> str:
    file = SimpleUploadedFile("calls.csv", text.encode())
    answer = browser.post("/calls/mappings", {"file": file, **fields})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_test_file_is_read_by_a_guess_corrected_and_saved(
    town: Town, signed_in: Callable[..., Client]
) -> None:
    browser = signed_in(Role.IT_ENGINEER)
    page = upload(browser)
    sent = given(page)
    assert (sent["field-caller"], sent["field-started"], sent["field-recording"]) == (
        "A Number",
        "Begin",
        "File",
    )
    assert "+441632960001" in page
    assert "2026-03-01 10:00:00" in page
    assert "No internal calls are in this file" in page
    assert "2 of 2 values are not understood" in page
    ways = {sent[f"word-{number}"]: number for number in range(2)}
    sent |= {f"way-{ways['Ankommend']}": "inbound", f"way-{ways['Gehend']}": "outbound", "region": "GB"}
    again = browser.post("/calls/mappings/try", {**sent, "do": "try"}).content.decode()
    assert "values are not understood" not in again
    wrong = browser.post("/calls/mappings/try", {**sent, "do": "save", "name": "Not A Name"}).content.decode()
    assert "Give it a name in small letters" in wrong
    done = browser.post("/calls/mappings/try", {**sent, "do": "save", "name": "page.one"}, follow=True)
    assert b"page.one, version 1, is saved" in done.content
    assert b"01632960001" not in done.content
    (saved,) = [
        each for each in call_mappings.listed(view(town.ours[Role.IT_ENGINEER].id)) if each.name == "page.one"
    ]
    assert saved.mapping.directions == {"Ankommend": "inbound", "Gehend": "outbound"}
    assert saved.mapping.columns["caller"] == "A Number"
    door = CaptureDoor(town.home.socket("capture"))
    try:
        assert "page.one" in {each.name for each in door.mappings(town.ours.id)}
    finally:
        door.close()


def test_a_further_version_begins_with_the_one_before(signed_in: Callable[..., Client]) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    sent = {**given(upload(browser)), "do": "save", "name": "page.two", "field-queue": "Call Ref"}
    browser.post("/calls/mappings/try", sent)
    assert given(upload(browser, begin="page.two"))["field-queue"] == "Call Ref"


@pytest.mark.parametrize("text", ["", "<!DOCTYPE a [<!ENTITY b 'c'>]><cdr/>", "{", "x" * (3 * 1024 * 1024)])
def test_what_is_no_file_of_calls_is_said_beside_the_field(
    text: str, signed_in: Callable[..., Client]
) -> None:
    page = upload(signed_in(Role.IT_ENGINEER), text)
    assert "There is a problem" in page
    assert 'id="id_file-error"' in page


def test_who_only_reads_sees_what_is_saved_and_no_form(signed_in: Callable[..., Client]) -> None:
    page = signed_in(Role.AUDITOR).get("/calls/mappings").content.decode()
    assert "Saved" in page
    assert 'type="file"' not in page


def test_a_page_without_its_test_file_says_so(signed_in: Callable[..., Client]) -> None:
    answer = signed_in(Role.IT_ENGINEER).post("/calls/mappings/try", {"do": "save"}, follow=True)
    assert b"no longer with this page" in answer.content


def test_one_is_retired_on_the_page_of_its_versions(signed_in: Callable[..., Client], settings: Any) -> None:
    browser = signed_in(Role.IT_ENGINEER)
    sent = {**given(upload(browser)), "do": "save", "name": "page.three"}
    for _ in range(2):
        browser.post("/calls/mappings/try", sent)
    address = "/calls/mappings/page.three"
    assert f"{address}/history" in browser.get("/calls/mappings").content.decode()
    page = browser.get(f"{address}/history").content.decode()
    assert "Version 2" in page
    assert "Version 1" in page
    assert "Retire page.three" in page
    done = browser.post(f"{address}/retire", follow=True).content.decode()
    assert "page.three is retired" in done
    assert "Retired by " in done
    assert "Retire page.three" not in done
    assert b"page.three is retired already" in browser.post(f"{address}/retire", follow=True).content
    listed = signed_in(Role.AUDITOR).get("/calls/mappings").content.decode()
    assert "Nothing is read by these" in listed.partition(">Retired<")[2]
    again = browser.post("/calls/mappings/try", {**given(upload(browser, begin="page.three")), **sent})
    assert again.status_code == 302
    assert "Version 3" in browser.get(f"{address}/history").content.decode()


def test_the_sources_that_name_one_are_told_before_it_is_retired(
    town: Town, signed_in: Callable[..., Client], settings: Any
) -> None:
    browser = signed_in(Role.IT_ENGINEER)
    browser.post("/calls/mappings/try", {**given(upload(browser)), "do": "save", "name": "page.four"})
    drop = SpoolSettings(organisation=town.ours.id, source="drop", path="/srv/drop", mapping="page.four")
    settings.CALLS = settings.CALLS.model_copy(update={"spool": (drop,)})
    page = browser.get("/calls/mappings/page.four/history").content.decode()
    assert "Read by it" in page
    assert "/srv/drop" in page
    assert "Waiting for it" in browser.post("/calls/mappings/page.four/retire", follow=True).content.decode()


def test_there_is_no_history_of_what_was_never_saved(signed_in: Callable[..., Client]) -> None:
    browser = signed_in(Role.IT_ENGINEER)
    assert browser.get("/calls/mappings/never/history").status_code == 404
    assert browser.post("/calls/mappings/never/retire").status_code == 404
