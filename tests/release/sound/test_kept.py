"""Windows kept in memory, within a bound."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from muniment.release.sound.kept import Kept


def test_it_is_made_once_and_forgotten_with_its_opening() -> None:
    kept, made = Kept(), []

    def make() -> bytes:
        made.append(1)
        return b"abc"

    assert [kept.get(("a", "window", 0), make) for _ in range(3)] == [b"abc"] * 3
    assert len(made) == 1
    kept.forget("b")
    assert kept.size == 3
    kept.forget("a")
    kept.get(("a", "window", 0), make)
    assert (len(made), kept.size) == (2, 3)


def test_the_longest_unused_goes_first() -> None:
    kept = Kept(10)
    for number in (0, 1, 0, 2):
        kept.get(("a", "window", number), lambda: bytes(4))
    assert kept.get(("a", "window", 0), lambda: b"new") == bytes(4)
    assert kept.get(("a", "window", 1), lambda: b"new") == b"new"


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40)), max_size=60))
def test_it_never_holds_more_than_its_bound(asked: list[tuple[int, int]]) -> None:
    kept = Kept(50)
    for number, size in asked:
        kept.get(("a", "window", number), partial(bytes, size))
        assert kept.size <= 50
