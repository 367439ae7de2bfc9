"""Log lines of the pages."""

import logging
import sys

from django.test import RequestFactory
from django.urls import resolve

from muniment.web.logs import WithoutWords


def line(request: object = None, *, fault: bool = False, words: str = "Not Found: /demo/secret-token") -> str:
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, words, None, None)
    if request is not None:
        record.request, record.status_code = request, 404
    if fault:
        try:
            raise ValueError("Ann Smith's message")  # noqa: TRY301  the error itself is what is looked at
        except ValueError:
            record.exc_info = sys.exc_info()
    return WithoutWords().format(record)


def test_the_route_stands_for_the_path() -> None:
    request = RequestFactory().get("/demo/secret-token")
    assert "secret-token" not in line(request)
    assert "no page" in line(request)
    request.resolver_match = resolve("/demo/secret-token")
    assert line(request) == "WARNING django.request: 404 at 'demo/<str:token>'"


def test_an_error_shows_its_kind_and_place_but_not_its_words() -> None:
    written = line(RequestFactory().get("/"), fault=True)
    assert "ValueError" in written
    assert "test_logs.py" in written
    assert written.splitlines()[-1] == "ValueError"


def test_lines_that_belong_to_no_request_are_written_as_they_are() -> None:
    assert line(words="Started") == "WARNING django.request: Started"
