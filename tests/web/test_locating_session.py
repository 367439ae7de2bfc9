"""The signed word to look, kept for its half hour."""

from types import SimpleNamespace
from typing import cast

from muniment.core import clock
from muniment.people.roles import Role
from muniment.web import locating_session
from muniment.web.requests import PersonRequest
from tests.town import Town


def test_it_serves_one_request_until_it_ends_or_is_dropped(town: Town, monkeypatch) -> None:
    request = cast("PersonRequest", SimpleNamespace(session={}))
    signed = town.ours[Role.DATA_CONTROLLER].sign(b"{}")
    locating_session.keep(request, "req_1", signed)
    assert locating_session.kept(request, "req_1") == signed
    assert locating_session.kept(request, "req_2") is None
    assert locating_session.until(request, "req_2") == 0
    end = locating_session.until(request, "req_1")
    monkeypatch.setattr(clock, "seconds", lambda: end)
    assert locating_session.kept(request, "req_1") is None
    locating_session.forget(request, "req_1")
    assert request.session == {}
