"""The page of recording."""

import re
from collections.abc import Callable

from django.test import Client
from pytest_django import Settings

from muniment.people.models import PersonAddress
from muniment.people.roles import Role
from tests.governance.test_awareness import chosen
from tests.town import Town

type Enter = Callable[..., Client]


class House:
    """What the settings of a test need to know of a house."""

    def __init__(self, organisation: str) -> None:
        self.organisation = organisation


def test_everybody_sees_their_own_lines_and_says_that_they_were_told(
    town: Town, signed_in: Enter, settings: Settings
) -> None:
    settings.CALLS = chosen(House(town.ours.id))  # type: ignore[arg-type]  # only its organisation is asked
    PersonAddress.objects.create(
        person_id=town.ours[Role.EMPLOYEE].id, organisation_id=town.ours.id, address="ext:201"
    )
    browser = signed_in(Role.EMPLOYEE)
    page = browser.get("/what-is-recorded").content.decode()
    for words in (
        "201",
        "1400 Hz every 15 seconds",
        "Client support",
        "employee@harbour.example",
        "Who decides",
    ):
        assert words in page
    assert "works council" not in page.partition("<main")[2].lower()
    unread = browser.post("/what-is-recorded", {"digest": "x"})
    assert unread.status_code == 400
    digest = re.findall(r'name="digest" value="([0-9a-f]{64})"', page)[0]
    done = browser.post("/what-is-recorded", {"digest": digest, "read": "yes"}, follow=True).content.decode()
    assert "You were told on" in done
    assert "Say that I was told" not in done
    stale = browser.post("/what-is-recorded", {"digest": "0" * 64, "read": "yes"})
    assert stale.status_code == 400


def test_whoever_has_no_line_is_told_so(town: Town, signed_in: Enter) -> None:
    assert (
        "No telephone line is linked to you"
        in signed_in(Role.DIRECTOR).get("/what-is-recorded").content.decode()
    )
