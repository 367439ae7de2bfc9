"""The addresses of asking."""

from django.urls import reverse

from muniment.web.urls_asking import ASKING


def test_the_words_new_and_drafts_are_no_ids() -> None:
    """A fixed part of an address comes before the ids that it could be taken for."""
    order = [one.name for one in ASKING]
    assert order.index("new_request") < order.index("request")
    assert order.index("draft") < order.index("give_view")


def test_notices_lead_to_pages_that_there_are() -> None:
    assert reverse("request", args=["req_1"]) == "/requests/req_1"
    assert reverse("grant", args=["grant_1"]) == "/grants/grant_1"
