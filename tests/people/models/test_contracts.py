"""A contract's row."""

from muniment.people.models import Contract


def test_it_says_whose_it_is() -> None:
    assert str(Contract(person_id="per_x", reference="C-17")) == "C-17 of per_x"
