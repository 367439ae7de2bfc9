"""Drafts over the API: begun, changed, thrown away."""

from tests.api.conftest import Call


def test_a_draft_is_begun_changed_and_thrown_away(call: Call) -> None:
    draft = call("hana", "POST", "/drafts", {"category": "business"}).json()
    changed = call("hana", "PATCH", f"/drafts/{draft['id']}", {"purpose": "K10"}).json()
    assert (changed["purpose"], changed["category"]) == ("K10", "business")
    assert call("hana", "DELETE", f"/drafts/{draft['id']}").status_code == 204
    assert call("hana", "GET", "/drafts").json() == []
