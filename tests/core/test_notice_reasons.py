"""The codes why a call carries no notice."""

from typing import get_args

from muniment.core.notice_reasons import REASONS, NoNotice, evidence


def test_every_code_that_can_be_set_has_its_words() -> None:
    assert set(get_args(NoNotice.__value__)) - {""} == set(REASONS)
    assert all(each.words and not each.words.endswith(".") for each in REASONS.values())


def test_a_code_says_whether_a_notice_was_impossible_or_not_needed() -> None:
    assert (evidence("switch-cannot").state, evidence("switch-cannot").reason) == (
        "not-feasible",
        "switch-cannot",
    )
    assert evidence("internal-line").state == "not-required"
