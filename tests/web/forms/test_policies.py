"""Which policy a version belongs to, and which number it may have."""

from datetime import UTC, date, datetime

import pytest

from muniment.people.views import PolicyView
from muniment.web.forms.policies import PublishingForm

HELD = PolicyView(
    id=1, subject="use-of-e-mail", number="1", title="Use of e-mail", text="", effective=date(2026, 1, 1),
    review_due=None, sha256="", published=datetime(2026, 1, 1, tzinfo=UTC), must_accept=True, accepted=None,
)  # fmt: skip
GIVEN = {"title": "Use of e-mail", "number": "2", "effective": "1/2/2026", "text": "Words."}


def filled(*held: PolicyView, **changes: str) -> PublishingForm:
    return PublishingForm({**GIVEN, **changes}, policies=held)


@pytest.mark.parametrize(("title", "subject"), [("Use of e-mail", "use-of-e-mail"), ("規則", "policy")])
def test_a_new_policy_is_named_after_its_title(title: str, subject: str) -> None:
    form = filled(title=title)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["subject"] == subject


def test_the_next_version_may_have_another_title() -> None:
    form = filled(HELD, subject="use-of-e-mail", title="How we write")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["subject"] == "use-of-e-mail"


def test_a_version_is_neither_new_by_mistake_nor_published_twice() -> None:
    assert "title" in filled(HELD).errors
    assert "number" in filled(HELD, subject="use-of-e-mail", number="1").errors
