"""An add-checkpoint request reads back as it was written, and nothing else is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import WrongUseError
from muniment.vault.witness.request import MOST_HASHES, AddCheckpoint

HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=MOST_HASHES).map(tuple)


@given(st.integers(0, 2**63 - 1), HASHES, st.text(st.characters(codec="utf-8"), max_size=200))
def test_a_request_reads_back(old: int, path: tuple[bytes, ...], note: str):
    request = AddCheckpoint(old, path, note)
    assert AddCheckpoint.parse(request.text().encode()) == request


@given(st.binary(max_size=300))
def test_rubbish_is_refused_or_reads_back(data: bytes):
    try:
        assert AddCheckpoint.parse(data).text().encode() == data
    except WrongUseError:
        return


@pytest.mark.parametrize(
    "text",
    [
        "",
        "old 1",
        "old 01\n\nnote",
        "old -1\n\nnote",
        "old 1 \n\nnote",
        "new 1\n\nnote",
        "old 1\nAAAA\n\nnote",
        "old 1\n" + "A" * 43 + "=\r\n\nnote",
        "old 1\n" + ("A" * 43 + "=\n") * (MOST_HASHES + 1) + "\nnote",
        "old 1\n" + "A" * 42 + "B=\n\nnote",
    ],
)
def test_what_is_no_request(text: str):
    with pytest.raises(WrongUseError):
        AddCheckpoint.parse(text.encode())
