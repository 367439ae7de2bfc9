"""For whoever watches the installation: is it up, and can it do its work."""

from http import HTTPStatus

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from muniment.core.errors import MunimentError
from muniment.web.desk import desk


@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 when database and keeper answer, else 503; says which, and nothing about what is held."""
    parts = {"database": _database(), "keeper": _keeper()}
    status = HTTPStatus.OK if all(parts.values()) else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse({"ready": all(parts.values()), **parts}, status=status)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, MunimentError):
        return False
    return True


def _keeper() -> bool:
    try:
        desk().status()
    except MunimentError:
        return False
    return True
