"""The row of a request: its class, made stricter by what was chosen, under the matrix of its day."""

import pytest

from muniment.governance import adoption, matrix, rules
from muniment.governance.models import Request
from tests.governance.house import House

PACK = matrix.shipped("call_recording")


@pytest.mark.parametrize(
    ("category", "actions", "count", "private", "seats"),
    [
        ("business", ("view",), 10, 0, 1),
        ("business", ("view",), 10, 1, 2),
        ("dsar", ("view",), 10, 0, 1),
        ("dsar", ("export",), 1, 0, 1),
        ("dsar", ("export",), 2, 0, 2),
        ("erasure", ("erase",), 1, 1, 2),
        ("bulk_export", ("export", "view"), 1, 0, 2),
    ],
)
def test_private_items_and_many_copies_take_two_whatever_the_class(
    category: str, actions: tuple[str, ...], count: int, private: int, seats: int
) -> None:
    row = rules.row_for(PACK, category, actions, count, private)
    assert len(row.seats) == seats
    assert row.request_class == category


def test_a_right_has_the_one_name_that_the_keeper_knows() -> None:
    assert rules.warrant_category(PACK.row("dsar")) == "subject_right"
    assert rules.warrant_category(PACK.row("business")) == "business"


def test_a_request_is_judged_by_the_matrix_it_was_made_under(house: House) -> None:
    before = house.submitted()
    adoption.set_up(house.desk, house.organisation, "electronic_communications")
    after = house.submitted()
    clauses = {rules.row_of(Request.objects.get(pk=one.id)).clause for one in (before, after)}
    assert len(clauses) == 2


def test_the_locator_is_never_the_requester_nor_concerned(house: House) -> None:
    row = PACK.row("business")
    assert rules.locator_for(row, house.organisation, house.id("hana"), ()).name == "Cora"
    for requester, about in ((house.id("cora"), ()), (house.id("hana"), (house.id("cora"),))):
        with pytest.raises(Exception, match="Nobody may look"):
            rules.locator_for(row, house.organisation, requester, about)
