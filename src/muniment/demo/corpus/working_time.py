"""When people write: in office hours mostly, on British working days, in London's time."""

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
EARLIEST_HOUR, LATEST_HOUR = 7, 19
_CHRISTMAS = {(12, 25), (12, 26), (12, 28), (1, 1)}


def is_working_day(day: date) -> bool:
    """Neither a weekend nor in the days when the office is shut for Christmas."""
    return day.weekday() < 5 and (day.month, day.day) not in _CHRISTMAS


def working_day(start: date, days: int) -> date:
    """The working day that is `days` working days after `start` (before it, if negative)."""
    step = timedelta(days=1 if days >= 0 else -1)
    day = start
    while not is_working_day(day):
        day += step
    for _ in range(abs(days)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def office_moment(day: date, rng: random.Random) -> datetime:
    """A moment in office hours on `day`: busiest at ten and at three."""
    peak = rng.choice((9.9, 11.2, 14.6, 15.4))
    hours = min(17.9, max(8.0, rng.gauss(peak, 1.1)))
    seconds = int(hours * 3600) + rng.randrange(60)
    return datetime.combine(day, time(), LONDON) + timedelta(seconds=seconds)


def about(day: date, hour: float, rng: random.Random) -> datetime:
    """A moment within some twenty minutes of `hour` on `day`."""
    seconds = int((hour + rng.uniform(-0.35, 0.35)) * 3600)
    return datetime.combine(day, time(), LONDON) + timedelta(seconds=seconds)


def later(moment: datetime, wait: str, rng: random.Random, *, exact: bool = False) -> datetime:
    """A reply's moment: `wait` is minutes (`20m`), hours (`3h`) or working days (`2d`).

    Give or take, unless the number of days is to be `exact`.
    """
    amount, unit = float(wait[:-1]), wait[-1]
    if unit == "d":
        days = amount if exact else amount * rng.uniform(0.7, 1.4)
        day = working_day(moment.date(), max(1, round(days)))
        return office_moment(day, rng)
    minutes = amount * (60 if unit == "h" else 1) * rng.uniform(0.4, 1.8) + rng.uniform(0.2, 0.9)
    reply = moment + timedelta(minutes=minutes)
    if reply.hour < EARLIEST_HOUR:
        return office_moment(working_day(reply.date(), 0), rng)
    if reply.hour >= LATEST_HOUR or not is_working_day(reply.date()):
        return office_moment(working_day(reply.date() + timedelta(days=1), 0), rng)
    return reply


def written(day: date) -> str:
    """A date as people write it in a sentence: `Thursday 12 March`."""
    return f"{day:%A} {day.day} {day:%B}"
