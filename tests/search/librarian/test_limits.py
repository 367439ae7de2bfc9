"""A warrant's day has a budget, and a restart does not give it back."""

from pathlib import Path

import pytest

from muniment.core.errors import RefusedError
from muniment.search.language.parser import parse
from muniment.search.librarian.limits import DAY, Budgets, cost
from tests.search.samples import KEY, every_byte

NOW = 1_767_225_600


@pytest.mark.parametrize(
    ("query", "points"),
    [
        ("refund", 1),
        ("from:ann after:2026 has:attachment", 1),
        ('"charge back"', 3),
        ("contr*", 3),
        ("near(a1, b1, 3)", 3),
        ('"a1 b1" OR "c1 d1" OR from:ann', 5),
    ],
)
def test_what_could_spell_out_a_text_costs_more(query: str, points: int) -> None:
    assert cost(parse(query)) == points


def test_the_day_of_a_warrant_ends_and_another_begins(tmp_path: Path) -> None:
    budgets = Budgets(tmp_path / "budgets", KEY, budget=5)
    for second in range(5):
        budgets.spend("one", parse("refund"), NOW + second)
    with pytest.raises(RefusedError, match="for today"):
        budgets.spend("one", parse("refund"), NOW + 6)
    budgets.spend("two", parse("refund"), NOW + 6)
    budgets.spend("one", parse("refund"), NOW + DAY)


def test_a_restart_gives_nothing_back(tmp_path: Path) -> None:
    Budgets(tmp_path / "budgets", KEY, budget=1).spend("one", parse("refund"), NOW)
    with pytest.raises(RefusedError):
        Budgets(tmp_path / "budgets", KEY, budget=1).spend("one", parse("refund"), NOW)
    assert b"one" not in every_byte(tmp_path)


def test_many_phrases_cannot_be_tried(tmp_path: Path) -> None:
    budgets, refused = Budgets(tmp_path / "budgets", KEY), 0
    for number in range(193):  # as many gave up a sentence in the trial
        try:
            budgets.spend("one", parse(f'"the secret word{number}"'), NOW)
        except RefusedError:
            refused += 1
    assert refused >= 93
