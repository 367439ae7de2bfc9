"""The machine's page."""

from collections.abc import Callable

from django.test import Client

from muniment.people.roles import Role
from tests import asking
from tests.town import Town


def test_it_says_what_doctor_says_of_ones_own_organisation_only(
    town: Town, signed_in: Callable[..., Client]
) -> None:
    page = signed_in(Role.IT_ENGINEER).get("/machine").content.decode()
    assert "Checkpoint" in page
    assert town.ours.id in page
    assert town.theirs.id not in page
    assert "No source has given a record yet" in page


def test_sources_are_listed_without_a_word_of_any_record(
    town: Town, signed_in: Callable[..., Client]
) -> None:
    asking.records(town)
    page = signed_in(Role.ADMINISTRATOR).get("/machine").content.decode()
    assert "Last 24 hours" in page
    assert "Offer" not in page
