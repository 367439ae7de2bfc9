"""The form that publishes a version of a policy."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.text import slugify

from muniment.people.views import PolicyView

NEW: Final = ""
LONGEST_SUBJECT: Final = 60


class PublishingForm(forms.Form):
    """Which policy, its version's number and title, from when it holds, and its text."""

    subject = forms.ChoiceField(label="Which policy is it?", required=False, initial=NEW)
    title = forms.CharField(
        label="Title", max_length=200, error_messages={"required": "Enter the title of the policy"}
    )
    number = forms.CharField(
        label="Version",
        help_text="As your organisation counts them, for example 2026-1.",
        max_length=20,
        error_messages={"required": "Enter the version, for example 2026-1"},
    )
    effective = forms.DateField(
        label="In force from",
        help_text="For example 27/3/2026.",
        error_messages={
            "required": "Enter the day from which it is in force",
            "invalid": "Write the day like 27/3/2026",
        },
    )
    text = forms.CharField(
        label="Text",
        help_text="An empty line begins a new paragraph.",
        error_messages={"required": "Enter the text of the policy"},
    )

    def __init__(self, *args: Any, policies: Sequence[PolicyView], **kwargs: Any) -> None:
        """`policies` are those in force, of which this may be the next version."""
        super().__init__(*args, **kwargs)
        self._held = {one.subject: one for one in policies}
        choices = [
            (NEW, "A new policy"),
            *((one.subject, f"The next version of “{one.title}”") for one in policies),
        ]
        self.fields["subject"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """A new policy is named after its title; no version has the number of the one before it."""
        given = self.cleaned_data
        if "title" in given and not given.get("subject"):
            given["subject"] = slugify(given["title"])[:LONGEST_SUBJECT] or "policy"
        held = self._held.get(given.get("subject", ""))
        if held and not self.data.get("subject"):
            self.add_error("title", "There is a policy of this title. Choose to publish its next version")
        elif held and held.number == given.get("number"):
            self.add_error("number", f"Version {held.number} is published. Give this one another number")
        return given
