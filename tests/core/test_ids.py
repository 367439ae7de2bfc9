"""Identifiers survive writing and reading, and nothing else passes for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import ids
from muniment.core.errors import WrongUseError


@given(st.binary(min_size=16, max_size=16), st.sampled_from(ids.Prefix))
def test_written_and_read_back(raw: bytes, prefix: ids.Prefix) -> None:
    text = ids.encode(prefix, raw)
    assert ids.decode(prefix, text) == raw
    assert text == text.lower()
    assert "=" not in text


@given(st.text(max_size=40))
def test_no_other_text_is_taken_for_a_record(text: str) -> None:
    try:
        raw = ids.record_bytes(text)
    except WrongUseError:
        return
    assert ids.record_text(raw) == text


def test_a_person_is_not_a_record() -> None:
    with pytest.raises(WrongUseError):
        ids.record_bytes(ids.new(ids.Prefix.PERSON))


def test_an_identifier_of_another_length_is_not_written() -> None:
    with pytest.raises(WrongUseError):
        ids.encode(ids.Prefix.CASE, b"short")


def test_fresh_ones_differ() -> None:
    assert len({ids.new_record_id() for _ in range(1000)}) == 1000
