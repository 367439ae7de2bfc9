"""A test file and what is chosen for its columns."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.spool.fields import FIELDS
from muniment.core.errors import WrongUseError
from muniment.core.row_mapping import RowMapping
from muniment.web.forms import call_mappings as forms
from muniment.web.forms.call_mappings import Sample

NONE = dict.fromkeys(FIELDS, "")
ROW = {"A": "01 677 8888", "B": "201", "T": "2026-07-01 10:00:00", "L": "75"}


def test_only_the_first_rows_and_no_long_value_travel() -> None:
    text = "A,B\n" + "x" * 500 + ",1\n" * 300
    sample = forms.read(SimpleUploadedFile("a.csv", text.encode()))
    assert len(sample.rows) == forms.MOST_ROWS
    assert sample.total == 300
    assert len(sample.rows[0]["A"]) == forms.LONGEST_VALUE
    assert forms.carried(sample.encode()) == sample


def test_a_column_that_nobody_chose_is_not_read_by_habit() -> None:
    sample = Sample(({"from": "01632960001", "T": "2026-07-01 10:00:00"},), 1)
    report, (line,) = forms.tried(sample, RowMapping({**NONE, "started": "T"}))
    assert (line.caller, line.began) == ("–", "2026-07-01 10:00:00")
    assert any("who called" in gap for gap in report.gaps)


def test_numbers_and_times_are_shown_as_they_will_be_found() -> None:
    mapping = RowMapping(
        {"caller": "A", "called": "B", "started": "T", "seconds": "L"}, {}, "Europe/Dublin", "IE"
    )
    _, (line,) = forms.tried(Sample((ROW,), 1), mapping)
    assert (line.caller, line.called, line.length, line.way) == ("+35316778888", "201", "1:15", "inbound")


def test_the_form_says_what_was_chosen() -> None:
    post = QueryDict(
        "field-caller=A&field-called=&field-odd=B&word-0=Ein&way-0=inbound&zone=Europe/Berlin&region=de"
    )
    assert forms.chosen(post) == RowMapping(
        {**NONE, "caller": "A"}, {"Ein": "inbound"}, "Europe/Berlin", "DE"
    )


@given(st.text(max_size=80))
def test_what_somebody_made_up_is_said_to_be_gone(text: str) -> None:
    with pytest.raises(WrongUseError):
        forms.carried(text)
