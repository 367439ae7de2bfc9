"""Separators that neither quotes nor angle brackets hide."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.sip.lists import split_list


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" , ,", []),
        ("a", ["a"]),
        ("a, b,c", ["a", "b", "c"]),
        ('"a, b" <sip:c,d>, e', ['"a, b" <sip:c,d>', "e"]),
        (r'"a\", b", c', [r'"a\", b"', "c"]),
        ("<a,b", ["<a,b"]),
    ],
)
def test_lists_are_split_where_their_separators_stand(text: str, expected: list[str]) -> None:
    assert split_list(text) == expected


@given(st.text(max_size=60))
def test_no_letter_is_lost_but_separators_and_white_space(text: str) -> None:
    kept = "".join("".join(split_list(text)).split())
    assert kept.replace(",", "") == "".join(text.split()).replace(",", "")
