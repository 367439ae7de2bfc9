"""Errors that explain themselves, as pages: refused, wrong use, not available, fault found."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from muniment.core.errors import (
    FaultFoundError,
    MunimentError,
    NotAvailableError,
    RefusedError,
    WrongUseError,
)
from muniment.governance.authorisation import AbsentError

STATUS: Final[dict[type[MunimentError], HTTPStatus]] = {
    AbsentError: HTTPStatus.NOT_FOUND,
    MunimentError: HTTPStatus.INTERNAL_SERVER_ERROR,
    RefusedError: HTTPStatus.FORBIDDEN,
    WrongUseError: HTTPStatus.BAD_REQUEST,
    NotAvailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    FaultFoundError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
TITLES = {
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.FORBIDDEN: "This is not allowed",
    HTTPStatus.BAD_REQUEST: "This cannot be done as it was asked",
    HTTPStatus.SERVICE_UNAVAILABLE: "This cannot be done at the moment",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something is not as it should be",
}
RETRY_AFTER = 30  # seconds

_log = logging.getLogger(__name__)


class TroublesMiddleware:
    """Turns a MunimentError that a view did not answer itself into a page in plain words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for this error; None for what is not ours to explain."""
        return trouble_page(request, error) if isinstance(error, MunimentError) else None


def trouble_page(request: HttpRequest, error: MunimentError) -> HttpResponse:
    """What happened, why, and what to do. Only the error's kind goes to the log: it may name people."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("%s at %s", type(error).__name__, request.resolver_match and request.resolver_match.route)
    response = render(
        request, "faults/trouble.html", {"title": TITLES[status], "error": error}, status=status
    )
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response
