"""Range headers, as RFC 9110 section 14 has them, and as strangers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.release.sound.ranges import Stretch, UnsatisfiableError, asked


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-", 0, 99),
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=90-500", 90, 99),
        ("bytes=-10", 90, 99),
        ("bytes=-500", 0, 99),
        ("BYTES = 3 - 4", 3, 4),
    ],
)
def test_one_range_is_cut_at_the_end_of_the_file(header: str, first: int, last: int) -> None:
    assert asked(header, 100) == Stretch(first, last)


@pytest.mark.parametrize(
    "header",
    ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "items=0-5", "bytes=0-1,5-6", "bytes=1٢-"],
)
def test_what_cannot_be_read_or_is_several_asks_for_the_whole(header: str) -> None:
    assert asked(header, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_beyond_the_file_nothing_is_given(header: str) -> None:
    with pytest.raises(UnsatisfiableError):
        asked(header, 100)


@given(
    st.text(max_size=200) | st.from_regex(r"bytes=\d*-\d*(,\d*-\d*)*", fullmatch=True), st.integers(1, 10**12)
)
def test_whatever_is_sent_the_answer_lies_within_the_file(header: str, size: int) -> None:
    try:
        found = asked(header, size)
    except UnsatisfiableError:
        return
    assert found is None or 0 <= found.first <= found.last < size
    assert found is None or 0 < found.length <= size
