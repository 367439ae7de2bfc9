"""Errors that explain themselves, as pages."""

import logging

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from muniment.core.errors import (
    FaultFoundError,
    MunimentError,
    NotAvailableError,
    RefusedError,
    WrongUseError,
)
from muniment.governance.authorisation import AbsentError
from muniment.search.language.syntax import QueryMistakeError
from muniment.web.troubles import TroublesMiddleware, trouble_page


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RefusedError("No.", why="A rule.", remedy="Ask."), 403),
        (WrongUseError("Odd."), 400),
        (AbsentError("There is no such thing."), 404),
        (QueryMistakeError("Odd", 3), 400),
        (NotAvailableError("Not now."), 503),
        (FaultFoundError("Broken."), 500),
        (MunimentError("Something."), 500),
    ],
)
def test_each_kind_has_its_status_and_says_what_why_and_what_to_do(error: MunimentError, status: int) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    page = trouble_page(request, error)
    assert page.status_code == status
    for part in (error.what, error.why, error.remedy):
        assert part.encode() in page.content
    assert ("Retry-After" in page.headers) == (status == 503)


def test_what_an_error_says_is_escaped_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with caplog.at_level(logging.DEBUG, logger="muniment.web"):
        page = trouble_page(request, FaultFoundError("<b>Ann Smith</b>"))
    assert b"&lt;b&gt;" in page.content
    assert "Ann Smith" not in caplog.text


def test_other_errors_are_not_explained_away() -> None:
    middleware = TroublesMiddleware(lambda _request: pytest.fail("not asked"))
    assert middleware.process_exception(RequestFactory().get("/"), ValueError("bug")) is None
