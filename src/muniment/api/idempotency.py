"""Idempotency-Key: a program that does not know whether its POST arrived may send it again.

The first answer is kept for a day and given again. A key used for another body, or while the first
request is still under way, is refused. Errors are not kept: what failed may be tried again. Answers
that hold content, or lead to it, are never kept; their signature works once in any case.
"""

import functools
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from muniment.api.models import KeptAnswer
from muniment.api.problems import problem
from muniment.core import clock

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(days=1)
LONGEST_KEY = 200  # characters
FIRST_ERROR = 400
BY_DIGEST = "multipart/form-data"
"""Files are taken once by their digest; their bodies are not read twice, let alone held here."""
NOT_KEPT = "not_kept"
"""Name of the attribute on a view whose answers are never kept."""


def once(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap an operation so that a POST with a key is carried out once."""

    @functools.wraps(run)
    def guarded(request: HttpRequest, **parameters: Any) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        if request.method != "POST" or not key or request.content_type == BY_DIGEST:
            return run(request, **parameters)
        if len(key) > LONGEST_KEY:
            return problem(422, "wrong-use", f"An {HEADER} has at most {LONGEST_KEY} characters.")
        return _first_or_again(request, key, lambda: run(request, **parameters))

    return guarded


def never_kept(response: HttpResponse) -> HttpResponse:
    """Mark an answer that holds content or leads to it."""
    setattr(response, NOT_KEPT, True)
    return response


def _first_or_again(request: HttpRequest, key: str, run: Callable[[], HttpResponse]) -> HttpResponse:
    now = clock.now()
    KeptAnswer.objects.filter(began__lt=now - KEPT_FOR).delete()
    digest = hashlib.sha256(
        "\n".join((request.headers.get("Authorization", ""), request.path, key)).encode()
    ).hexdigest()
    asked = hashlib.sha256(request.body).hexdigest()
    try:
        with transaction.atomic():
            row = KeptAnswer.objects.create(digest=digest, asked=asked, began=now)
    except IntegrityError:
        return _again(KeptAnswer.objects.filter(pk=digest).first(), asked)
    try:
        response = run()
    except BaseException:
        row.delete()
        raise
    if response.status_code >= FIRST_ERROR or response.streaming or hasattr(response, NOT_KEPT):
        row.delete()
        return response
    row.status, row.body = response.status_code, bytes(response.content)
    row.content_type = response.get("Content-Type", "")
    row.save()
    return response


def _again(row: KeptAnswer | None, asked: str) -> HttpResponse:
    if row is None or row.status is None:
        return problem(
            409, "under-way", "The first request with this key is still under way.", remedy="Ask again soon."
        )
    if row.asked != asked:
        return problem(
            422, "wrong-use", "This Idempotency-Key was used for another request.", remedy="Use a new key."
        )
    response = HttpResponse(bytes(row.body), status=row.status, content_type=row.content_type)
    response["Idempotent-Replayed"] = "true"
    return response
