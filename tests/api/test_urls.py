"""Where the API is."""

from django.urls import resolve


def test_it_is_below_its_version_and_known_as_the_api() -> None:
    match = resolve("/api/v1/me")
    assert match.app_names == ["api"]
