"""The end of a page is an opaque text that fits only its own sorting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import WrongUseError
from muniment.search.index import cursors


@given(st.integers(0, 2**64 - 1), st.sampled_from(["date", "relevance"]))
def test_a_cursor_comes_back(place: int, sorting) -> None:
    assert cursors.read(cursors.write(sorting, place), sorting) == place


@given(st.text(max_size=20))
def test_anything_else_is_refused(text: str) -> None:
    try:
        place = cursors.read(text, "date")
    except WrongUseError:
        return
    assert cursors.write("date", place) == text


def test_a_cursor_of_another_sorting_is_refused() -> None:
    with pytest.raises(WrongUseError, match="first page"):
        cursors.read(cursors.write("relevance", 50), "date")
