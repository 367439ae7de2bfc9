"""The forms of holds."""

from django import forms

from muniment.core import ids
from muniment.core.errors import WrongUseError
from muniment.core.ids import Prefix


class HoldForm(forms.Form):
    """Which records, why, and in which case if there is one."""

    records = forms.CharField(
        label="Which records?",
        help_text="Their numbers, such as rec_…, one on a line. You find them on the records of a case.",
        error_messages={"required": "Give the number of at least one record"},
    )
    reason = forms.CharField(
        label="Why must they be kept?",
        help_text="Such as the claim, the investigation or the order of a court. It stands in the proof log.",
        max_length=2_000,
        error_messages={"required": "Say why the records must be kept"},
    )
    case = forms.CharField(
        label="Case (if there is one)",
        help_text="Its number, such as case_….",
        required=False,
        max_length=40,
    )

    def clean_records(self) -> list[str]:
        """Each a record's number."""
        given = str(self.cleaned_data["records"]).replace(",", " ").split()
        for name in given:
            try:
                ids.decode(Prefix.RECORD, name)
            except WrongUseError as error:
                raise forms.ValidationError(f"“{name[:60]}” is not the number of a record") from error
        return given

    def clean_case(self) -> str:
        """Without blanks around it."""
        return str(self.cleaned_data["case"]).strip()


class ReleaseForm(forms.Form):
    """Why a hold may end."""

    reason = forms.CharField(
        label="Why may the hold end?",
        max_length=2_000,
        error_messages={"required": "Say why the hold may end"},
    )
