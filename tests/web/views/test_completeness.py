"""The pages of completeness."""

from collections.abc import Callable

from django.test import Client

from muniment.governance import completeness
from muniment.people.roles import Role
from tests.governance.test_completeness import CHOSEN, DAY, expected, take
from tests.town import Town


def test_before_the_first_report_it_says_what_to_do(signed_in: Callable[..., Client]) -> None:
    page = signed_in(Role.IT_ENGINEER).get("/calls/completeness").content.decode()
    assert "No day has been reported yet" in page


def test_a_day_shows_its_gaps_and_no_number_of_a_caller(town: Town, signed_in: Callable[..., Client]) -> None:
    take(town.ours.id, expected(1), expected(2), recorded=(1,))
    completeness.record(town.desk, completeness.compose(town.ours.id, DAY, CHOSEN), CHOSEN)
    browser = signed_in(Role.DATA_CONTROLLER)
    assert DAY.isoformat() in browser.get("/calls/completeness").content.decode()
    page = browser.get(f"/calls/completeness/{DAY.isoformat()}").content.decode()
    assert "1 of 2 calls is not there" in page
    assert "1772359200.2" in page
    assert "Nobody knows yet" in page
    assert "0163296" not in page


def test_a_day_that_is_none_is_not_found(signed_in: Callable[..., Client]) -> None:
    assert signed_in(Role.AUDITOR).get("/calls/completeness/yesterday").status_code == 404
