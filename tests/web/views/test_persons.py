"""People on their pages."""

from collections.abc import Callable

from django.test import Client

from muniment.governance.models import Notice
from muniment.people import services
from muniment.people.models import Person
from muniment.people.roles import Role
from tests.town import Town

type Enter = Callable[..., Client]


def test_a_person_is_added_and_the_link_shown_once(town: Town, signed_in: Enter) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    page = browser.post(
        "/people/add", {"name": "Nell Harker", "email": "nell@harbour.example"}
    ).content.decode()
    link = page.partition("http://localhost")[2].partition("<")[0]
    assert link.startswith(f"/enrol/{town.ours.id}/enrol_")
    nell = Person.objects.get(name="Nell Harker")
    assert link not in browser.get(f"/people/{nell.id}").content.decode()
    follower = Client(SERVER_NAME="localhost")
    answer = follower.post(
        link, {"name": "Nell Harker", "email": "nell@harbour.example", "password": "several words of no use"}
    )
    assert answer.status_code == 302
    assert services.view(nell.id).email == "nell@harbour.example"


def test_a_form_that_is_not_right_says_so(signed_in: Enter) -> None:
    page = signed_in(Role.ADMINISTRATOR).post("/people/add", {"name": "", "email": "x"}).content.decode()
    assert "Enter their full name" in page


def test_exclusions_are_explained_and_kept(town: Town, signed_in: Enter) -> None:
    reviewer = town.ours[Role.REVIEWER].id
    admin, director = signed_in(Role.ADMINISTRATOR), signed_in(Role.DIRECTOR)
    page = admin.get(f"/people/{reviewer}").content.decode()
    assert "cannot stand beside Reviewer" in page
    assert "not yours to give" in page
    assert admin.post(f"/people/{reviewer}/roles", {"role": "it_engineer"}).status_code == 403
    assert admin.post(f"/people/{reviewer}/roles", {"role": "hr"}).status_code == 403
    director.post(f"/people/{reviewer}/roles", {"role": "hr"})
    assert Role.HR in services.view(reviewer).roles
    director.post(f"/people/{reviewer}/roles", {"role": "hr", "change": "take"})
    assert Role.HR not in services.view(reviewer).roles
    assert director.post(f"/people/{reviewer}/roles", {"role": "king"}).status_code == 400


def test_a_reset_link_is_made_and_the_data_controller_told(town: Town, signed_in: Enter) -> None:
    hr = town.ours[Role.HR].id
    page = signed_in(Role.ADMINISTRATOR).post(f"/people/{hr}/link").content.decode()
    assert "/new-password/reset_" in page
    told = Notice.objects.get(person_id=town.ours[Role.DATA_CONTROLLER].id)
    assert "HR Person" in told.body
    browser = signed_in(Role.ADMINISTRATOR)
    assert "New password: a link" in browser.get(f"/people/{hr}").content.decode()
    browser.post(f"/people/{hr}/links/end")
    assert "No link signs them in" in browser.get(f"/people/{hr}").content.decode()


def test_ended_access_shuts_the_browser_of_whoever_it_was(town: Town, signed_in: Enter) -> None:
    hr = signed_in(Role.HR)
    address = f"/people/{town.ours[Role.HR].id}/end"
    browser = signed_in(Role.ADMINISTRATOR)
    assert b"signed out everywhere" in browser.get(address).content
    browser.post(address)
    assert hr.get("/profile").status_code == 302
    assert b"Ended" in browser.get(address.removesuffix("/end")).content
