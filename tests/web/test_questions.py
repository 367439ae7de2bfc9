"""The questions of a new request."""

from datetime import UTC, datetime
from itertools import pairwise

import msgspec

from muniment.governance.fields import RequestFields
from muniment.governance.views import DraftView
from muniment.web import questions
from muniment.web.questions import QUESTIONS

ACTIONS = ("view",)
EMPTY = DraftView(
    id="req_1", category="business", case="", purpose="", specifics="", given={}, not_known=(), about=(),
    actions=(), hours=0, changed=datetime(2026, 1, 1, tzinfo=UTC),
)  # fmt: skip


def said(name: str, draft: DraftView) -> str:
    return questions.answer(next(one for one in QUESTIONS if one.name == name), draft, ACTIONS)


def test_every_field_of_the_form_is_asked() -> None:
    assert {*RequestFields.__struct_fields__} <= {one.name for one in QUESTIONS}


def test_what_to_do_is_asked_only_where_there_is_a_choice() -> None:
    assert questions.question_named("actions", ("view",)) is None
    assert questions.question_named("actions", ("view", "export")) is not None


def test_one_leads_to_the_next_and_back() -> None:
    names = [one.name for one in questions.questions_for(ACTIONS)]
    asked = questions.questions_for(ACTIONS)
    for first, second in pairwise(asked):
        assert questions.following(first.name, ACTIONS) == second
        assert questions.before(second.name, ACTIONS) == first
    assert questions.following(names[-1], ACTIONS) is None
    assert questions.before(names[0], ACTIONS) is None


def test_an_answer_is_a_value_or_not_known_or_missing() -> None:
    draft = msgspec.structs.replace(
        EMPTY, given={"when": " in May ", "nature": "x"}, not_known=("nature", "parties")
    )
    assert said("when", draft) == "in May"
    assert said("parties", draft) == "Not known"
    assert said("nature", draft) == "x (and also not known)"
    assert said("extension", draft) == ""
    assert said("about", draft) == "Nobody by name"
    assert said("actions", draft) == "Read"
    assert said("purpose", draft) == ""
    assert said("purpose", msgspec.structs.replace(EMPTY, purpose="K10")).startswith("Settle a question")


def test_the_first_open_question_is_where_a_person_goes_on() -> None:
    found = questions.first_open(msgspec.structs.replace(EMPTY, given={"reason": "because of it"}), ACTIONS)
    assert found is not None
    assert found.name == "purpose"
