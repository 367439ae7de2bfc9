"""The six fields of a request: a value, or an explicit “not known”; never silence (REQ 053)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import WrongUseError
from muniment.governance.fields import LABELS, NOT_KNOWN, RequestFields, complete

OTHERS = tuple(name for name in RequestFields.__struct_fields__ if name != "reason")
REASON = "To settle a question about an order."


def test_what_is_not_known_is_said_and_kept_apart_from_a_value() -> None:
    whole = complete({"reason": REASON, "extension": "214"}, frozenset(OTHERS) - {"extension"})
    assert whole.extension == "214"
    assert whole.when is None
    assert whole.as_json() == dict.fromkeys(OTHERS, NOT_KNOWN) | {"reason": REASON, "extension": "214"}


@given(st.sets(st.sampled_from(OTHERS)), st.sets(st.sampled_from(OTHERS)))
def test_each_field_must_be_given_or_marked_and_not_both(values: set[str], marked: set[str]) -> None:
    given_fields = {"reason": REASON} | dict.fromkeys(values, "something")
    if values | marked == set(OTHERS) and not values & marked:
        complete(given_fields, frozenset(marked))  # type: ignore[arg-type]  # a dict of texts
        return
    with pytest.raises(WrongUseError) as refusal:
        complete(given_fields, frozenset(marked))  # type: ignore[arg-type]
    for name in set(OTHERS) - values - marked | (values & marked):
        assert LABELS[name] in str(refusal.value)


@pytest.mark.parametrize("reason", ["", "   ", "because", "just because"])
def test_a_reason_is_a_sentence_and_never_not_known(reason: str) -> None:
    with pytest.raises(WrongUseError, match="Reason"):
        complete({"reason": reason}, frozenset({*OTHERS, "reason"}))


def test_a_field_has_a_longest_length() -> None:
    with pytest.raises(WrongUseError, match="at most"):
        complete({"reason": REASON, "nature": "x" * 2_001}, frozenset(OTHERS) - {"nature"})
