"""Addresses of the tour."""

from muniment.demo.pages.urls import urlpatterns
from muniment.web.gates import OPEN


def test_a_visitor_needs_no_account_for_any_of_them() -> None:
    assert {pattern.name for pattern in urlpatterns} <= OPEN
