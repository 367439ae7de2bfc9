"""Forms of a new request keep what is written, also before it is complete."""

from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from muniment.governance.views import DraftView, PersonName
from muniment.people.roles import Role
from muniment.web.forms.questions import form_for
from muniment.web.questions import QUESTIONS
from tests import asking
from tests.town import Town

BY_NAME = {one.name: one for one in QUESTIONS}
DRAFT = DraftView(
    id="req_1", category="business", case="", purpose="K10", specifics="", given={"when": "in May"},
    not_known=("nature",), about=(PersonName("per_1", "Ann"),), actions=(), hours=0, changed=datetime(2026, 1, 1, tzinfo=UTC),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "sent", "changes"),
    [
        ("reason", "reason=+half+", {"given": {"when": "in May", "reason": "half"}}),
        ("when", "value=&not_known=yes", {"given": {"when": ""}, "not_known": ["nature", "when"]}),
        ("nature", "value=a+bill", {"given": {"when": "in May", "nature": "a bill"}, "not_known": []}),
        ("purpose", "purpose=C2&specifics=no+use", {"purpose": "C2", "specifics": ""}),
        ("purpose", "specifics=early", {"specifics": "early"}),
        ("actions", "actions=export&actions=destroy", {"actions": ["export"]}),
        ("about", "about=nobody", {"about": []}),
        ("about", "about=per_stranger", {"about": []}),
    ],
)
def test_what_is_written_is_what_changes(
    town: Town, name: str, sent: str, changes: dict[str, object]
) -> None:
    form = form_for(BY_NAME[name], DRAFT, asking.person(town, Role.HR), ("view", "export"), QueryDict(sent))
    assert form.changes(DRAFT) == changes


def test_a_form_begins_with_what_the_draft_says(town: Town) -> None:
    person = asking.person(town, Role.HR)
    assert form_for(BY_NAME["when"], DRAFT, person, (), None)["value"].value() == "in May"
    assert form_for(BY_NAME["nature"], DRAFT, person, (), None)["not_known"].value() is True
    assert form_for(BY_NAME["purpose"], DRAFT, person, (), None)["purpose"].value() == "K10"
    assert form_for(BY_NAME["actions"], DRAFT, person, ("view", "export"), None)["actions"].value() == (
        "view",
    )


def test_colleagues_are_listed_by_name_and_nobody_comes_last(town: Town) -> None:
    form = form_for(BY_NAME["about"], DRAFT, asking.person(town, Role.HR), (), None)
    words = [str(text) for _, text in form.fields["about"].choices]  # type: ignore[attr-defined]
    assert words[:-1] == sorted(words[:-1])
    assert words[-1].startswith("Nobody by name")


def test_at_least_one_action_is_needed(town: Town) -> None:
    form = form_for(
        BY_NAME["actions"], DRAFT, asking.person(town, Role.HR), ("view", "export"), QueryDict("")
    )
    assert form.errors["actions"] == ["Tick what you need to do"]
