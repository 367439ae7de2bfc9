"""The form that proposes an erasure."""

from collections.abc import Sequence
from typing import Any

from django import forms

from muniment.governance.deciding import LONGEST_REASON
from muniment.governance.erasing import GROUNDS
from muniment.governance.views import CaseView


class ProposalForm(forms.Form):
    """The case, the ground of Article 17 and the reason in own words."""

    case = forms.ChoiceField(label="In which case?", error_messages={"required": "Choose the case"})
    ground = forms.ChoiceField(
        label="On which ground?",
        choices=tuple(GROUNDS.items()),
        error_messages={"required": "Choose the ground on which it must be erased"},
    )
    reason = forms.CharField(
        label="Why, in your own words?",
        help_text="Whoever signs beside you decides by this, and it stands in the proof log.",
        max_length=LONGEST_REASON,
        error_messages={"required": "Say why it must be erased"},
    )

    def __init__(self, *args: Any, cases: Sequence[CaseView], **kwargs: Any) -> None:
        """`cases` are those in which the record was found."""
        super().__init__(*args, **kwargs)
        field = self.fields["case"]
        field.choices = [(case.id, f"{case.title}, opened {case.opened:%-d %B %Y}") for case in cases]  # type: ignore[attr-defined]  # a ChoiceField
        field.initial = cases[0].id if len(cases) == 1 else None

    def clean_reason(self) -> str:
        """A sentence, not a word."""
        reason = str(self.cleaned_data["reason"]).strip()
        if len(reason.split()) < 3:  # noqa: PLR2004  the form of a request asks the same
            raise forms.ValidationError("Say in a sentence why it must be erased")
        return reason
