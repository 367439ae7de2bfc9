"""A record's content is its statement and the original bytes, and nothing is lost between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError
from muniment.vault.content import pack_content, unpack_content


@given(st.binary(), st.binary())
def test_both_parts_come_back(statement: bytes, original: bytes):
    assert unpack_content(pack_content(statement, original)) == (statement, original)


@pytest.mark.parametrize("data", [b"", b"\x01\x00\x00", b"\x05\x00\x00\x00abcd"])
def test_impossible_lengths_are_refused(data: bytes):
    with pytest.raises(FaultFoundError):
        unpack_content(data)
