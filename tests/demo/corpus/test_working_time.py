"""When people write."""

import random
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from muniment.demo.corpus import working_time as times

DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@given(DAYS, st.integers(-30, 30))
def test_a_working_day_is_one(day: date, count: int) -> None:
    found = times.working_day(day, count)
    assert times.is_working_day(found)
    if count:
        assert (found > day) == (count > 0)


@given(DAYS, st.integers())
def test_people_write_in_the_day(day: date, seed: int) -> None:
    moment = times.office_moment(day, random.Random(seed))
    assert 8 <= moment.hour < 18
    assert moment.utcoffset() in {timedelta(0), timedelta(hours=1)}


@given(DAYS, st.sampled_from(["5m", "3h", "9h", "1d", "7d"]), st.integers())
def test_an_answer_comes_later_and_not_at_night(day: date, wait: str, seed: int) -> None:
    rng = random.Random(seed)
    asked = times.office_moment(times.working_day(day, 0), rng)
    answered = times.later(asked, wait, rng)
    assert answered > asked
    assert times.EARLIEST_HOUR <= answered.hour <= times.LATEST_HOUR
    assert times.is_working_day(answered.date())


def test_in_a_story_days_are_counted_exactly() -> None:
    asked = datetime(2026, 3, 11, 10, tzinfo=times.LONDON)
    for seed in range(20):
        assert times.later(asked, "3d", random.Random(seed), exact=True).date() == date(2026, 3, 16)


def test_a_date_reads_as_people_write_it() -> None:
    assert times.written(date(2026, 3, 5)) == "Thursday 5 March"
