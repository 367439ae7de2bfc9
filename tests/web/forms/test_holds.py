"""The forms of holds."""

from muniment.core import ids
from muniment.core.ids import Prefix
from muniment.web.forms.holds import HoldForm, ReleaseForm


def test_numbers_stand_on_lines_or_between_commas() -> None:
    first, second = ids.new(Prefix.RECORD), ids.new(Prefix.RECORD)
    form = HoldForm({"records": f"{first},\n {second} ", "reason": "A claim.", "case": " case_x "})
    assert form.is_valid()
    assert form.cleaned_data["records"] == [first, second]
    assert form.cleaned_data["case"] == "case_x"


def test_what_is_no_number_is_named() -> None:
    form = HoldForm({"records": "rec_short", "reason": "A claim."})
    assert not form.is_valid()
    assert form.errors["records"] == ["“rec_short” is not the number of a record"]
    assert not ReleaseForm({}).is_valid()
