"""Addresses of the API, below /api/v1/."""

from django.http import HttpRequest, HttpResponse
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt

from muniment.api.problems import problem
from muniment.api.service import build


@csrf_exempt  # it does nothing, for nobody
def absent(_request: HttpRequest) -> HttpResponse:
    """An address that the API does not have, as a problem and not as a page."""
    return problem(404, "absent", "The API has no such address.", remedy="Read api/v1/openapi.json.")


app_name = "api"
api = build()
urlpatterns = [*api.urls[0], re_path("", absent, name="absent")]
