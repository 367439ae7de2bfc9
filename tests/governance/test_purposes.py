"""Each use of content binds one purpose, and every purpose of the three policies is there (REQ 071)."""

from collections import Counter

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import purposes


def test_the_three_policies_purposes_are_preloaded_each_with_its_clause() -> None:
    catalogue = purposes.catalogue()
    counted = Counter(purpose.id[0] for purpose in catalogue)
    assert (counted["C"], counted["K"], counted["M"]) == (7, 10, 6)
    assert all(purpose.clause and purpose.name for purpose in catalogue)
    assert len({purpose.id for purpose in catalogue}) == len(catalogue)


def test_any_other_reason_is_no_purpose_without_its_specifics() -> None:
    with pytest.raises(RefusedError, match="specifics"):
        purposes.bind("M6", "because")
    assert purposes.bind("M6", "to answer the insurer's letter of May").id == "M6"
    assert purposes.bind("K10", "").id == "K10"


def test_an_unknown_purpose_is_refused() -> None:
    with pytest.raises(WrongUseError):
        purposes.bind("X1", "")
