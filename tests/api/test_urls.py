"""Where the API is."""

from django.test import Client
from django.urls import resolve


def test_it_is_below_its_version_and_known_as_the_api() -> None:
    match = resolve("/api/v1/me")
    assert match.app_names == ["api"]


def test_an_address_that_is_not_there_is_a_problem_and_no_page() -> None:
    for method in ("get", "post", "delete"):
        response = getattr(Client(), method)("/api/v1/nothing/here")
        assert response.status_code == 404
        assert response["Content-Type"] == "application/problem+json"
