"""Stretches of time as a customer looks at them: all, a year, a month, a week, a day, an hour, or any days.

Each is written in an address as `at=`: all, 2026, 2026-11, 2026-W47, 2026-11-21, 2026-11-21T14. In autumn the hour from
3 to 4 comes twice; the second one is 2026-10-25T03B. Any days are `from=` and `to=`.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Self

from portal.kit.clock import DAY, HELSINKI, day_of, next_month
from portal.kit.errors import NotThere
from portal.kit.i18n import text
from portal.kit.intervals import QUARTERS_AN_HOUR, instant_of, start_quarter

FIRST_YEAR, LAST_YEAR = 2000, 2099
MOST_DAYS_BY_DAY = 62  # a longer span is shown by months


class NoSuchPeriod(NotThere):
    """The address names no time that there is, or one far off."""

    says = text("There is no such time. Choose a year, a month or a day.")


class PeriodKind(StrEnum):
    """What kind of a period it is."""

    ALL = "all"
    YEAR = "year"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    HOUR = "hour"
    QUARTER = "quarter"
    SPAN = "span"


class Period(ABC):
    """A stretch of time, from a first to a last day of Helsinki or within one day."""

    kind: ClassVar[PeriodKind]

    @property
    @abstractmethod
    def at(self) -> str:
        """How it is written in an address."""

    @property
    @abstractmethod
    def first(self) -> date:
        """Its first day, or the day in which it lies."""

    @property
    @abstractmethod
    def last(self) -> date:
        """Its last day, or the day in which it lies."""

    @property
    @abstractmethod
    def steps(self) -> "Sequence[Period]":
        """What a chart of it shows: its parts in time order; none of a quarter."""

    @property
    @abstractmethod
    def parent(self) -> "Period | None":
        """What one sees on stepping back from it."""

    @property
    def previous(self) -> "Period | None":
        """What comes just before it."""
        return None

    @property
    def next(self) -> "Period | None":
        """What comes just after it."""
        return None

    @property
    def days(self) -> "Sequence[Day]":
        """Its days, or the day in which it lies."""
        return [Day(self.first + number * DAY) for number in range(self.number_of_days)]

    @property
    def number_of_days(self) -> int:
        """How many days it has, 1 for what lies within a day."""
        return (self.last - self.first).days + 1

    @property
    def begins(self) -> int:
        """Its first quarter hour, counted from 1970-01-01T00:00Z."""
        return start_quarter(self.first)

    @property
    def ends(self) -> int:
        """The quarter hour after its last one."""
        return start_quarter(self.last + DAY)

    @property
    def begins_at(self) -> datetime:
        """The instant at which it begins."""
        return instant_of(self.begins)

    @property
    def ends_at(self) -> datetime:
        """The instant at which it is over."""
        return instant_of(self.ends)


class CalendarPeriod(Period):
    """A period that a calendar prints: each day lies in exactly one."""

    @classmethod
    @abstractmethod
    def of(cls, day: date) -> Self:
        """The one in which a day lies."""

    @property
    def previous(self) -> "Period | None":
        return _known(self.of(self.first - DAY))

    @property
    def next(self) -> "Period | None":
        return _known(self.of(self.last + DAY))


@dataclass(frozen=True)
class All(Period):
    """Everything there is, by years."""

    kind = PeriodKind.ALL
    at = "all"
    first = date(FIRST_YEAR, 1, 1)
    last = date(LAST_YEAR, 12, 31)
    parent = None

    @property
    def steps(self) -> "Sequence[Year]":
        return [Year(year) for year in range(FIRST_YEAR, LAST_YEAR + 1)]


@dataclass(frozen=True)
class Year(CalendarPeriod):
    """A calendar year, by months."""

    kind = PeriodKind.YEAR
    year: int
    parent = All()

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year)

    @property
    def at(self) -> str:
        return f"{self.year:04}"

    @property
    def first(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        return date(self.year, 12, 31)

    @property
    def steps(self) -> "Sequence[Month]":
        return [Month(self.year, month) for month in range(1, 13)]


@dataclass(frozen=True)
class Month(CalendarPeriod):
    """A calendar month, by days."""

    kind = PeriodKind.MONTH
    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @property
    def at(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return next_month(self.first) - DAY

    @property
    def steps(self) -> "Sequence[Day]":
        return self.days

    @property
    def parent(self) -> Year:
        return Year(self.year)


@dataclass(frozen=True)
class Week(CalendarPeriod):
    """An ISO 8601 week, Monday to Sunday, by days."""

    kind = PeriodKind.WEEK
    year: int
    week: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(*day.isocalendar()[:2])

    @property
    def at(self) -> str:
        return f"{self.year:04}-W{self.week:02}"

    @property
    def first(self) -> date:
        return date.fromisocalendar(self.year, self.week, 1)

    @property
    def last(self) -> date:
        return date.fromisocalendar(self.year, self.week, 7)

    @property
    def steps(self) -> "Sequence[Day]":
        return self.days

    @property
    def parent(self) -> Year:
        return Year(self.year)


@dataclass(frozen=True)
class Day(CalendarPeriod):
    """A day, by its 23, 24 or 25 hours."""

    kind = PeriodKind.DAY
    day: date

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day)

    @property
    def at(self) -> str:
        return self.day.isoformat()

    @property
    def first(self) -> date:
        return self.day

    @property
    def last(self) -> date:
        return self.day

    @property
    def hours(self) -> int:
        """How many hours it has: 24, or 23 and 25 when the clocks change."""
        return (self.ends - self.begins) // QUARTERS_AN_HOUR

    @property
    def steps(self) -> "Sequence[Hour]":
        return [Hour(quarter) for quarter in range(self.begins, self.ends, QUARTERS_AN_HOUR)]

    @property
    def parent(self) -> Month:
        return Month.of(self.day)


@dataclass(frozen=True)
class Hour(Period):
    """An hour, by quarters; it is known by its first quarter, counted from 1970-01-01T00:00Z."""

    kind = PeriodKind.HOUR
    quarter: int

    @property
    def hours(self) -> str:
        """From when to when it lasts: 14–15; and 3a–4, 3b–4 where three comes twice."""
        return f"{self.hour}–{self.begins_at.astimezone(HELSINKI).hour + 1}"

    @property
    def hour(self) -> str:
        """The hour that the clock shows as it begins: 0 to 23; and 3a, 3b where three comes twice."""
        begins, later = (at.astimezone(HELSINKI) for at in (self.begins_at, self.ends_at))
        if begins.fold:
            return f"{begins.hour}b"
        return f"{begins.hour}a" if later.fold and later.hour == begins.hour else f"{begins.hour}"

    @property
    def clock(self) -> str:
        """What the clock shows as it begins: 00 to 23, and 03B when it is three for the second time."""
        local = instant_of(self.quarter).astimezone(HELSINKI)
        return f"{local.hour:02}B" if local.fold else f"{local.hour:02}"

    @property
    def at(self) -> str:
        return f"{self.first.isoformat()}T{self.clock}"

    @property
    def first(self) -> date:
        return day_of(instant_of(self.quarter))

    @property
    def last(self) -> date:
        return self.first

    @property
    def steps(self) -> "Sequence[Quarter]":
        return [Quarter(quarter) for quarter in range(self.begins, self.ends)]

    @property
    def parent(self) -> Day:
        return Day(self.first)

    @property
    def previous(self) -> "Period | None":
        return _known(Hour(self.quarter - QUARTERS_AN_HOUR))

    @property
    def next(self) -> "Period | None":
        return _known(Hour(self.quarter + QUARTERS_AN_HOUR))

    @property
    def begins(self) -> int:
        return self.quarter

    @property
    def ends(self) -> int:
        return self.quarter + QUARTERS_AN_HOUR


@dataclass(frozen=True)
class Quarter(Period):
    """A quarter hour, counted from 1970-01-01T00:00Z. It is a step only: its address is that of its hour."""

    kind = PeriodKind.QUARTER
    quarter: int
    steps = ()

    @property
    def at(self) -> str:
        return self.parent.at

    @property
    def first(self) -> date:
        return self.parent.first

    @property
    def last(self) -> date:
        return self.parent.first

    @property
    def parent(self) -> Hour:
        return Hour(self.quarter // QUARTERS_AN_HOUR * QUARTERS_AN_HOUR)

    @property
    def begins(self) -> int:
        return self.quarter

    @property
    def ends(self) -> int:
        return self.quarter + 1


@dataclass(frozen=True)
class Span(Period):
    """Any days from the first to the last: one by hours, two months of them by days, more by months."""

    kind = PeriodKind.SPAN
    since: date
    until: date
    parent = All()

    @property
    def at(self) -> str:
        """Both days; an address has them as `from` and `to`."""
        return f"{self.since.isoformat()}/{self.until.isoformat()}"

    @property
    def first(self) -> date:
        return self.since

    @property
    def last(self) -> date:
        return self.until

    @property
    def steps(self) -> Sequence[Period]:
        if self._length == DAY:
            return Day(self.since).steps
        if self._length <= MOST_DAYS_BY_DAY * DAY:
            return self.days
        return list(self._months())

    @property
    def previous(self) -> Period | None:
        return _known(Span(self.since - self._length, self.until - self._length))

    @property
    def next(self) -> Period | None:
        return _known(Span(self.since + self._length, self.until + self._length))

    @property
    def _length(self) -> timedelta:
        return self.until - self.since + DAY

    def _months(self) -> Iterator[Period]:
        """Its months; those at its ends perhaps in part, as spans."""
        begins = self.since
        while begins <= self.until:
            month = Month.of(begins)
            ends = min(month.last, self.until)
            yield month if (begins, ends) == (month.first, month.last) else Span(begins, ends)
            begins = ends + DAY


def read(at: str) -> Period:
    """The period that an address writes so.

    Raises NoSuchPeriod.
    """
    try:
        found = _known(_written(at))
    except ValueError:  # the thirteenth month, the 31st of November
        found = None
    if found is None:
        raise NoSuchPeriod
    return found


def read_span(first: str, last: str) -> Span:
    """The days that an address writes as `from` and `to`, both of them included.

    Raises NoSuchPeriod.
    """
    try:
        span = Span(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        raise NoSuchPeriod from None
    if span.until < span.since or _known(span) is None:
        raise NoSuchPeriod
    return span


def levels(period: Period, day: date) -> Sequence[Period]:
    """A year, a month and a day: the period itself where it is one of them, else those in which a day lies."""
    return [period if isinstance(period, kind) else kind.of(day) for kind in (Year, Month, Day)]


def _written(at: str) -> Period | None:
    for form, made in FORMS:
        if found := form.fullmatch(at):
            return made(*found.groups())
    return None


def _hour(day: str, clock: str) -> Period | None:
    whole = Day(date.fromisoformat(day))
    hours = whole.steps if _known(whole) else ()
    return next((hour for hour in hours if hour.clock == clock), None)


FORMS: tuple[tuple[re.Pattern[str], Callable[..., Period | None]], ...] = (
    (re.compile(r"all"), All),
    (re.compile(r"([0-9]{4})"), lambda year: Year(int(year))),
    (re.compile(r"([0-9]{4})-([0-9]{2})"), lambda year, month: Month(int(year), int(month))),
    (re.compile(r"([0-9]{4})-W([0-9]{2})"), lambda year, week: Week(int(year), int(week))),
    (re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})"), lambda day: Day(date.fromisoformat(day))),
    (re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}B?)"), _hour),
)


def _known(period: Period | None) -> Period | None:
    """The period, unless it reaches out of the years that the portal knows."""
    known = period is not None and period.first.year >= FIRST_YEAR and period.last.year <= LAST_YEAR
    return period if known else None
