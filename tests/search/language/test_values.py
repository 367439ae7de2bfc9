"""Dates and sizes: what people write is read, and what is written is read again as the same."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.search.language.values import (
    LARGEST_SIZE,
    days,
    hundredths,
    octets,
    seconds,
    written_days,
    written_hundredths,
    written_octets,
    written_seconds,
)


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


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90", 90),
        ("90s", 90),
        ("5m", 300),
        ("5MIN", 300),
        ("1h30m", 5400),
        ("1h2m3s", 3723),
        ("4:12", 252),
        ("1:00:00", 3600),
        ("0", 0),
    ],
)
def test_lengths(text: str, length: int) -> None:
    assert seconds(text) == length


@pytest.mark.parametrize("text", ["", "m", "5 m", "-1", "5d", "1:2", "٣s", "1.5h"])
def test_what_is_no_length(text: str) -> None:
    assert seconds(text) is None


@given(st.integers(0, 10**8))
def test_a_length_is_read_as_it_is_written(length: int) -> None:
    assert seconds(written_seconds(length)) == length


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("3", 300),
        ("3.5", 350),
        ("4.25", 425),
        ("5", 500),
        ("5.01", None),
        ("0", None),
        ("9", None),
        ("3.555", None),
        ("", None),
    ],
)
def test_scores(text: str, score: int | None) -> None:
    assert hundredths(text) == score


@given(st.integers(100, 500))
def test_a_score_is_read_as_it_is_written(score: int) -> None:
    assert hundredths(written_hundredths(score)) == score
