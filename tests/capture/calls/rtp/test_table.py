"""Rows of streams."""

import pytest

from muniment.capture.calls.ports import Codec
from muniment.capture.calls.rtp.table import NO_SOURCE, Table, Use, use_of


def test_rows_are_given_again_clean_and_grow() -> None:
    table = Table(2)
    first = table.take()
    table.ssrc[first], table.packets[first], table.careful[first] = 5, 9, True
    table.give_back(first)
    rows = [table.take() for _ in range(5)]
    assert first in rows
    assert len(set(rows)) == 5
    assert table.ssrc[first] == NO_SOURCE
    assert table.packets[first] == 0
    assert not table.careful[first]


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("PCMU", Use.SOUND),
        ("CN", Use.SOUND),
        ("telephone-event", Use.DIGITS),
        ("TELEPHONE-EVENT", Use.DIGITS),
        ("tone", Use.DIGITS),
        ("red", Use.REDUNDANT),
    ],
)
def test_what_is_done_with_a_codec(name: str, use: Use) -> None:
    assert use_of(Codec(name, 8000)) is use


def test_negotiated_types_come_before_the_static_ones() -> None:
    table = Table()
    row = table.take()
    table.negotiate(row, {96: Codec("opus", 48_000, 2), 0: Codec("telephone-event", 8000)})
    assert (table.uses[row, 96], table.rates[row, 96]) == (Use.SOUND, 48_000)
    assert table.uses[row, 0] == Use.DIGITS
    assert table.uses[row, 8] == Use.SOUND
    assert table.uses[row, 97] == Use.UNKNOWN
