"""Templates: choices, slots, repairs and slips."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import WrongUseError
from muniment.demo.corpus import prose

DAY = date(2026, 3, 11)  # a Wednesday


def rng(seed: int = 1) -> random.Random:
    return random.Random(seed)


def test_choices_nest_and_may_be_empty() -> None:
    made = {prose.expand("{a {b|c}|d|}", rng(seed)) for seed in range(60)}
    assert made == {"a b", "a c", "d", ""}


@given(st.integers(), st.text("ab{}|", max_size=30))
def test_the_same_seed_chooses_the_same(seed: int, template: str) -> None:
    assert prose.expand(template, rng(seed)) == prose.expand(template, rng(seed))


def test_slots_are_filled_and_a_value_may_hold_another() -> None:
    values = {"who": "<boss>", "boss": "Margaret"}
    assert prose.fill("Ask <who>.", values, DAY) == "Ask Margaret."


def test_days_count_working_days() -> None:
    assert prose.fill("<day+3>", {}, DAY) == "Monday"
    assert prose.fill("<date+3>", {}, DAY) == "Monday 16 March"
    assert prose.fill("<date-3>", {}, DAY) == "Friday 6 March"
    assert prose.fill("<month+1>", {}, DAY) == "April"


def test_a_slot_that_nothing_fills_is_an_error() -> None:
    with pytest.raises(WrongUseError, match="<nobody>"):
        prose.fill("Hello <nobody>", {}, DAY)


def test_values_come_from_lists_money_numbers_and_days() -> None:
    wanted = {"a": ["x"], "b": "£10-10", "c": "#7-7", "d": "day+1", "e": "as it is"}
    made = prose.choose(wanted, DAY, rng())
    assert made["b"].startswith("£10")
    assert {key: made[key] for key in "acde"} == {
        "a": "x",
        "c": "7",
        "d": "Thursday 12 March",
        "e": "as it is",
    }


@pytest.mark.parametrize(
    ("untidy", "tidy"),
    [
        ("Hello  there .", "Hello there."),
        ("one two. three four.", "One two. Three four."),
        ("a b\n\n\n\nc d", "A b\n\nC d"),
        ("Ring me.  ", "Ring me."),
        ("See https://x.example/a.b", "See https://x.example/a.b"),
    ],
)
def test_what_empty_choices_leave_is_repaired(untidy: str, tidy: str) -> None:
    assert prose.tidy(untidy) == tidy


@given(st.integers())
def test_a_slip_changes_one_place_only(seed: int) -> None:
    text = "I cannot find the printer"
    slipped = prose.slip(text, rng(seed))
    assert sorted(slipped) == sorted(text)
    assert sum(a != b for a, b in zip(text, slipped, strict=True)) in {0, 2}
