"""Policy packs: the rows are data, and some things no pack may loosen."""

import pytest

from muniment.core.errors import WrongUseError
from muniment.governance import matrix
from muniment.governance.matrix import PACKS, RequestClass


@pytest.mark.parametrize("name", PACKS)
def test_each_pack_has_a_row_with_its_clause_for_every_class(name: str) -> None:
    pack = matrix.shipped(name)
    for request_class in RequestClass:
        row = pack.row(request_class)
        assert row.clause
        assert row.because
        assert row.seats


@pytest.mark.parametrize("name", PACKS)
@pytest.mark.parametrize("request_class", sorted(matrix.TWO_PERSONS))
def test_what_cannot_be_undone_takes_two_persons_in_every_pack(
    name: str, request_class: RequestClass
) -> None:
    assert len(matrix.shipped(name).row(request_class).seats) == 2


def test_a_seat_reads_as_groups_asked_one_after_another() -> None:
    row = matrix.shipped("electronic_communications").row("business")
    assert row.seats[0].groups == (
        frozenset({"managing_director", "director"}),
        frozenset({"office_manager"}),
    )


def changed(old: str, new: str, pack: str = "call_recording") -> str:
    text = matrix.pack_text(pack)
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('seats = [["director | managing_director"]]', 'seats = [["office_manager"]]', "no director decides"),
        (
            'seats = [["data_controller"], ["director | managing_director", "office_manager"]]',
            'seats = [["data_controller"]]',
            "two different persons",
        ),
        ('class = "police"', 'class = "dsar"', "one row for each class"),
        ('actions = ["view", "listen"]', 'actions = ["view", "listen"]\ndays = 30', "1 to 14 days"),
        ('seats = [["director | managing_director"]]', "seats = []", "nobody is named"),
        ('class = "business"', 'class = "gossip"', "cannot be read"),
        ('title = "A business need"', 'title = "A business need"\nsurprise = 1', "cannot be read"),
    ],
)
def test_a_pack_that_loosens_what_none_may_is_refused_with_the_reason(old: str, new: str, why: str) -> None:
    with pytest.raises(WrongUseError) as refusal:
        matrix.parse(changed(old, new))
    assert why in str(refusal.value)


def test_somebody_who_is_no_director_decides_only_where_a_clause_says_so() -> None:
    text = changed('deputy_clause = "Electronic communications policy, 5.2, last paragraph"\n', "", PACKS[2])
    with pytest.raises(WrongUseError, match="no clause says so"):
        matrix.parse(text)


def test_text_that_is_no_pack_is_refused() -> None:
    for text in ("", "not toml [", 'pack = "x"'):
        with pytest.raises(WrongUseError):
            matrix.parse(text)
    with pytest.raises(WrongUseError):
        matrix.pack_text("../secrets")
