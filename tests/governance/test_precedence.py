"""The order of precedence: a hold beats everything, a decision to erase beats company retention."""

import pytest

from muniment.governance.precedence import Rule, may_destroy


@pytest.mark.parametrize(
    ("held", "upheld", "destroy", "rule"),
    [
        (True, True, False, Rule.HELD),
        (True, False, False, Rule.HELD),
        (False, True, True, Rule.ERASURE_UPHELD),
        (False, False, False, Rule.KEEP),
    ],
)
def test_the_first_row_that_matches_decides(held: bool, upheld: bool, destroy: bool, rule: Rule) -> None:
    ruling = may_destroy(held=held, upheld=upheld)
    assert (ruling.destroy, ruling.rule) == (destroy, rule)
    assert ruling.words
