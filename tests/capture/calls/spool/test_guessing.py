"""Which column is which field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.spool.fields import FIELDS, csv_rows
from muniment.capture.calls.spool.guessing import guess


def test_names_are_known_however_they_are_written() -> None:
    found = guess(
        csv_rows("Call Ref;A-Number;B Number;Start Time;callDuration;Way;File Name\n1;2;3;4;5;6;7\n")
    )
    assert found == {
        "call": "Call Ref",
        "called": "B Number",
        "caller": "A-Number",
        "direction": "Way",
        "recording": "File Name",
        "seconds": "callDuration",
        "started": "Start Time",
    }


def test_values_tell_what_names_do_not() -> None:
    text = (
        "Zeit;Anrufer;Ziel;Dauer;Richtung;Aufnahme;Notiz\n"
        "01/03/2026 10:00;01632 960001;201;00:04:12;in;x1.mp3;a\n"
        "01/03/2026 11:00;202;07700 900123;00:01:00;out;x2.mp3;b\n"
    )
    assert guess(csv_rows(text)) == {
        "called": "Ziel",
        "caller": "Anrufer",
        "direction": "Richtung",
        "recording": "Aufnahme",
        "seconds": "Dauer",
        "started": "Zeit",
    }


def test_nothing_is_guessed_from_nothing() -> None:
    assert guess([]) == {}
    assert guess([{"x": "", "y": "hello"}]) == {}


@given(st.lists(st.dictionaries(st.text(max_size=8), st.text(max_size=12), max_size=6), max_size=6))
def test_no_file_is_an_error_and_no_column_is_two_fields(rows: list[dict[str, str]]) -> None:
    found = guess(rows)
    assert set(found) <= set(FIELDS)
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize("region", ["GB", "IE"])
def test_numbers_are_known_by_the_region(region: str) -> None:
    number = {"GB": "01632 960001", "IE": "01 677 8888"}[region]
    assert guess([{"x": number}], region) == {"caller": "x"}
