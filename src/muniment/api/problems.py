"""Errors as RFC 9457 problem details: what happened, why, and what to do."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from muniment.core.errors import MunimentError, NotAvailableError, RefusedError, WrongUseError
from muniment.governance.authorisation import AbsentError

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "5"  # seconds

STATUS: tuple[tuple[type[MunimentError], int, str], ...] = (
    (AbsentError, 404, "absent"),
    (RefusedError, 403, "refused"),
    (WrongUseError, 422, "wrong-use"),
    (NotAvailableError, 503, "not-available"),
    (MunimentError, 500, "fault"),
)


def problem(status: int, kind: str, title: str, *, why: str = "", remedy: str = "") -> HttpResponse:
    """One problem document. `kind` names the problem for programs, `title` for people."""
    body = {"type": f"urn:muniment:problem:{kind}", "title": title, "status": status}
    body |= {name: text for name, text in (("detail", why), ("remedy", remedy)) if text}
    response = JsonResponse(body, status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    if status == 503:  # noqa: PLR2004  # Service Unavailable
        response["Retry-After"] = RETRY_AFTER
    if status == 401:  # noqa: PLR2004  # Unauthorized (RFC 9110 section 15.5.2 demands the challenge)
        response["WWW-Authenticate"] = "Bearer"
    return response


def of_error(error: MunimentError) -> HttpResponse:
    """The problem document of an error of ours."""
    status, kind = next((status, kind) for known, status, kind in STATUS if isinstance(error, known))
    return problem(status, kind, error.what, why=error.why, remedy=error.remedy)


def install(api: NinjaAPI) -> None:
    """Have every error of the API answered as a problem document."""
    for kind, answer in (
        (MunimentError, _ours),
        (AuthenticationError, _without_token),
        (ValidationError, _not_as_described),
        (HttpError, _plain),
    ):
        api.add_exception_handler(kind, answer)


def _ours(_request: HttpRequest, error: Any) -> HttpResponse:
    return of_error(error)


def _without_token(_request: HttpRequest, _error: Any) -> HttpResponse:
    return problem(
        401, "no-token", "A personal token is needed.", remedy="Send it as Authorization: Bearer mun_…"
    )


def _not_as_described(_request: HttpRequest, error: Any) -> HttpResponse:
    places = "; ".join(f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors)
    return problem(422, "wrong-use", "The request is not as the description says.", why=places)


def _plain(_request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code, "http", str(error))
