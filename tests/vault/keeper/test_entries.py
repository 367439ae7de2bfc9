"""Action entries: one clear text for one meaning, read strictly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import canonical
from muniment.core.errors import WrongUseError
from muniment.core.tags import EventTag
from muniment.vault.keeper import entries
from muniment.vault.keeper.entries import Clear, Entry, ExaminedBody
from muniment.vault.orders import erased_record

TEXT = st.text(max_size=20)
CLEAR = st.builds(
    Clear,
    tag=st.sampled_from(EventTag),
    time=st.integers(0, 2**40),
    record=TEXT,
    warrant=TEXT,
    rule=TEXT,
    range=st.none() | st.tuples(st.integers(0, 9), st.integers(0, 9)),
    demo=st.booleans(),
)


@given(CLEAR)
def test_clear_parts_come_back_and_are_canonical(clear: Clear) -> None:
    data = entries.write_clear(clear)
    assert entries.read_clear(data) == clear
    assert isinstance(canonical.loads(data), dict)


def test_what_has_no_value_is_left_out() -> None:
    assert (
        entries.write_clear(Clear(tag=EventTag.CASE_OPENED, time=7))
        == b'{"tag":"governance:case:opened","time":7}'
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"tag":"nothing:we:know","time":7}',
        b'{"tag":"governance:case:opened","time":7,"more":1}',
    ],
)
def test_other_clear_parts_are_refused(data: bytes) -> None:
    with pytest.raises(WrongUseError):
        entries.read_clear(data)


def test_the_store_understands_an_erasure_order() -> None:
    record = "rec_" + "a" * 26
    clear = entries.write_clear(Clear(tag=EventTag.RECORD_ERASED, time=7, record=record))
    assert erased_record(clear) == bytes(16)


def test_a_body_of_another_form_is_refused() -> None:
    with pytest.raises(WrongUseError):
        entries.read_body(ExaminedBody, b'{"purpose":7}')


def test_an_action_is_sealed_with_its_clear_part_open() -> None:
    document = entries.document(Entry(Clear(tag=EventTag.CASE_OPENED, time=7), b"{}"))
    assert document.clear.startswith(b'{"tag"')
    assert document.plaintext == b"{}"
