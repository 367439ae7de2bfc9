"""What every template knows."""

from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from muniment.web.context import site


def test_a_page_for_nobody_knows_nobody() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    known = site(request)
    assert (known["person"], known["entries"], known["idle_seconds"]) == (None, (), 0)
    assert "csp_nonce" not in known


def test_a_fault_before_anybody_is_known_still_has_its_page() -> None:
    assert site(RequestFactory().get("/"))["person"] is None
