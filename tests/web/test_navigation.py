"""The bar at the top."""

from muniment.people.roles import Role
from muniment.people.views import PersonView
from muniment.web import navigation
from muniment.web.jinja import url


def test_every_entry_leads_to_a_page() -> None:
    assert all(url(entry.page) for entry in navigation.ENTRIES)


def test_an_entry_for_some_roles_is_not_shown_to_others(monkeypatch) -> None:
    monkeypatch.setattr(navigation, "ENTRIES", [navigation.Entry("Desk", "start", frozenset({Role.HR}))])
    ann = PersonView("per_1", "org_1", "Ann", "employee", "", frozenset({Role.EMPLOYEE}), (), "")
    assert navigation.entries_for(ann) == ()
