"""Days on which Finnish banks move money, and what that means for a due date."""

from datetime import date, timedelta
from functools import cache

import holidays

SATURDAY = 5


def is_banking_day(day: date) -> bool:
    """Whether it is neither a weekend nor a Finnish holiday, nor Midsummer or Christmas Eve."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


def on_or_after(day: date) -> date:
    """The first banking day from a day on.

    What falls due on a holiday, a Saturday or one of the two eves may be paid on it (Promissory Notes Act 622/1947,
    section 5).
    """
    while not is_banking_day(day):
        day += timedelta(days=1)
    return day


def on_or_before(day: date) -> date:
    """The last banking day up to a day: when to pay for the money to be there on that day."""
    while not is_banking_day(day):
        day -= timedelta(days=1)
    return day


def after(day: date, count: int) -> date:
    """The banking day so many banking days after a day."""
    for _ in range(count):
        day = on_or_after(day + timedelta(days=1))
    return day


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FI", years=year))
