"""The files that take longest are spread, and every one is still there."""

from hypothesis import given
from hypothesis import strategies as st

from tests import order
from tests.project.tree import ROOT

NAMES = st.lists(
    st.sampled_from([*order.LONG, "tests/core/", "tests/vault/"]).flatmap(
        lambda room: st.integers(0, 99).map(lambda number: f"{room}test_{number}.py")
    ),
    unique=True,
)


@given(files=NAMES)
def test_nothing_is_lost_and_each_kind_keeps_its_order(files: list[str]) -> None:
    placed = order.spread(files)
    assert sorted(placed) == sorted(files)
    for long in (True, False):
        kind = [file for file in files if file.startswith(order.LONG) == long]
        assert [file for file in placed if file in kind] == kind


def test_small_files_come_between_the_long_and_last() -> None:
    files = [f"tests/faults/test_{n}.py" for n in range(5)] + [f"tests/core/test_{n}.py" for n in range(50)]
    placed = [file.startswith(order.LONG) for file in order.spread(files)]
    assert [at for at, long in enumerate(placed) if long] == [0, 9, 18, 27, 36]


def test_each_room_of_long_files_is_there() -> None:
    assert all((ROOT / room).is_dir() for room in order.LONG)
