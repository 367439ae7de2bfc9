"""Dates and sizes: what people write is read, and what is written is read again as the same."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.search.language.values import LARGEST_SIZE, days, octets, written_days, written_octets


@pytest.mark.parametrize(
    ("text", "first", "length"),
    [
        ("2026", date(2026, 1, 1), 365),
        ("2024-02", date(2024, 2, 1), 29),
        ("2025-12", date(2025, 12, 1), 31),
        ("2026-3-9", date(2026, 3, 9), 1),
        ("29/02/2024", date(2024, 2, 29), 1),
        ("9/3/2026", date(2026, 3, 9), 1),
    ],
)
def test_a_year_a_month_and_a_day(text: str, first: date, length: int) -> None:
    assert days(text) == (first, first + timedelta(days=length))


@pytest.mark.parametrize(
    "text",
    ["", "29/02/2025", "2026-13", "2026-00-01", "0000", "9999-12-31", "tomorrow", "26-01-01", "1/2/26"],
)
def test_what_is_no_date(text: str) -> None:
    assert days(text) is None


@given(st.dates(max_value=date(9998, 12, 31)))
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    span = (day, day + timedelta(days=1))
    assert days(written_days(*span)) == span


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("500", 500), ("200K", 204_800), ("10mb", 10 << 20), ("2GiB", 2 << 30), ("7B", 7)],
)
def test_sizes(text: str, size: int) -> None:
    assert octets(text) == size


@pytest.mark.parametrize("text", ["", "M", "-1", "1.5M", "10T", "9" * 16, "999999999999999G"])
def test_what_is_no_size(text: str) -> None:
    assert octets(text) is None


@given(st.integers(0, LARGEST_SIZE))
def test_a_size_is_read_as_it_is_written(size: int) -> None:
    assert octets(written_octets(size)) == size
