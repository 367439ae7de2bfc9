"""Each token knows where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.search.language.syntax import QueryMistakeError
from muniment.search.language.tokens import Kind, cut


def test_a_query_is_cut_where_people_expect() -> None:
    tokens = cut('from:ann (a OR -"b c"~2)')
    assert [(token.kind, token.text) for token in tokens] == [
        (Kind.FIELD, "from"),
        (Kind.WORD, "ann"),
        (Kind.OPEN, "("),
        (Kind.WORD, "a"),
        (Kind.OR, "OR"),
        (Kind.MINUS, "-"),
        (Kind.PHRASE, "b c"),
        (Kind.CLOSE, ")"),
        (Kind.END, ""),
    ]
    assert tokens[6].slop == 2
    assert [token.joined for token in tokens[:3]] == [False, True, False]


def test_after_a_field_anything_is_its_value() -> None:
    assert [token.kind for token in cut("subject:AND subject:-x")] == [
        Kind.FIELD,
        Kind.WORD,
        Kind.FIELD,
        Kind.WORD,
        Kind.END,
    ]


@pytest.mark.parametrize("query", ['"open', '"a"~', '"a"~x', '"a"~1234'])
def test_quotations_must_be_whole(query: str) -> None:
    with pytest.raises(QueryMistakeError):
        cut(query)


@given(st.text(max_size=80))
def test_no_visible_character_is_lost(query: str) -> None:
    try:
        tokens = cut(query)
    except QueryMistakeError:
        return
    covered = {place for token in tokens for place in range(token.place, token.end)}
    assert all(place in covered or query[place].isspace() for place in range(len(query)))
    assert [token.place for token in tokens] == sorted(token.place for token in tokens)
