"""What is open now, in the session."""

from datetime import timedelta
from types import SimpleNamespace
from typing import cast

from muniment.core import clock
from muniment.release.views import MailPage
from muniment.web import open_readings
from muniment.web.requests import PersonRequest


def page(minutes: int, record: str = "rec_1") -> MailPage:
    until = clock.now() + timedelta(minutes=minutes)
    one = SimpleNamespace(
        grant=SimpleNamespace(id="grant_1"), record=record, action="view", token=record, until=until
    )
    return cast("MailPage", one)


def test_an_opening_is_recalled_for_the_same_grant_record_and_action_only() -> None:
    request = cast("PersonRequest", SimpleNamespace(session={}))
    open_readings.remember(request, page(30))
    found = open_readings.recall(request, "grant_1", "rec_1", "view")
    assert found is not None
    assert found.token == "rec_1"
    for other in (("grant_2", "rec_1", "view"), ("grant_1", "rec_2", "view"), ("grant_1", "rec_1", "export")):
        assert open_readings.recall(request, *other) is None


def test_what_is_over_is_forgotten() -> None:
    request = cast("PersonRequest", SimpleNamespace(session={}))
    open_readings.remember(request, page(-1))
    assert open_readings.recall(request, "grant_1", "rec_1", "view") is None
    open_readings.remember(request, page(30, "rec_2"))
    assert len(request.session[open_readings.KEY]) == 1
