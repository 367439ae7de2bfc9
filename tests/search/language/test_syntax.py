"""Trees are put together without needless levels, and their conditions can be counted."""

from muniment.core.errors import WrongUseError
from muniment.search.language.syntax import And, Not, Or, QueryMistakeError, Words, all_of, any_of, leaves

A, B, C = (Words("", name) for name in "abc")


def test_levels_that_mean_nothing_are_left_out() -> None:
    assert all_of([A]) == A
    assert all_of([all_of([A, B]), C]) == And((A, B, C))
    assert any_of([any_of([A, B]), C]) == Or((A, B, C))
    assert all_of([any_of([A, B]), C]) == And((Or((A, B)), C))


def test_every_condition_is_found_at_any_depth() -> None:
    assert leaves(And((A, Not(Or((B, C)))))) == (A, B, C)


def test_a_mistake_counts_characters_from_one_for_people() -> None:
    mistake = QueryMistakeError("It is wrong", 4, 0, remedy="Write it rightly.")
    assert isinstance(mistake, WrongUseError)
    assert str(mistake) == "It is wrong, at character 5. Write it rightly."
    assert (mistake.place, mistake.length) == (4, 1)
