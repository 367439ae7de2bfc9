"""Addresses."""

from django.urls import get_resolver

from tests.web.test_access import every_page


def test_every_page_has_a_name_and_no_two_share_one() -> None:
    names = list(every_page())
    assert len(names) == len(set(names))


def test_faults_have_their_pages() -> None:
    for code in (400, 403, 404, 500):
        assert callable(get_resolver().resolve_error_handler(code))
