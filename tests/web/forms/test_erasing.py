"""The form that proposes an erasure."""

from muniment.web.forms.erasing import ProposalForm


def test_without_ground_or_reason_it_says_what_is_missing() -> None:
    form = ProposalForm({"reason": "no"}, cases=())
    assert not form.is_valid()
    assert form.errors["ground"] == ["Choose the ground on which it must be erased"]
    assert form.errors["case"] == ["Choose the case"]
    assert "sentence" in form.errors["reason"][0]
