"""What periods are called by: plain facts of which templates make words in three languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from portal.consumption.periods import All, Day, Hour, Month, Period, Quarter, Span, Week, Year
from portal.kit.clock import HELSINKI, quarters_in
from portal.kit.intervals import QUARTERS_AN_HOUR, instant_of


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


KINDS: Final[Mapping[type[Period], PeriodKind]] = {
    All: PeriodKind.ALL,
    Year: PeriodKind.YEAR,
    Month: PeriodKind.MONTH,
    Week: PeriodKind.WEEK,
    Day: PeriodKind.DAY,
    Hour: PeriodKind.HOUR,
    Quarter: PeriodKind.QUARTER,
    Span: PeriodKind.SPAN,
}


@dataclass(frozen=True, slots=True)
class Name:
    """A period, as templates ask for what they call it by."""

    period: Period

    @property
    def kind(self) -> PeriodKind:
        """What kind of a period it is."""
        return KINDS[type(self.period)]

    @property
    def first(self) -> date:
        """Its first day."""
        return self.period.first

    @property
    def last(self) -> date:
        """Its last day."""
        return self.period.last

    @property
    def week(self) -> int:
        """The ISO 8601 number of the week in which it begins."""
        return self.first.isocalendar().week

    @property
    def begins(self) -> datetime:
        """The instant at which it begins."""
        return instant_of(self.period.begins)

    @property
    def ends(self) -> datetime:
        """The instant at which it is over."""
        return instant_of(self.period.ends)

    @property
    def hour(self) -> str:
        """The hour in which it begins: 0 to 23; and 3a, 3b where the clocks are turned back and three comes twice."""
        begins = self.begins.astimezone(HELSINKI)
        return f"{begins.hour}{self._letter}"

    @property
    def hours(self) -> str:
        """From when to when an hour lasts: 14–15; and 3a–4, 3b–4 where three comes twice."""
        return f"{self.hour}–{self.begins.astimezone(HELSINKI).hour + 1}"

    @property
    def _letter(self) -> str:
        """Which of two equal hours it is; nothing where there is only one."""
        begins, later = (instant_of(self.period.begins + n).astimezone(HELSINKI) for n in (0, QUARTERS_AN_HOUR))
        if begins.fold:
            return "b"
        return "a" if later.fold and later.hour == begins.hour else ""


def hours_in(day: date) -> int:
    """How many hours a Helsinki day has: 24, or 23 and 25 when the clocks change."""
    return quarters_in(day) // QUARTERS_AN_HOUR
