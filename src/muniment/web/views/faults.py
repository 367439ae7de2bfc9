"""What a person reads when a page cannot be given: in plain words, with what to do."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def _page(request: HttpRequest, name: str, status: HTTPStatus) -> HttpResponse:
    return render(request, f"faults/{name}.html", status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    """400: the browser sent something that is no request of ours."""
    return _page(request, "bad_request", HTTPStatus.BAD_REQUEST)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    """403: this cannot be done as whoever is signed in; refusals by role explain themselves elsewhere."""
    return _page(request, "not_allowed", HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    """404: no such page, or nothing of that name that this person may know of."""
    return _page(request, "not_found", HTTPStatus.NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our own mistake. The page needs no database and no session."""
    return _page(request, "broken", HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django's signature
    """403: the form was not ours, or the page was open too long."""
    return _page(request, "stale_form", HTTPStatus.FORBIDDEN)
