"""Time: instants are aware UTC, days are those of Helsinki. The only place that asks what time it is."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")
DAY = timedelta(days=1)


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one home of the clock


def day_of(instant: datetime) -> date:
    """The day in Helsinki on which an instant falls."""
    return instant.astimezone(HELSINKI).date()


def start_of(day: date) -> datetime:
    """The instant, in UTC, at which a day begins in Helsinki."""
    return datetime(day.year, day.month, day.day, tzinfo=HELSINKI).astimezone(UTC)


def quarters_in(day: date) -> int:
    """How many quarter hours a Helsinki day has: 96, or 92 and 100 when the clocks change."""
    return (start_of(day + DAY) - start_of(day)) // timedelta(minutes=15)


def first_of_month(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after a day's month."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def months_after(day: date, months: int) -> date:
    """The same date so many months later, or that month's last day (Regulation 1182/71, Article 3(2)(c))."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months(first: date, last: date) -> Iterator[date]:
    """The first day of each month in which the days from one to another lie."""
    month = first_of_month(first)
    while month <= last:
        yield month
        month = next_month(month)
