"""What may be set about card data."""

import pytest
from pydantic import ValidationError

from muniment.core.card_settings import CardRule


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"page": "("},
        {"queue": "x", "keys_seconds": -1},
        {"queue": "x", "name": "No!"},
        {"pause_keys": "7x"},
        {"pause_keys": "*7", "resume_keys": "*7"},
        {"resume_keys": "*8", "queue": "x"},
        {"pause_keys": "*********"},
    ],
)
def test_a_rule_that_says_nothing_sensible_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CardRule.model_validate({"organisation": "org_a", **wrong})


def test_each_of_the_four_is_enough() -> None:
    for one in ({"queue": "Payments"}, {"page": "/pay"}, {"keys_seconds": 20}, {"pause_keys": "*7"}):
        assert CardRule.model_validate({"organisation": "org_a", **one}).name == "card"
