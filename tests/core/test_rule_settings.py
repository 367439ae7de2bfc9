"""Which calls are recorded, by category."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from muniment.core.call_outline import Outline
from muniment.core.rule_settings import RecordingRule, rule_of, ruled_out

ORGANISATION = "org_a"
CALL = Outline(ORGANISATION, "sbc", "sales", "inbound", frozenset({"+441632960001", "ext:201"}))


def rule(**changes: Any) -> RecordingRule:
    given = {
        "organisation": ORGANISATION, "name": "council", "category": "works council", "decision": "leave-out",
        "reason": "agreed with the council", "lines": ("201",), **changes,
    }  # fmt: skip
    return RecordingRule.model_validate(given)


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"numbers": ("01632 960001",)}, True),
        ({"numbers": ("01632 960002",)}, False),
        ({"queues": ("SALES",)}, True),
        ({"queues": ("support",)}, False),
        ({"directions": ("inbound", "internal")}, True),
        ({"directions": ("outbound",)}, False),
        ({"channels": ("meeting",)}, False),
        ({"channels": ("call",)}, True),
        ({"sources": ("pbx",)}, False),
        ({"organisation": "org_b"}, False),
    ],
)
def test_a_rule_fits_where_all_that_it_says_does(changes: dict[str, object], *, fits: bool) -> None:
    assert rule(**changes).fits(CALL) is fits


@given(st.permutations([rule(name="a"), rule(name="b", decision="record"), rule(name="c", lines=("999",))]))
def test_the_first_that_fits_decides(rules: list[RecordingRule]) -> None:
    found = rule_of(rules, CALL)
    assert found == next(each for each in rules if each.name != "c")


def test_a_rule_says_which_calls_and_why() -> None:
    for wrong in ({"reason": ""}, {"lines": ()}, {"category": ""}, {"decision": "maybe"}):
        with pytest.raises(ValidationError):
            rule(**wrong)
    assert rule(decision="record", reason="").matched.decision == "record"


def test_the_ledger_s_word_names_the_rule_and_is_told_from_a_caller_s_no() -> None:
    assert ruled_out(rule().word) == "council"
    assert ruled_out("ended before the notice did") == ""
