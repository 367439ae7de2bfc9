"""One value has one text; whatever is not that text is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import canonical
from muniment.core.errors import WrongUseError

plain_text = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | plain_text
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain_text, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_what_is_written_is_read_back_and_means_the_same_to_any_json_parser(value: canonical.Json) -> None:
    data = canonical.dumps(value)
    assert canonical.loads(data) == value
    assert json.loads(data) == value


@given(st.dictionaries(plain_text, scalars, min_size=2, max_size=6))
def test_the_order_in_which_names_were_given_does_not_matter(value: dict[str, canonical.Json]) -> None:
    turned = dict(reversed(value.items()))
    assert canonical.dumps(value) == canonical.dumps(turned)


def test_names_are_sorted_by_utf_16_code_units() -> None:
    # RFC 8785 section 3.2.3's own example order: U+1F600 is written D83D DE00, before U+FB33.
    assert canonical.dumps({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize(
    "text",
    [b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"1.0", b"1e3", b"NaN", b"", b"\xff", b'"\\u0041"'],
)
def test_any_other_text_of_a_value_is_refused(text: bytes) -> None:
    with pytest.raises(WrongUseError):
        canonical.loads(text)


@pytest.mark.parametrize("value", [1.5, 2**53, {1: 2}, {1, 2}, b"bytes", "\ud800"])
def test_what_has_no_exact_form_is_refused(value: canonical.Json) -> None:
    with pytest.raises(WrongUseError):
        canonical.dumps(value)


def test_a_bomb_of_brackets_is_refused_and_does_not_crash() -> None:
    with pytest.raises(WrongUseError):
        canonical.loads(b"[" * 200_000)
